/* gc.h - the collector's state, and what the gc module offers.
 *
 * The two calls most users need are gc_collect and gc_set_threshold; gc_new,
 * gc_track, gc_untrack and gc_free are for types.
 *
 * Generations  three lists, youngest first, and a permanent one that no
 *              collection looks at. A new object goes to the end of
 *              generation 0.
 * Counters     count[0]: blocks of collectable objects allocated less freed
 *              since the last collection, never below 0. count[1], count[2]:
 *              collections of the generation below since the last own one.
 * Trigger      an allocation that brings count[0] above threshold[0] collects,
 *              before the new object is tracked: at most one generation, the
 *              oldest g with count[g] > threshold[g]. Generation 2 also waits
 *              until long_lived_pending >= long_lived_total / 4.
 * Worked example  thresholds (700, 10, 10), objects that all survive: the
 *              701st allocation collects generation 0; after 11 of those the
 *              next is one of generation 1; and so on.
 * Units        counts are objects, times nanoseconds of CLOCK_MONOTONIC.
 * Ownership    a callback's and a hook's context belong to the caller.
 * Errors       gc_new returns NULL without memory; nothing has changed then.
 * Threads      none.
 * Source       CPython 3.11 Modules/gcmodule.c. Differs: no tp_del, so nothing
 *              is ever uncollectable.
 */
#ifndef GCSWEEP_GC_H
#define GCSWEEP_GC_H

#include "core/collectors/collector.h"
#include "core/gc_list.h"
#include "core/object.h"

enum { GC_GENERATIONS = 3, GC_OLDEST = GC_GENERATIONS - 1 };

/* Flags of gc_set_debug, with Python's values. */
enum { GC_DEBUG_SAVEALL = 32 };

/* What gc.callbacks are told. On "start" both numbers are 0. */
struct gc_event {
    bool stop; /* false: the collection starts */
    int generation;
    uint64_t collected, uncollectable;
};

/* Called with collections held back; may allocate. */
typedef void gc_callback(void *context, const struct gc_event *event);
/* Called after each collection, its kind the generation, and after each long
 * cascade of frees by counts (cascade.h), PAUSE_CASCADE; must not allocate. */
typedef void gc_pause_hook(void *context, int kind, uint64_t start_ns, uint64_t end_ns);

struct gc_stats {
    uint64_t collections, collected, uncollectable;
};

struct gc_state {
    struct gc_head generation[GC_GENERATIONS], permanent;
    int64_t count[GC_GENERATIONS];
    int64_t trigger; /* an allocation that brings count[0] above it asks the collector; follows from the next three */
    int threshold[GC_GENERATIONS];
    bool enabled;
    bool at_each_allocation; /* debug heap: a full collection each time */
    bool collecting;
    unsigned debug;                               /* GC_DEBUG_ flags */
    int64_t long_lived_total, long_lived_pending; /* survivors of the last full collection; of those of generation 1
                                                     since then */
    struct gc_stats stats[GC_GENERATIONS];
    uint64_t visited; /* objects that collections have looked at, a second look counted too */
    const struct collector *collector;
    gc_callback *callback;
    void *callback_context;
    gc_pause_hook *pause;
    void *pause_context;
};

void gc_open(struct gc_state *gc, const struct collector *collector, bool at_each_allocation);

/* ---- For types ---- */

/* A new object, untracked, of `bytes` without its gc_head; only the object's
 * header is set, its count is 1. May collect before it returns, so that all
 * else of value must be reachable or referenced. NULL without memory. */
struct object *gc_new(struct heap *h, const struct type *type, size_t bytes);
/* Gives back the block of an object that is untracked. */
void gc_free(struct heap *h, struct object *o);

/* The same for types whose objects have words of their own in front of the
 * gc_head (instance.h). */
enum { GC_PRE_HEADER_BYTES = 16 };
struct object *gc_new_with_pre_header(struct heap *h, const struct type *type, size_t bytes);
void gc_free_with_pre_header(struct heap *h, struct object *o);

/* From now on the collector holds it; all its fields are set. */
static inline void gc_track(struct gc_state *gc, struct object *o)
{
    gc_list_append(&gc->generation[0], gc_head_of(o));
}

/* Nothing happens when it is untracked already. */
static inline void gc_untrack(struct object *o)
{
    struct gc_head *head = gc_head_of(o);
    if (head->next != 0) {
        gc_list_unlink(head);
        head->next = 0;
        head->prev &= GC_PREV_FINALIZED;
    }
}

/* Puts an object into gc.garbage; without memory it does not. */
void gc_save_garbage(struct heap *h, struct object *o);

/* ---- As the gc module ---- */

/* Collects the generation and all younger ones: what it found unreachable, 0
 * when a collection is under way. Works while collection is disabled, too. */
uint64_t gc_collect(struct heap *h, int generation);
void gc_enable(struct gc_state *gc);
void gc_disable(struct gc_state *gc);
bool gc_is_enabled(const struct gc_state *gc);
/* t0 0 turns automatic collection off. */
void gc_set_threshold(struct gc_state *gc, int t0, int t1, int t2);
void gc_get_threshold(const struct gc_state *gc, int threshold[GC_GENERATIONS]);
void gc_get_count(const struct gc_state *gc, int64_t count[GC_GENERATIONS]);
void gc_get_stats(const struct gc_state *gc, struct gc_stats stats[GC_GENERATIONS]);
void gc_set_debug(struct gc_state *gc, unsigned flags);
/* All objects become permanent: later collections pass them by. */
void gc_freeze(struct gc_state *gc);
/* All permanent objects go to the oldest generation. */
void gc_unfreeze(struct gc_state *gc);
/* O(n). */
uint64_t gc_get_freeze_count(const struct gc_state *gc);
/* O(n). */
uint64_t gc_generation_length(const struct gc_state *gc, int generation);
/* One of each, NULL for none. */
void gc_set_callback(struct gc_state *gc, gc_callback *callback, void *context);
void gc_set_pause_hook(struct gc_state *gc, gc_pause_hook *hook, void *context);

#endif
