/* stress.h - random mutation of the model's heap, checked against an oracle.
 *
 * A session opens a heap (pool allocator or plain malloc, one collector of the
 * table), changes it at random in batches, and closes it. After each batch
 * every reachable object must be there, hold what it should and have a count
 * that its references explain; the collector's lists and the pools must be
 * sound. Now and then a full collection must free all the rest, each
 * finalizer having run once.
 *
 * Determinism  a batch depends on the seed and its own number alone, so a seed
 *              and a batch name a failure.
 * Errors       stress_run: 0 when all held, -1 with one line in
 *              result.failure.
 * Threads      none.
 */
#ifndef GCSWEEP_STRESS_H
#define GCSWEEP_STRESS_H

#include <stdint.h>

struct mutator;

struct stress_result {
    uint64_t mutations, batches, sessions;
    uint64_t collections;  /* of any generation */
    uint64_t full_checks;  /* full collections after which all garbage had to be gone */
    uint64_t objects;      /* made */
    uint64_t failed_batch; /* meaningful when failure is not empty */
    char failure[256];
};

struct stress_options {
    uint64_t seed;
    double seconds;   /* ends after the session in which they are over; 0 for no limit */
    uint64_t batches; /* ends after the session in which they are reached; 0 for no limit; not both 0 */
    /* Called after each session, NULL for none. */
    void (*on_progress)(void *context, const struct stress_result *so_far);
    /* Called before the checks of each batch, NULL for none: tests break the heap here. */
    void (*before_check)(void *context, struct mutator *m, uint64_t batch);
    void *context;
};

int stress_run(const struct stress_options *options, struct stress_result *result);

#endif
