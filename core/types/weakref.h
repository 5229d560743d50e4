/* weakref.h - weak references: they lead to an object without keeping it alive.
 *
 * An object that can be weakly referenced has a list of the weak references to
 * it: at most one without callback, at its head, which all who want one share;
 * then those with a callback, the newest first. When the object dies, by its
 * count or as garbage, they are cleared and those with a callback are called
 * back: heap->on_weakref, with the weak reference.
 *
 * A weak reference that dies before its referent, or together with it as
 * garbage, is not called back.
 *
 * Ownership  a weak reference does not count as a reference to its referent.
 *            A type that can be weakly referenced says where the list is
 *            (type->weakrefs) and calls weakrefs_clear in its release.
 * Errors     NULL without memory.
 * Source     CPython 3.11 Objects/weakrefobject.c. Differs: all callbacks are
 *            one hook, no object (on the real CPython an untracked static one
 *            stands for it); no proxies.
 */
#ifndef GCSWEEP_WEAKREF_H
#define GCSWEEP_WEAKREF_H

#include "core/object.h"

struct weakref_object {
    struct object base;
    struct object *referent;                /* NULL: cleared */
    intptr_t has_callback;                  /* 1 until it was called back or cannot be any more */
    intptr_t hash;                          /* its referent's, once asked for; -1 before */
    struct weakref_object *previous, *next; /* in the referent's list */
    void *unused;                           /* CPython keeps the function here by which it is called */
};

extern const struct type weakref_type;

/* The list of weak references in an object; its type has weakrefs. */
static inline struct object **weakrefs_of(struct object *o)
{
    return (struct object **)(void *)((char *)o + object_used(o)->type->weakrefs);
}

/* A weak reference to `referent`, whose type has weakrefs: without callback
 * the one that there is, with one more reference; else a new one, tracked. */
struct object *weakref_new(struct heap *h, struct object *referent, bool callback);

/* For the release of an object, its count 0: clears the weak references of its
 * list, then calls back. `list` is weakrefs_of(o). Where several are to be
 * called back, they wait in a tuple, an allocation like any other: it may
 * collect, and without memory they are cleared, but not called. */
void weakrefs_clear(struct heap *h, struct object *o, struct object **list);

/* For the collector: takes it off its referent's list, callback uncalled. */
void weakref_detach(struct weakref_object *ref);
/* For the collector: calls the heap's hook. */
void weakref_call_back(struct heap *h, struct object *ref);

/* Lent; NULL when the referent is dead, or waits to be released. */
static inline struct object *weakref_get(const struct object *ref)
{
    struct object *referent = ((const struct weakref_object *)object_used(ref))->referent;
    return referent && referent->refcount > 0 ? referent : NULL;
}

#endif
