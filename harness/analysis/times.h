/* times.h - the model's times against the real CPython's, round by round.
 *
 * Both runtimes run the same work in each round, one after the other: a round
 * is a pair. Since both do the same collections of the same objects, the
 * objects that the model's collections looked at are those of both.
 *
 * Units      nanoseconds; ratios are model / cpython.
 * Unknown    NaN, also for what rests on no collection at all.
 * Source     statistics.h: Hodges-Lehmann estimates and the intervals of the
 *            signed-rank test.
 */
#ifndef GCSWEEP_TIMES_H
#define GCSWEEP_TIMES_H

#include <stddef.h>

#include "harness/analysis/statistics.h"
#include "harness/record/record.h"

struct times_round {
    double model_wall_ns, cpython_wall_ns; /* of the whole run */
    double model_gc_ns, cpython_gc_ns;     /* of its collections */
    double visited;                        /* objects */
};

struct times {
    struct interval wall_ratio, gc_ratio;
    /* For each object that a collection looked at; their ratio is gc_ratio. */
    struct interval model_visit_ns, cpython_visit_ns;
};

struct times_round times_round_of(const struct run_record *model, const struct run_record *cpython);
/* 0, or -1 without memory. */
int find_times(const struct times_round *rounds, size_t count, struct times *out);
/* "12.3 ns [12.1, 12.6]", "-" without an estimate. */
void visit_text(const struct interval *ns, char *text, size_t size);

#endif
