/* fault_sweep.h - every request for memory of a workload gets to fail, each in a process of its own.
 *
 *     struct worker_options subject = ...;          // workload, parameters, tuning
 *     struct fault_sweep_options o = {.most = 2000, .seed = 1, .hang_seconds = 60};
 *     struct fault_result r;
 *     if (fault_sweep(&subject, &o, &r, error, sizeof error) == 0)
 *         ... r.kind[MEMORY_FAULT_BLOCK].points of r.kind[...].asked failed ...
 *
 * The workload runs once. At each request that is to fail, the process forks:
 * in the child it gets nothing, and the child goes on until the workload was
 * left or is done, checks the heap, closes it and counts what was not given
 * back; the parent waits, grants the request, and goes on to the next. So n
 * points take one run and n short ends of one. Each point fails twice: alone
 * (what a process sees that was refused once), and with all requests after it
 * (nothing that is released may need memory). `gcsweep run --fail-nth` takes
 * the same points.
 *
 * Units      points are requests, numbered from 1 (core/memory_faults.h).
 * Errors     0, whatever was found; -1 with one line in `error` where no sweep
 *            was possible: no process, or the workload does not even run
 *            undisturbed.
 * Threads    none; the caller has one thread.
 */
#ifndef GCSWEEP_FAULT_SWEEP_H
#define GCSWEEP_FAULT_SWEEP_H

#include "harness/worker/faults/point.h"
#include "harness/worker/options.h"

struct fault_sweep_options {
    uint64_t most; /* points of a kind; where there are more, half of them are the first, half a random sample */
    uint64_t seed; /* of the sample */
    unsigned hang_seconds; /* for one end */
};

enum fault_end {
    FAULT_OUT_OF_MEMORY, /* the workload was left, as it should be */
    FAULT_WENT_ON,       /* it did without: malloc in place of an arena, a finalizer that ended early, ... */
    FAULT_CRASHED,       /* a signal, a sanitizer's report, or longer than hang_seconds */
    FAULT_LEAKED,
    FAULT_UNSOUND, /* as heap_check says */
    FAULT_FAILED,  /* the workload ended by another error */
    FAULT_ENDS
};

struct fault_tally {
    uint64_t asked;  /* requests of an undisturbed run, its closing included */
    uint64_t points; /* of them failed, each twice */
    uint64_t ends[FAULT_ENDS];
};

enum { FAULT_TEXT = 400 };

struct fault_result {
    struct fault_tally kind[MEMORY_FAULT_KINDS];
    struct fault_point first_bad; /* nth 0: all went well */
    char why[FAULT_TEXT];         /* it went badly */
};

int fault_sweep(const struct worker_options *subject, const struct fault_sweep_options *o, struct fault_result *out,
                char *error, size_t error_size);
/* Ends that are wrong. */
static inline uint64_t fault_tally_bad(const struct fault_tally *t)
{
    return t->ends[FAULT_CRASHED] + t->ends[FAULT_LEAKED] + t->ends[FAULT_UNSOUND] + t->ends[FAULT_FAILED];
}

#endif
