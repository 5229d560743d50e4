/* fail_nth.h - a run of the model in which one request for memory gets nothing.
 *
 *     struct fail_nth f;
 *     struct runtime_options runtime = ...;
 *     fail_nth_open(&f, &point, &runtime);
 *     if (mutator_open(&m, ..., &runtime, ...) == 0)
 *         fail_nth_watch(&f, &m);
 *     ... run, and say in the record how it ended ...
 *     fail_nth_close(&f, &m, &record);
 *
 * Requests are counted from the heap's opening to its end: set-up, run and
 * closing. fail_nth_close checks the heap, closes it, and counts what was not
 * given back; what it finds makes the record's status "failed". The message
 * says which request was refused, or that the run asked for fewer.
 */
#ifndef GCSWEEP_FAIL_NTH_H
#define GCSWEEP_FAIL_NTH_H

#include "harness/record/record.h"
#include "harness/worker/faults/point.h"
#include "workloads/mutator.h"

struct fail_nth {
    struct fault_point point;
    struct memory_faults memory;
    uint64_t refused; /* requests */
    size_t bytes;     /* of the first of them */
};

#ifdef GCSWEEP_RUNTIME_CPYTHON
/* Its options refuse it. */
static inline void fail_nth_open(struct fail_nth *f, const struct fault_point *point, struct runtime_options *options)
{
    (void)f, (void)point, (void)options;
}

static inline void fail_nth_watch(struct fail_nth *f, struct mutator *m)
{
    (void)f, (void)m;
}

static inline void fail_nth_close(struct fail_nth *f, struct mutator *m, struct run_record *r)
{
    (void)f, (void)m, (void)r;
}
#else
/* Must not be moved from here on. Takes backend and arenas of `options`. */
void fail_nth_open(struct fail_nth *f, const struct fault_point *point, struct runtime_options *options);
/* Right after mutator_open. */
void fail_nth_watch(struct fail_nth *f, struct mutator *m);
/* In place of mutator_close. `m` NULL: it could not be opened. */
void fail_nth_close(struct fail_nth *f, struct mutator *m, struct run_record *r);
#endif

#endif
