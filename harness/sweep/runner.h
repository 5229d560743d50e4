/* runner.h - one run: a fresh worker process, watched until it ends.
 *
 * Whatever the worker does, runner_run gives a whole run record: what the
 * worker wrote, or what was seen of it from outside and why it ended so
 * (verdict.h). The dimensions in the record are the plan's, never the
 * worker's claim.
 *
 * RSS        is sampled from /proc/PID/statm on a grid (sampler.h), on the
 *            harness's own CPU. For a worker that left no record the times
 *            count from its exec, and the peak is the highest sample.
 * Limits     the resident limit is watched at the samples, at least every
 *            10 ms: a worker can pass it by what it touches in that time.
 * Threads    none. At most one run at a time.
 * Errors     0, RUNNER_INTERRUPTED, or -1 with one line in `error` when the
 *            harness itself could not go on (no process, no pipe, no memory).
 */
#ifndef GCSWEEP_RUNNER_H
#define GCSWEEP_RUNNER_H

#include <limits.h>
#include <signal.h>

#include "harness/record/record.h"
#include "harness/sweep/plan.h"
#include "harness/worker/faults/point.h"

enum { RUNNER_RUNTIMES = 2, RUNNER_INTERRUPTED = 1 };

struct runner {
    char program[RUNNER_RUNTIMES][PATH_MAX]; /* one a row of runtimes.h; "" when it is not there */
    char sites_program[PATH_MAX];            /* gcsweep-worker-sites; "" when it is not there */
    int worker_cpu, own_cpu;                 /* -1: not pinned */
    uint64_t seed;                           /* of the padding */
    uint64_t timeout_ns;
    uint64_t memory_bytes;                    /* 0 for none */
    struct fault_point fail_nth;              /* in each run; nth 0 for none */
    int timeline_fd;                          /* the caller's: runs write their timeline there; -1 for none */
    const volatile sig_atomic_t *interrupted; /* NULL, or not 0 when the run shall be dropped */
};

/* Finds the workers beside the running program, takes the limits from the
 * plan, picks the CPUs and pins this process to its own. */
void runner_init(struct runner *r, const struct plan *p);
/* 0 when the configuration can be started; -1 with one line in `error` that
 * says what is missing and how to get it. */
int runner_check(const struct runner *r, const struct plan_configuration *c, char *error, size_t error_size);
/* A configuration that cannot be started gives a record whose status is
 * "failed". record_free releases `out` after 0. */
int runner_run(const struct runner *r, const struct plan *p, const struct plan_configuration *c, unsigned round,
               struct run_record *out, char *error, size_t error_size);

#endif
