/* object.c - the finalizer's call when a count has become 0. */
#include "core/object.h"

#include <string.h>

#include "core/heap.h"

#ifdef GCSWEEP_DEBUG_HEAP

/* Where an object's block may start: what lies in front depends on its type,
 * which a dead one has lost. */
static const size_t in_front[] = {0, sizeof(struct gc_head), sizeof(struct gc_head) + GC_PRE_HEADER_BYTES};

static void report(const struct object *o, const char *sin)
{
    for (size_t i = 0; i < sizeof in_front / sizeof in_front[0]; i++)
        if (debug_memory_is_block((const char *)o - in_front[i]))
            debug_memory_misuse((const char *)o - in_front[i], sin);
    debug_memory_misuse(o, sin);
}

static bool is_dead(const struct object *o)
{
    uintptr_t freed;
    memset(&freed, MEMORY_POISON_FREED, sizeof freed);
    return o && (uintptr_t)o->type == freed;
}

void object_check_use(const struct object *o)
{
    if (is_dead(o))
        report(o, "is used after its release");
}

void object_check_count(const struct object *o)
{
    object_check_use(o);
    if (o->refcount <= 0)
        report(o, "is counted, but nobody refers to it");
}

#endif

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
