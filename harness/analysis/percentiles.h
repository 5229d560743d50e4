/* percentiles.h - a percentile of many pauses or latencies, with what so many of them can say.
 *
 * Of a run's histograms taken together. The interval is one of order
 * statistics (statistics.h): it says how well the sample fixes the percentile
 * of runs like this one's pauses, not how runs differ from each other.
 *
 * Units  ns; values are the highest of their bucket, three significant digits.
 */
#ifndef GCSWEEP_PERCENTILES_H
#define GCSWEEP_PERCENTILES_H

#include "harness/analysis/statistics.h"
#include "harness/record/record.h"

enum { PERCENTILES_PARTS = RECORD_PAUSE_KINDS };

/* Quantile p (0 to 1) by nearest rank; `pairs` is the size of the sample, NaN of none. At most PERCENTILES_PARTS
 * histograms. */
struct interval percentile_of(const struct record_histogram *parts, size_t part_count, double p);

#endif
