/* statistics.h - what few runs on a noisy machine can say.
 *
 * The process is the unit: one number a run. Comparisons are ratios of runs of
 * the same round (pairs): on log ratios, the Hodges-Lehmann estimate and the
 * exact interval of Wilcoxon's signed-rank test, then exp(). Tests, and runs
 * that share no round, are in rank_tests.h.
 *
 * Units      whatever goes in comes out; a ratio has none.
 * Unknown    NaN. No function takes NaN as a value: leave it out before.
 * Errors     functions that need memory: 0, or -1 when there is none.
 * Source     Hodges & Lehmann 1963; Hollander, Wolfe & Chicken, Nonparametric
 *            Statistical Methods, 3rd ed., sections 3.1 to 3.3.
 */
#ifndef GCSWEEP_STATISTICS_H
#define GCSWEEP_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

/* Fewer pairs than this have no 95 % interval: even 5 of 5 pairs on one side
 * happen in 2/32 of all cases. */
enum { STATISTICS_LEAST_PAIRS = 6 };

struct spread {
    size_t count;
    double least, q1, median, q3, most;
    double mad; /* median absolute deviation from the median */
};

/* An estimate and its interval of 95 % or a little more. With fewer pairs than STATISTICS_LEAST_PAIRS low and high
 * are NaN; with none the estimate too. */
struct interval {
    size_t pairs; /* of two samples that share no rounds: the size of the smaller one */
    double estimate, low, high;
};

/* What a ratio says when differences up to a margin do not matter. */
enum verdict {
    VERDICT_UNKNOWN,     /* no interval */
    VERDICT_LESS,        /* the whole interval is below the margin: faster, less memory */
    VERDICT_MORE,        /* ... above it: slower, more memory */
    VERDICT_EQUIVALENT,  /* ... within it */
    VERDICT_NOT_RESOLVED /* it reaches over an end of the margin: more runs would tell */
};

/* Quantile p (0 to 1) of sorted values, linear between neighbours (Hyndman & Fan's type 7); NaN of none. */
double quantile_of_sorted(const double *sorted, size_t count, double p);
/* All NaN when count is 0. `values` is used as scratch: its order and content are lost. */
struct spread spread_of(double *values, size_t count);

/* An interval of 95 % or more for quantile p of what the sample was drawn from: two of its own values, whatever the
 * distribution (David & Nagaraja, Order Statistics, 3rd ed., section 7.1). `pairs` is the sample's size. An end that no
 * value of so small a sample can be is NaN: the 99th percentile has no upper end below 368 values, the median none
 * below 6. */
struct interval quantile_interval(const double *sorted, size_t count, double p);
/* The ranks of those two values, from 1; 0 where there is none. For samples that are kept as histograms. */
void quantile_ranks(size_t count, double p, size_t *low, size_t *high);

/* How many of the least values W of the signed-rank statistic of `pairs` pairs
 * have P(W+ <= W) <= 0.025: the rank, from 1, of the Walsh average that is the
 * interval's lower end. 0 below STATISTICS_LEAST_PAIRS.
 * Worked example: 10 pairs have 55 Walsh averages; the 9th least and the 9th
 * greatest are the interval. */
size_t signed_rank_rank(size_t pairs);

/* Median of the Walsh averages of `differences` and its interval, in O(count log count). */
int hodges_lehmann(const double *differences, size_t count, struct interval *out);
/* The same on log ratios, given back as ratios. */
int ratio_of_logs(const double *log_ratios, size_t count, struct interval *out);

/* "1.42x [1.40, 1.45]", "1.42x" without an interval, "-" without an estimate. As many digits as the interval's width
 * makes sense of: "1.003x [1.001, 1.005]", "788x [701, 840]". */
void ratio_text(const struct interval *ratio, char *text, size_t size);

/* B to A of A to B: of a time's ratio the throughput's. */
struct interval interval_inverse(const struct interval *ratio);
/* Whether there is an interval and 1 lies outside of it. */
bool interval_excludes_one(const struct interval *ratio);
/* `margin` 0.01 is 1 %: a ratio from 1 / 1.01 to 1.01 does not matter, so that B to A has the mirrored verdict of A to
 * B. The words for each measure are verdict_word's in measures.h. */
enum verdict verdict_of(const struct interval *ratio, double margin);
/* Half the interval's width on the log scale: 0.02 is about 2 % to either side. NaN without an interval. */
double interval_half_width(const struct interval *ratio);

#endif
