/* instance.h - instances of plain classes: attributes of any name.
 *
 * An instance has two words in front of its gc_head: its values and its dict,
 * of which at most one is there. Values are a block of slots (values.h), one
 * for each key of the class's shared table (keys.h), so that the names are kept
 * once for all instances. The dict takes the values over, the shared keys with
 * them, when an attribute comes for which the shared table has no entry left.
 *
 *     block ->  values, dict            16 bytes
 *               gc_head                 16
 *     object -> object, weakrefs        24
 *
 * Worked example  the shared table starts with 30 usable entries, and each new
 *            instance takes one away while more than one is left: after 40
 *            instances without attributes one is left, so that the next one
 *            that gets two or more has its dict made: it counts as two objects.
 * Ownership  a class belongs to whoever made it and outlives the heap, which
 *            drops its keys when it is closed. A stored value's reference is
 *            the instance's from then on; when the call fails it stays the
 *            caller's. Keys are lent. A value that is read is lent.
 * Errors     NULL or -1 without memory; the attributes are then as before.
 * Source     CPython 3.11 Objects/typeobject.c (subtype_dealloc and
 *            neighbours), Objects/dictobject.c (instance attributes).
 */
#ifndef GCSWEEP_INSTANCE_H
#define GCSWEEP_INSTANCE_H

#include "core/object.h"
#include "core/types/keys.h"

struct instance_class {
    struct type type; /* first: an instance's type leads to its class */
    /* NULL for none. `self` is lent; whoever needs more to go on puts the
     * class into a larger struct. */
    void (*finalizer)(const struct instance_class *class, struct object *self);
    struct instance_class *next;                        /* of the heap's classes */
    _Alignas(16) unsigned char keys[KEYS_SHARED_BYTES]; /* the shared table */
};

struct instance_object {
    struct object base;
    struct object *weakrefs; /* see weakref.h */
};

/* Fills in a class of heap h; `name` is kept. */
void instance_class_init(struct heap *h, struct instance_class *class, const char *name,
                         void (*finalizer)(const struct instance_class *class, struct object *self));
/* Drops the keys of all classes of the heap, which are then none any more. */
void instance_classes_close(struct heap *h);

/* No attributes. */
struct object *instance_new(struct heap *h, const struct instance_class *class);
/* NULL when there is none. */
struct object *instance_get(const struct object *o, struct object *key);
int instance_set(struct heap *h, struct object *o, struct object *key, struct object *value);
/* false when there is none. */
bool instance_delete(struct heap *h, struct object *o, struct object *key);
/* From now on its finalizer will be called when it dies, also where it was called before. */
void instance_arm_finalizer(struct object *o);
/* Each attribute that is not in a dict, in the order of the class's table: they may not change meanwhile. */
void instance_each(const struct object *o, key_visit *visit, void *context);
/* Its dict, lent; NULL while it has none. */
struct object *instance_dict(const struct object *o);
/* Whether its attributes are in a dict. */
bool instance_has_dict(const struct object *o);
/* Whether an object is an instance of some plain class. */
bool object_is_instance(const struct object *o);

#endif
