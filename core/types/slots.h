/* slots.h - instances of classes with `__slots__`: a fixed number of references.
 *
 * Slots may be empty (NULL). An instance without slots is collectable too, as
 * in CPython, where it refers to its class.
 *
 * Ownership  a class belongs to whoever made it and outlives its instances. A
 *            stored reference is the instance's from then on.
 * Errors     NULL without memory.
 * Source     CPython 3.11 Objects/typeobject.c, subtype_dealloc and
 *            subtype_clear.
 */
#ifndef GCSWEEP_SLOTS_H
#define GCSWEEP_SLOTS_H

#include "core/object.h"
#include "core/refcount.h"

enum { SLOTS_MOST = 64 };

struct slots_class {
    struct type type; /* first: an instance's type leads to its class */
    unsigned slots;
    /* NULL for none. `self` is lent; whoever needs more to go on puts the
     * class into a larger struct. */
    void (*finalizer)(const struct slots_class *class, struct object *self);
};

struct slots_object {
    struct object base;
    struct object *slot[];
};

/* Fills in a class; `name` is kept. slots: 0 to SLOTS_MOST. */
void slots_class_init(struct slots_class *class, const char *name, unsigned slots,
                      void (*finalizer)(const struct slots_class *class, struct object *self));

/* All slots empty. */
struct object *slots_new(struct heap *h, const struct slots_class *class);

static inline const struct slots_class *slots_class_of(const struct object *o)
{
    return (const struct slots_class *)o->type;
}

/* Lent; NULL when empty. */
static inline struct object *slots_get(const struct object *o, size_t i)
{
    return ((const struct slots_object *)object_used(o))->slot[i];
}

/* item NULL empties the slot. */
static inline void slots_set(struct heap *h, struct object *o, size_t i, struct object *item)
{
    struct object **at = &((struct slots_object *)object_used(o))->slot[i];
    struct object *old = *at;
    hook_store(h, o, item);
    *at = item;
    object_drop_if_any(h, old);
}

#endif
