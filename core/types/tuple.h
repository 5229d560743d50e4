/* tuple.h - tuples: items in the object itself, fixed when it is made.
 *
 * There is one empty tuple, the heap's own, which is never tracked or released.
 *
 * The collector stops to track a tuple once it sees that nothing in it can be
 * part of a cycle, and never tracks it again.
 *
 * Errors  NULL without memory.
 * Units   lengths and indices are items; indices are not checked.
 * Source  CPython 3.11 Objects/tupleobject.c.
 */
#ifndef GCSWEEP_TUPLE_H
#define GCSWEEP_TUPLE_H

#include "core/object.h"
#include "core/refcount.h"

struct tuple_object {
    struct object base;
    size_t length;
    struct object *items[];
};

extern const struct type tuple_type;

enum { TUPLE_EMPTY_ROOM = sizeof(struct gc_head) + sizeof(struct tuple_object) };

/* Makes the empty one, in TUPLE_EMPTY_ROOM bytes; where it is is its gc_head. */
void tuple_set_empty(void *room, intptr_t references);
static inline struct object *tuple_empty(void *room)
{
    return object_of((struct gc_head *)room);
}

/* One more reference to each item. Tracked, but for the empty one. */
struct object *tuple_new(struct heap *h, struct object *const *items, size_t n);
/* n > 0 times None, to be filled in with tuple_set before anyone else sees it. Tracked. */
struct object *tuple_new_empty(struct heap *h, size_t n);
/* Untracks it when no item is, or may come to be, tracked. */
void tuple_untrack_if_settled(struct object *tuple);

/* Whether the object is, or may come to be, tracked: a tuple never comes to be. */
static inline bool object_may_be_tracked(const struct object *o)
{
    return object_is_collectable(o) && (o->type != &tuple_type || object_is_tracked(o));
}

static inline size_t tuple_length(const struct object *tuple)
{
    return ((const struct tuple_object *)object_used(tuple))->length;
}

/* Lent. */
static inline struct object *tuple_get(const struct object *tuple, size_t i)
{
    return ((const struct tuple_object *)object_used(tuple))->items[i];
}

/* Takes the caller's reference over. */
static inline void tuple_set(struct heap *h, struct object *tuple, size_t i, struct object *item)
{
    struct object **at = &((struct tuple_object *)object_used(tuple))->items[i];
    struct object *old = *at;
    hook_store(h, tuple, item);
    *at = item;
    object_drop(h, old);
}

#endif
