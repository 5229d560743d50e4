/* freelist.c - opening, emptying and checking the free lists. */
#include "core/freelist.h"

#include <stdio.h>

#include "core/heap.h"

void freelists_open(struct freelists *f, bool keep)
{
    f->lists = (struct freelist){.most = keep ? FREELIST_LISTS : 0};
    for (int i = 0; i < FREELIST_TUPLE_LENGTHS; i++)
        f->tuples[i] = (struct freelist){.most = keep ? FREELIST_TUPLES : 0};
    f->floats = (struct freelist){.most = keep ? FREELIST_FLOATS : 0};
}

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

void freelists_clear(struct heap *h)
{
    struct freelists *f = &h->freelists;
    for (int i = 0; i < FREELIST_TUPLE_LENGTHS; i++)
        clear(h, &f->tuples[i]);
    clear(h, &f->floats);
    clear(h, &f->lists);
}

static int check(const struct freelist *f, const char *name, int length, char *error, size_t error_size)
{
    unsigned n = 0;
    for (const struct object *o = f->first; o && n <= f->count; o = (const struct object *)o->refcount)
        n++;
    if (n == f->count && n <= f->most)
        return 0;
    snprintf(error, error_size, "free list of %s (length %d): count %u, most %u, found %s%u", name, length, f->count,
             f->most, n > f->count ? "at least " : "", n);
    return -1;
}

int freelists_check(const struct freelists *f, char *error, size_t error_size)
{
    for (int i = 0; i < FREELIST_TUPLE_LENGTHS; i++)
        if (check(&f->tuples[i], "tuples", i + 1, error, error_size) < 0)
            return -1;
    if (check(&f->lists, "lists", 0, error, error_size) < 0)
        return -1;
    return check(&f->floats, "floats", 0, error, error_size);
}
