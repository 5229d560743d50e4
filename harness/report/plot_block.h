/* plot_block.h - the pieces of a TSV file that gnuplot reads: blocks, labels, style numbers. */
#ifndef GCSWEEP_PLOT_BLOCK_H
#define GCSWEEP_PLOT_BLOCK_H

#include <stdio.h>

#include "harness/analysis/summary.h"
#include "harness/report/series.h"

/* The style numbers of the blocks written: "0 1 4 ". */
enum { PLOT_STYLES_BYTES = 4 * SERIES_TUNINGS };

/* Parts the next block from the `written` ones before it. */
void plot_begin_block(FILE *f, int written);
void plot_put_tuning(const struct summary *s, const struct configuration *c, FILE *f);
void plot_put_allocator(const struct configuration *c, FILE *f);

#endif
