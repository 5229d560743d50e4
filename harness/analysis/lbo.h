/* lbo.h - the lower bound overhead of a setting: what it costs at least over collecting for nothing.
 *
 *     distilled(g) = total(g) - time inside collections
 *     MDC          = the least distilled cost of all settings of the subject
 *     LBO(g)       = total(g) / MDC
 *
 * No program runs without collection at no cost, so its cost is bounded from
 * above by the cheapest one measured, less the collections that can be seen:
 * the overhead is a lower bound. Allocators are settings as tunings are, and
 * `disabled` is one of them, often not the cheapest.
 *
 * Worked example (h2, 10^9 cycles): Parallel 108.33 in all, 4.46 of it in
 * collections, Serial 108.12 and 2.75, Shenandoah 218.72 and 0.03. MDC is
 * 108.33 - 4.46 = 103.87; the overheads are 4.3 %, 4.1 % and 110.6 %.
 *
 * Units    a ratio: 1.043 is an overhead of 4.3 %. Costs are ns.
 * Unknown  NaN.
 * Source   Cai, Blackburn, Bond & Maas, "Distilling the real cost of production
 *          garbage collectors", ISPASS 2022.
 */
#ifndef GCSWEEP_LBO_H
#define GCSWEEP_LBO_H

#include <stddef.h>

#include "harness/analysis/statistics.h"

enum lbo_cost {
    LBO_WALL, /* wall_ns */
    LBO_CPU,  /* user_ns + system_ns; a collection's is its wall time, since nothing else runs in it */
    LBO_COSTS
};
/* "lbo_wall", "lbo_cpu": column headers. */
extern const char *const lbo_names[LBO_COSTS];

struct lbo {
    double distilled_ns; /* the median of the setting's runs */
    struct spread ratio; /* LBO of each run */
};

/* The least of the distilled costs; NaN of none. Unknown ones are passed over. */
double lbo_least(const double *distilled, size_t count);

struct configuration;
struct run_record;

double lbo_total(const struct run_record *run, enum lbo_cost cost);
/* NaN when the total is less than the time in collections: the clock of CPU time is coarse. */
double lbo_distilled(const struct run_record *run, enum lbo_cost cost);
/* Fills the lbo of some configurations, and returns their MDC. Those that do
 * not count have none. `scratch` holds as many values as any has runs. */
double lbo_fill(struct configuration *configurations, size_t count, enum lbo_cost cost, double *scratch);

#endif
