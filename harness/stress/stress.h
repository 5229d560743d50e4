/* stress.h - sessions of random mutation, one after the other, on several threads.
 *
 * A session opens a heap (pool allocator or plain malloc, one collector of the
 * table), changes it at random, and closes it. After each batch every reachable
 * object must be there, hold what it should and have a count that its
 * references explain; the collector's lists and the pools must be sound. Now
 * and then a full collection must free all the rest, each finalizer having run
 * once and each callback having been called.
 *
 * Crashes      the sessions run in a child process: one that crashes or hangs
 *              is a failure like any other.
 * Determinism  which sessions there are depends on the seed alone; which of
 *              them run, on the limits.
 * Errors       stress_run: 0 when all held, -1 with one line in
 *              result.failure.
 * Threads      called from one; starts its own, each with heaps of its own.
 */
#ifndef GCSWEEP_STRESS_H
#define GCSWEEP_STRESS_H

#include "harness/stress/program.h"

enum { STRESS_THREADS = 64 };

struct stress_result {
    struct program_result all; /* sums; all.failure is the first failure, all.deed its deed */
    uint64_t sessions;
    double seconds;          /* until the end, or the failure */
    uint64_t failed_session; /* meaningful when all.failure is not empty */
    bool failed_in_session;  /* false: it cannot be said in which */
};

struct stress_options {
    uint64_t seed;
    unsigned threads;   /* 1 to STRESS_THREADS */
    double seconds;     /* sessions under way are finished when they are over; 0 for no limit */
    uint64_t mutations; /* the same when so many were made; 0 for no limit */
    uint64_t sessions;  /* the first so many; 0 for no limit. One of the three is given */
    struct heap_choice heaps;
    unsigned hang_seconds; /* a deed that takes longer is a failure */
    /* Called ten times a second, NULL for none. */
    void (*on_progress)(void *context, const struct stress_result *so_far);
    /* Called in the child: program.h. NULL for none. */
    program_hook *before_check;
    void *context;
};

int stress_run(const struct stress_options *options, struct stress_result *result);

#endif
