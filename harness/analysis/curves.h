/* curves.h - what the pictures draw of a configuration.
 *
 * Of a configuration with more than CURVE_RUNS ok runs, that many are drawn,
 * spread evenly over its rounds: each one's lists are read for it.
 *
 * Ownership  curve_free releases what a function named *_curve made.
 * Errors     0, or -1: result_set_error says why.
 */
#ifndef GCSWEEP_CURVES_H
#define GCSWEEP_CURVES_H

#include "harness/analysis/summary.h"

enum { CURVE_RUNS = 200 };

struct curve_point {
    double x, y;
};
struct curve {
    struct curve_point *points;
    size_t count;
};

/* The pauses of all drawn runs and generations together: x is 1 / (1 - p), from 1
 * to the number of pauses, 20 points a decade; y the pause in ns that p of all
 * pauses do not exceed. Empty without pauses.
 * Worked example: x = 100 is the 99th percentile. */
int pause_curve(const struct result_set *results, const struct configuration *c, struct curve *out);
/* The same of the latencies of requests: service time, or from evenly spread (planned) starts. */
enum latency { LATENCY_SERVICE, LATENCY_METERED };
int latency_curve(const struct result_set *results, const struct configuration *c, enum latency which,
                  struct curve *out);
void curve_free(struct curve *curve);

/* The same pauses' quantile p with the interval of percentiles.h: pairs is their number. It takes the pauses as drawn
 * one by one from what such runs have; those of one run are more alike. All NaN without pauses. */
int pooled_pause_quantile(const struct result_set *results, const struct configuration *c, double p,
                          struct interval *out);

/* MMU and BMU over windows: x the window in ns, rising, y the median over the
 * drawn runs (0 to 1). Only windows that every one of them has. */
int mmu_curve(const struct result_set *results, const struct configuration *c, struct curve *out);
int bmu_curve(const struct result_set *results, const struct configuration *c, struct curve *out);

/* The ok run whose peak RSS is the median (the lower of two); NULL without ok runs. */
const struct run_record *median_run(const struct configuration *c);

/* Threshold 0 of a configuration whose tuning is thresholds alone (no freeze,
 * no collection by hand); 0 of any other. */
int threshold0_of(const struct configuration *c);

/* Same allocator, collector and refcount as the baseline: what the pictures with one curve a tuning show. */
bool differs_in_tuning_only(const struct configuration *c, const struct configuration *baseline);

#endif
