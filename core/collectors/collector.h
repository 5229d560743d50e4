/* collector.h - what a collector of cycles is: a table of functions.
 *
 * To add one: write core/collectors/NAME.c with a `const struct collector`,
 * and add one row to collectors.def. What all collectors share (lists,
 * counters, statistics, callbacks, pauses) is gc.h's.
 */
#ifndef GCSWEEP_COLLECTOR_H
#define GCSWEEP_COLLECTOR_H

#include <stddef.h>
#include <stdint.h>

struct heap;
struct gc_state;
struct gc_stats;

struct collector {
    const char *name;    /* as typed */
    const char *summary; /* one phrase */
    const char *source;  /* where the algorithm comes from */
    /* Called when count[0] has risen above threshold[0]: the generation to
     * collect now, -1 for none. */
    int (*find_due)(const struct gc_state *gc);
    /* Collects the generation and all younger ones, count[] and the survivors'
     * move included. What it found; `collections` is not looked at. */
    struct gc_stats (*collect)(struct heap *h, int generation);
};

/* All rows of collectors.def, in its order; the first is the default. */
extern const struct collector *const collectors[];
extern const size_t collector_count;

/* NULL when there is none of that name. */
const struct collector *find_collector(const char *name);

#endif
