/* object.h - what every object starts with, and what every type can do.
 *
 * An object is a reference count and a type. Objects that can be part of a
 * cycle ("collectable") have a gc_head in front of them, by which the
 * collector holds them in its lists:
 *
 *     block ->  gc_head { next, prev }      16 bytes, collectable types only
 *     object -> object { refcount, type }   16 bytes
 *               the type's own fields
 *
 * gc_head      next: 0 while the collector does not hold the object ("untracked"),
 *              else the next head of its list. prev: the head before it, and
 *              two flags in the lowest bits.
 *              During a collection prev carries a copy of the reference count
 *              instead (gc_refs, above the flags), and next carries the flag
 *              GC_NEXT_UNREACHABLE; outside of a collection neither is seen.
 *              In an object that waits to be released (trashcan.h), prev is
 *              the next waiting object.
 * Units        sizes are bytes.
 * Ownership    whoever holds a reference; the last one to drop it releases.
 * Threads      none: one heap, its objects and its types serve one thread.
 * Source       CPython 3.11 Include/internal/pycore_gc.h: 8 bytes a word, two
 *              words a head, since 3.8. Differs: types are no objects of the
 *              heap, so an instance does not count as a reference to its type.
 */
#ifndef GCSWEEP_OBJECT_H
#define GCSWEEP_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heap;
struct type;

struct object {
    intptr_t refcount;
    const struct type *type;
};

struct gc_head {
    uintptr_t next;
    uintptr_t prev;
};

enum {
    GC_PREV_FINALIZED = 1,  /* the object's finalizer was called: it never is again */
    GC_PREV_COLLECTING = 2, /* the object is in the set under collection */
    GC_PREV_FLAGS = 3,
    GC_PREV_SHIFT = 2, /* of gc_refs in prev */
    GC_NEXT_UNREACHABLE = 1,
};

typedef void object_visit(struct object *o, void *argument);

/* A type. Its functions get objects of this type only. */
struct type {
    const char *name;
    bool collectable; /* a gc_head comes before each of its objects */
    size_t weakrefs;  /* where in its objects the list of weak references starts (a struct object *); 0: takes none */
    /* Calls visit for each reference held, once a reference, none NULL. NULL
     * for a type that holds none. */
    void (*traverse)(struct object *o, object_visit *visit, void *argument);
    /* Drops the references that can be part of a cycle; the object stays
     * usable. NULL where others break the cycle (tuples). */
    void (*clear)(struct heap *h, struct object *o);
    /* Called once in a collectable object's life, before anything of it is
     * taken apart; may make new references to it. NULL for none. */
    void (*finalize)(struct heap *h, struct object *o);
    /* The count has become 0: drops what the object holds and gives its block
     * back, or to a free list. */
    void (*release)(struct heap *h, struct object *o);
    /* As sys.getsizeof: the object, its gc_head, its private blocks. */
    size_t (*bytes)(const struct object *o);
};

static inline struct gc_head *gc_head_of(const struct object *o)
{
    return (struct gc_head *)o - 1;
}

static inline struct object *object_of(const struct gc_head *head)
{
    return (struct object *)(head + 1);
}

/* ---- The debug heap ----
 *
 * Built with GCSWEEP_DEBUG_HEAP, every use of an object asks first whether it
 * is one: object_used for any use, object_counted where somebody must hold a
 * reference. What is none is reported (debug_memory.h). Else both are nothing. */

#ifdef GCSWEEP_DEBUG_HEAP
void object_check_use(const struct object *o);
void object_check_count(const struct object *o);
#else
static inline void object_check_use(const struct object *o)
{
    (void)o;
}

static inline void object_check_count(const struct object *o)
{
    (void)o;
}
#endif

static inline struct object *object_used(const struct object *o)
{
    object_check_use(o);
    return (struct object *)(uintptr_t)o;
}

static inline struct object *object_counted(const struct object *o)
{
    object_check_count(o);
    return (struct object *)(uintptr_t)o;
}

static inline bool object_is_collectable(const struct object *o)
{
    return object_used(o)->type->collectable;
}

/* Whether the collector holds it. */
static inline bool object_is_tracked(const struct object *o)
{
    return object_is_collectable(o) && gc_head_of(o)->next != 0;
}

/* Whether its finalizer was called, as gc.is_finalized; false for other types. */
static inline bool object_is_finalized(const struct object *o)
{
    return object_is_collectable(o) && (gc_head_of(o)->prev & GC_PREV_FINALIZED) != 0;
}

/* References to it at this moment. */
static inline intptr_t object_references(const struct object *o)
{
    return object_used(o)->refcount;
}

/* Calls visit for each reference that the object holds. */
static inline void object_traverse(struct object *o, object_visit *visit, void *argument)
{
    if (object_used(o)->type->traverse)
        o->type->traverse(o, visit, argument);
}

static inline size_t object_bytes(const struct object *o)
{
    return object_used(o)->type->bytes(o);
}

/* For a type's release: calls the finalizer of an object whose count is 0,
 * unless it was called before. True when the finalizer made new references:
 * the object lives on, and its release must stop. */
bool object_try_finalize(struct heap *h, struct object *o);
/* The same for an untracked object that its finalizer is to see tracked, as any
 * other code does; it stays tracked when it lives on. */
bool object_try_finalize_tracked(struct heap *h, struct object *o);

#endif
