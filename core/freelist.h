/* freelist.h - dead objects kept for reuse, in front of memory and of the collector's counters.
 *
 * A list or tuple that is taken from here does not count as an allocation, and
 * one that is put here does not count as a release: a program that makes and
 * drops a few of them never triggers a collection.
 *
 * Kept objects are untracked and linked through their refcount words, last in
 * first out. A full collection empties all free lists.
 *
 * Worked example: 1,000 lists made and dropped: count 0 rises by 1,000 and
 * falls by 920, since 80 stay here; made again, it rises by 920.
 *
 * Source  CPython 3.11: 80 lists and 80 dicts (headers), 80 key tables of 8
 *         places, 2,000 tuples of each length from 1 to 20, 100 floats. Tuples of length 20 are kept but, by an
 *         oversight there, never taken again: each new one is an allocation.
 *         A heap opened with debug keeps none, so that what is dead is poisoned
 *         at once. One under watch (GCSWEEP_DEBUG_HEAP) keeps a copy of what
 *         is dead at another address: the counts stay CPython's, and who still
 *         uses the dead one is found.
 */
#ifndef GCSWEEP_FREELIST_H
#define GCSWEEP_FREELIST_H

#include "core/object.h"
#include "core/types/keys.h"

enum {
    FREELIST_LISTS = 80,
    FREELIST_DICTS = 80,
    FREELIST_TABLES = 80,   /* of keys */
    FREELIST_TUPLES = 2000, /* of each length */
    FREELIST_TUPLE_LENGTHS = 20,
    FREELIST_LONGEST_REUSED = 19, /* tuple */
    FREELIST_FLOATS = 100,
};

struct freelist {
    struct object *first;
    unsigned count, most;
};

/* Key tables are no objects: they have a link of their own. */
struct table_freelist {
    struct key_table *first;
    unsigned count, most;
};

struct freelists {
    struct freelist lists, dicts;
    struct table_freelist tables;
    struct freelist tuples[FREELIST_TUPLE_LENGTHS]; /* [i]: of length i + 1 */
    struct freelist floats;
};

/* `keep` false: nothing is ever kept. */
void freelists_open(struct freelists *f, bool keep);
/* Gives the blocks of all kept objects back. */
void freelists_clear(struct heap *h);
/* Are the lengths what the counts say? 0, or -1 with the first violation in `error`. */
int freelists_check(const struct freelists *f, char *error, size_t error_size);

/* On the way in and out. */
#ifdef GCSWEEP_DEBUG_HEAP
/* A copy at another address; what is dead is released. Without memory, what was given. */
struct object *freelist_exchange(struct heap *h, struct object *o);
struct key_table *freelist_exchange_table(struct heap *h, struct key_table *t);
/* It counts as made here. */
void freelist_claim(struct object *o);
#else
static inline struct object *freelist_exchange(struct heap *h, struct object *o)
{
    (void)h;
    return o;
}

static inline struct key_table *freelist_exchange_table(struct heap *h, struct key_table *t)
{
    (void)h;
    return t;
}

static inline void freelist_claim(struct object *o)
{
    (void)o;
}
#endif

/* NULL when it is empty. The object's fields are as its release left them,
 * but for refcount, which is 1. */
static inline struct object *freelist_try_pop(struct freelist *f)
{
    struct object *o = f->first;
    if (o) {
        f->first = (struct object *)o->refcount;
        f->count--;
        o->refcount = 1;
        freelist_claim(o);
    }
    return o;
}

/* false when it is full: the object must be freed. */
static inline bool freelist_try_push(struct heap *h, struct freelist *f, struct object *o)
{
    if (f->count >= f->most)
        return false;
    o = freelist_exchange(h, o);
    o->refcount = (intptr_t)f->first;
    f->first = o;
    f->count++;
    return true;
}

/* As the two above; the table's fields are anything. */
static inline struct key_table *tables_try_pop(struct table_freelist *f)
{
    struct key_table *t = f->first;
    if (t) {
        f->first = t->next_free;
        f->count--;
    }
    return t;
}

static inline bool tables_try_push(struct heap *h, struct table_freelist *f, struct key_table *t)
{
    if (f->count >= f->most)
        return false;
    t = freelist_exchange_table(h, t);
    t->next_free = f->first;
    f->first = t;
    f->count++;
    return true;
}

#endif
