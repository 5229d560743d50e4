/* steady.h - whether floating garbage had stopped rising when a run ended.
 *
 * A run that ends while garbage still piles up says nothing of what its setting
 * costs in the long run. The tail, the last half of the run's time, is cut into
 * STEADY_BLOCKS blocks of equal length; of each the greatest and the median
 * number of objects are taken. The slope of either is the median of the slopes
 * between all pairs of blocks (Theil-Sen), which a few outliers do not move.
 * What it amounts to over the tail is the rise. Garbage goes up and down as
 * collections come, so that a rise may be chance. It counts when
 *
 *     it is more than STEADY_RISE of the median of the greatest,
 *     the highest of the last five blocks is that much above the highest of the
 *     first five, and
 *     of the 45 pairs of blocks those that rise are STEADY_EXCESS more than those
 *     that fall (Mann and Kendall: 21 or more happen in 3.6 % of all series
 *     without a trend).
 *
 * Steady: neither the greatest nor the medians have a rise that counts.
 *
 * Worked example: greatest 100, 110, 120, ... 190 in ten blocks: a slope of 10 a
 * block, a rise of 90 over nine steps; the median is 145, so that is 62 %, 190
 * is above 140, and all 45 pairs rise: no steady state. All 100 but one of 900: slope 0, steady.
 *
 * A block without a sample is as the sample before it: nothing has changed.
 *
 * Unknown   fewer than STEADY_LEAST samples in the tail.
 * Source    cyclotron's steady-state check; Theil 1950; Sen, JASA 63 (1968);
 *           Kendall, Biometrika 30 (1938). The constants are ours.
 */
#ifndef GCSWEEP_STEADY_H
#define GCSWEEP_STEADY_H

#include <stddef.h>
#include <stdint.h>

#include "harness/record/record.h"

enum { STEADY_BLOCKS = 10, STEADY_LEAST = 20, STEADY_EXCESS = 21 };
#define STEADY_RISE 0.05

/* 1, 0, or RECORD_UNKNOWN_SIGNED, as run_record.steady; `wall_ns` is the run's
 * length. Unknown without memory, too. */
int64_t is_steady(const struct record_floating *series, size_t count, uint64_t wall_ns);

/* The median of the slopes between all pairs of y[0], y[1], ... at x = 0, 1, ...;
 * 0 of fewer than two. At most STEADY_BLOCKS. */
double theil_sen_slope(const double *y, size_t count);

#endif
