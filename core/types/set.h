/* set.h - sets: a hash table of their own references, no order, no duplicates.
 *
 * A table of 8 entries lies in the object; it moves to a block of its own when
 * three fifths of it are used, four times as large as the number of elements
 * (twice, above 50,000), rounded up to a power of two.
 *
 * Worked example: the fifth element moves the set from 8 entries in the object
 * to 32 in a block of 512 bytes; the nineteenth to 128.
 *
 * Errors  NULL without memory, or where an element cannot be hashed (hash.h).
 * Units   sizes are elements, tables entries of 16 bytes.
 * Source  CPython 3.11 Objects/setobject.c. Differs: no element is ever
 *         removed, so there are no dummies.
 */
#ifndef GCSWEEP_SET_H
#define GCSWEEP_SET_H

#include "core/object.h"

enum { SET_SMALL = 8 };

struct set_entry {
    struct object *key; /* NULL: free */
    intptr_t hash;
};

struct set_object {
    struct object base;
    size_t fill; /* in CPython: used and dummies */
    size_t used;
    size_t mask;             /* entries less one */
    struct set_entry *table; /* `small`, or a block */
    intptr_t hash, finger;   /* unused: a frozenset's hash, and where pop goes on */
    struct set_entry small[SET_SMALL];
    struct object *weakrefs;
};

extern const struct type set_type;

/* The n items in this order, one more reference to each but to those that are
 * equal to an earlier one. Tracked from the start. `refused`: whether NULL
 * means that an item cannot be hashed; nothing was allocated then. */
struct object *set_new(struct heap *h, struct object *const *items, size_t n, bool *refused);

static inline size_t set_length(const struct object *set)
{
    return ((const struct set_object *)object_used(set))->used;
}

#endif
