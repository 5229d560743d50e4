/* watch.h - watching one worker from its start to its end.
 *
 * Reads its pipes, samples its resident memory, enforces the limits, waits
 * for it. What was seen is in struct watch, for the verdict and the record.
 */
#ifndef GCSWEEP_WATCH_H
#define GCSWEEP_WATCH_H

#include <signal.h>

#include "harness/sweep/hiccups.h"
#include "harness/sweep/launch.h"
#include "harness/sweep/sampler.h"
#include "harness/sweep/verdict.h"

enum { WATCH_TEXT_BYTES = 8192, WATCH_INTERRUPTED = -1 };

struct watch_limits {
    uint64_t timeout_ns;
    uint64_t memory_bytes;                    /* 0 for none */
    uint64_t grid_ns;                         /* of the first samples */
    struct hiccups *hiccups;                  /* notes how late the watch is woken; NULL for none */
    const volatile sig_atomic_t *interrupted; /* NULL for none */
};

struct watch {
    struct run_facts facts; /* points into this struct */
    struct sampler sampler;
    uint64_t look_ns; /* when its memory is due to be looked at */
    uint64_t end_ns;  /* CLOCK_MONOTONIC when it had ended */
    char *record;    /* malloc'd */
    size_t record_size;
    char text[WATCH_TEXT_BYTES]; /* the end of what it said */
};

/* 0, WATCH_INTERRUPTED, or an errno value; the process is gone in any case,
 * and `w` is closed. watch_free releases what the watch holds. */
int watch_worker(struct watch *w, struct worker_process *process, const struct watch_limits *limits);
void watch_free(struct watch *w);

#endif
