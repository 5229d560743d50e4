/* refcount.h - one reference more, one less.
 *
 * The last reference that is dropped releases the object at once, and with it
 * all that it alone held, however deep (see trashcan.h).
 */
#ifndef GCSWEEP_REFCOUNT_H
#define GCSWEEP_REFCOUNT_H

#include "core/cascade.h"
#include "core/hooks.h"
#include "core/object.h"

static inline struct object *object_keep(struct object *o)
{
    object_counted(o)->refcount++;
    return o;
}

/* The caller's reference is gone, and the object may be. May run finalizers. */
static inline void object_drop(struct heap *h, struct object *o)
{
    if (--object_counted(o)->refcount == 0) {
        cascade_count(h);
        o->type->release(h, o);
    } else {
        hook_decrement(h, o);
    }
}

static inline void object_drop_if_any(struct heap *h, struct object *o)
{
    if (o)
        object_drop(h, o);
}

#endif
