/* order.h - the order of runs in tables and pictures.
 *
 * Workloads and allocators as in their .def tables, pymalloc first and
 * pymalloc+X after the plain ones; thresholds rising, `disabled` last; what no
 * table knows comes after what they know, by name. Then the round.
 */
#ifndef GCSWEEP_ORDER_H
#define GCSWEEP_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/record/record.h"

struct ordered_run {
    const struct run_record *run;
    char subject[RECORD_TEXT_BYTES]; /* "gcbench scale=0.25 seed=1" */
    size_t workload_rank, runtime_rank, allocator_rank;
    double tuning_rank[3];
};

void order_prepare(const struct run_record *run, struct ordered_run *out);
/* For qsort over struct ordered_run. */
int order_compare(const void *a, const void *b);
bool same_configuration(const struct ordered_run *a, const struct ordered_run *b);
bool same_subject(const struct ordered_run *a, const struct ordered_run *b);

#endif
