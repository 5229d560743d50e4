/* fail_nth.h - a run of the model in which one request for memory gets nothing.
 *
 *     struct fail_nth f;
 *     struct runtime_options runtime = ...;
 *     fail_nth_open(&f, &point, &runtime);
 *     if (mutator_open(&m, ..., &runtime, ...) == 0)
 *         fail_nth_watch(&f, &m);
 *     ... run, and say in the record how it ended ...
 *     fail_nth_close(&f, &m);
 *     fail_nth_record(&f, &record);
 *
 * Requests are counted from the heap's opening to its end: set-up, run and
 * closing. What fail_nth_close finds makes the record's status "failed". The
 * message says which request was refused, or that the run asked for fewer.
 */
#ifndef GCSWEEP_FAIL_NTH_H
#define GCSWEEP_FAIL_NTH_H

#include "harness/record/record.h"
#include "harness/worker/faults/point.h"
#include "workloads/mutator.h"

enum { FAIL_NTH_TEXT = 256 };

struct fail_nth {
    struct fault_point point;
    struct memory_faults memory;
    uint64_t refused;            /* requests */
    size_t bytes;                /* of the first of them */
    char unsound[FAIL_NTH_TEXT]; /* what heap_check says of the heap; "" when it is sound */
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

static inline void fail_nth_close(struct fail_nth *f, struct mutator *m)
{
    (void)f, (void)m;
}

static inline void fail_nth_record(const struct fail_nth *f, struct run_record *r)
{
    (void)f, (void)r;
}
#else
/* Must not be moved from here on. Takes backend and arenas of `options`. */
void fail_nth_open(struct fail_nth *f, const struct fault_point *point, struct runtime_options *options);
/* Right after mutator_open. */
void fail_nth_watch(struct fail_nth *f, struct mutator *m);
/* The refusal of `point`: a memory_refuse whose context is a struct fail_nth. */
bool fail_nth_refuse(void *context, enum memory_fault_kind kind, uint64_t number, size_t bytes);
/* In place of mutator_close: checks the heap, closes it. What was not given
 * back is memory_faults_out(&f->memory) from here on. */
void fail_nth_close(struct fail_nth *f, struct mutator *m);
/* Adds to status and message. */
void fail_nth_record(const struct fail_nth *f, struct run_record *r);
#endif

#endif
