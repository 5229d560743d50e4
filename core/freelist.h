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
 *         A debug heap keeps none, so that what is dead is poisoned at once.
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

/* NULL when it is empty. The object's fields are as its release left them,
 * but for refcount, which is 1. */
static inline struct object *freelist_try_pop(struct freelist *f)
{
    struct object *o = f->first;
    if (o) {
        f->first = (struct object *)o->refcount;
        f->count--;
        o->refcount = 1;
    }
    return o;
}

/* false when it is full: the object must be freed. */
static inline bool freelist_try_push(struct freelist *f, struct object *o)
{
    if (f->count >= f->most)
        return false;
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

static inline bool tables_try_push(struct table_freelist *f, struct key_table *t)
{
    if (f->count >= f->most)
        return false;
    t->next_free = f->first;
    f->first = t;
    f->count++;
    return true;
}

#endif
