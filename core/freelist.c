/* freelist.c - opening, emptying and checking the free lists. */
#include "core/freelist.h"

#include <stdio.h>

#include "core/heap.h"

void freelists_open(struct freelists *f, bool keep)
{
    f->lists = (struct freelist){.most = keep ? FREELIST_LISTS : 0};
    f->dicts = (struct freelist){.most = keep ? FREELIST_DICTS : 0};
    f->tables = (struct table_freelist){.most = keep ? FREELIST_TABLES : 0};
    for (int i = 0; i < FREELIST_TUPLE_LENGTHS; i++)
        f->tuples[i] = (struct freelist){.most = keep ? FREELIST_TUPLES : 0};
    f->floats = (struct freelist){.most = keep ? FREELIST_FLOATS : 0};
}

#ifdef GCSWEEP_DEBUG_HEAP

static size_t in_front(const struct object *o)
{
    return object_is_collectable(o) ? sizeof(struct gc_head) : 0;
}

struct object *freelist_exchange(struct heap *h, struct object *o)
{
    size_t front = in_front(o);
    char *copy = memory_exchange(&h->memory, (char *)o - front);
    return (struct object *)(void *)(copy + front);
}

struct key_table *freelist_exchange_table(struct heap *h, struct key_table *t)
{
    return memory_exchange(&h->memory, t);
}

void freelist_claim(struct object *o)
{
    memory_name((char *)o - in_front(o), o->type->name);
}

#endif

static void clear(struct heap *h, struct freelist *f)
{
    struct object *o;
    while ((o = freelist_try_pop(f))) {
        if (object_is_collectable(o))
            gc_free(h, o);
        else
            memory_free(&h->memory, o);
    }
}

static void clear_tables(struct heap *h, struct table_freelist *f)
{
    struct key_table *t;
    while ((t = tables_try_pop(f)))
        memory_free(&h->memory, t);
}

void freelists_clear(struct heap *h)
{
    struct freelists *f = &h->freelists;
    for (int i = 0; i < FREELIST_TUPLE_LENGTHS; i++)
        clear(h, &f->tuples[i]);
    clear(h, &f->floats);
    clear(h, &f->lists);
    clear(h, &f->dicts);
    clear_tables(h, &f->tables);
}

static int report(const char *name, int length, unsigned found, unsigned count, unsigned most, char *error,
                  size_t error_size)
{
    if (found == count && found <= most)
        return 0;
    snprintf(error, error_size, "free list of %s (length %d): count %u, most %u, found %s%u", name, length, count, most,
             found > count ? "at least " : "", found);
    return -1;
}

static int check(const struct freelist *f, const char *name, int length, char *error, size_t error_size)
{
    unsigned n = 0;
    for (const struct object *o = f->first; o && n <= f->count; o = (const struct object *)o->refcount)
        n++;
    return report(name, length, n, f->count, f->most, error, error_size);
}

static int check_tables(const struct table_freelist *f, char *error, size_t error_size)
{
    unsigned n = 0;
    for (const struct key_table *t = f->first; t && n <= f->count; t = t->next_free)
        n++;
    return report("key tables", 1 << KEYS_LEAST_LOG2, n, f->count, f->most, error, error_size);
}

int freelists_check(const struct freelists *f, char *error, size_t error_size)
{
    for (int i = 0; i < FREELIST_TUPLE_LENGTHS; i++)
        if (check(&f->tuples[i], "tuples", i + 1, error, error_size) < 0)
            return -1;
    if (check(&f->lists, "lists", 0, error, error_size) < 0 || check(&f->dicts, "dicts", 0, error, error_size) < 0 ||
        check_tables(&f->tables, error, error_size) < 0)
        return -1;
    return check(&f->floats, "floats", 0, error, error_size);
}
