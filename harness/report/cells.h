/* cells.h - one configuration as the cells of a table, for page and terminal. */
#ifndef GCSWEEP_CELLS_H
#define GCSWEEP_CELLS_H

#include "harness/analysis/summary.h"

enum column {
    COLUMN_MARK, /* "*" on the Pareto front */
    COLUMN_ALLOCATOR,
    COLUMN_TUNING,
    COLUMN_RUNS, /* "6", or what went wrong */
    COLUMN_WALL,
    COLUMN_THROUGHPUT,
    COLUMN_THROUGHPUT_RATIO,
    COLUMN_P99,
    COLUMN_P99_RATIO,
    COLUMN_MAX,
    COLUMN_RSS,
    COLUMN_RSS_GROWTH,
    COLUMN_RSS_RATIO,
    COLUMN_GC_SHARE,
    COLUMN_COLLECTIONS,
    COLUMNS
};

enum { CELL_BYTES = 2 * RECORD_TEXT_BYTES };

/* "p99 to default", or "p99 to baseline" where the subject's ratios are to another setting. `baseline` is its
 * baseline_word. */
const char *column_header(enum column column, const char *baseline);

struct cells {
    char text[COLUMNS][CELL_BYTES]; /* not escaped */
    double key[COLUMNS];            /* what the cell sorts by; NaN where it is the text */
};

/* Medians with their quartiles, ratios to the subject's baseline with their intervals. */
void fill_cells(const struct summary *s, const struct configuration *c, const struct subject *subject,
                struct cells *out);

#endif
