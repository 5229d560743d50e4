/* object.c - the finalizer's call when a count has become 0. */
#include "core/object.h"

#include "core/heap.h"

bool object_try_finalize(struct heap *h, struct object *o)
{
    if (object_is_finalized(o))
        return false;
    /* Alive for the call, so that what the finalizer keeps and drops does not
     * release it a second time. */
    o->refcount = 1;
    o->type->finalize(h, o);
    gc_head_of(o)->prev |= GC_PREV_FINALIZED;
    return --o->refcount != 0;
}

bool object_try_finalize_tracked(struct heap *h, struct object *o)
{
    gc_track(&h->gc, o);
    if (object_try_finalize(h, o))
        return true;
    gc_untrack(o);
    return false;
}
