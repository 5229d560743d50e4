/* plot_data.h - the analysis as the TSV files that the scripts in plots/ read.
 *
 * Blocks are parted by two blank lines and begin with a header; the units are
 * those that each script's comment names. Texts are escaped.
 */
#ifndef GCSWEEP_PLOT_DATA_H
#define GCSWEEP_PLOT_DATA_H

#include <stdio.h>

#include "harness/analysis/summary.h"
#include "harness/report/series.h"

/* Each: the number of blocks (or rows of thresholds and front) written, -1 without memory. */
int write_tradeoff_points(const struct summary *s, const struct subject *subject, const struct series *series,
                          double floor_ns, FILE *f);
int write_plane_front(const struct summary *s, const struct subject *subject, double floor_ns, FILE *f);
int write_thresholds(const struct summary *s, const struct subject *subject, FILE *f);
int write_allocators(const struct summary *s, const struct subject *subject, const struct series *series, FILE *f);

/* Where a logarithmic axis shows pauses of 0: a third of the decade's start below the least of the longest pauses; 0
 * when every configuration has pauses, or none has. */
double pauseless_floor_ns(const struct summary *s, const struct subject *subject);
/* A configuration's longest pause on that axis; NaN when it has no place there. */
double drawn_pause_ns(const struct configuration *c, double floor_ns);
/* Of the medians of those that count; 0 of none. */
double greatest_throughput(const struct summary *s, const struct subject *subject);

/* Whether any configuration of the subject has a pause p99 above 0. */
bool has_pauses(const struct summary *s, const struct subject *subject);

#endif
