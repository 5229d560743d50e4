/* hooks.h - what a collector may want to see of the mutator: stores and decrements.
 *
 * Every store of a reference into an object and every decrement passes here.
 * For cpython-3.11, which needs neither, both are empty and compile to
 * nothing. A collector that needs one (a write barrier, candidates for trial
 * deletion) fills it in here, behind the condition it is built with.
 */
#ifndef GCSWEEP_HOOKS_H
#define GCSWEEP_HOOKS_H

#include "core/object.h"

/* `holder` is about to hold `item`, which may be NULL. */
static inline void hook_store(struct heap *h, struct object *holder, struct object *item)
{
    (void)h, (void)holder, (void)item;
}

/* A reference to `o` was dropped and others are left. */
static inline void hook_decrement(struct heap *h, struct object *o)
{
    (void)h, (void)o;
}

#endif
