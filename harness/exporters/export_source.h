/* export_source.h - what an exporter writes: the runs of a sweep, or of some of its configurations.
 *
 * Ownership  export_source_free releases the lists; the summary and its
 *            results must outlive them.
 */
#ifndef GCSWEEP_EXPORT_SOURCE_H
#define GCSWEEP_EXPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/analysis/summary.h"
#include "harness/record/histogram.h"

struct export_source {
    const struct summary *summary;
    const struct configuration **configurations; /* in the summary's order */
    size_t configuration_count;
    const struct run_record **runs; /* in the order they ended; failed ones and twins are among them */
    size_t run_count;
};

/* The configurations that `words` name: a canonical string names its own, other
 * words as matching.h has it ("pymalloc 700,10,10"), NULL all. 0, or -1 with
 * one line in `error`. */
int export_select(const struct summary *summary, const char *words, struct export_source *out, char *error,
                  size_t error_size);
/* Configuration `index` of `all` by itself. 0, or -1 without memory. */
int export_one(const struct export_source *all, size_t index, struct export_source *out);
void export_source_free(struct export_source *source);

/* Whether a run gives numbers: it ended ok and its configuration counts (summary.h). */
bool export_run_counts(const struct configuration *c, const struct run_record *run);
/* Of the configuration's runs, those that give no number (twins aside). */
size_t export_runs_left_out(const struct configuration *c);
/* Median of a measure over the runs that count, and its interval (statistics.h). 0, or -1 without memory. */
int export_median(const struct configuration *c, enum measure measure, struct interval *out);
/* Adds the pauses of the runs that count to the histogram of their kind (record.h). 0, or -1: result_set_error says
 * why. */
int export_pauses(const struct export_source *source, const struct configuration *c,
                  struct histogram kinds[RECORD_PAUSE_KINDS]);

#endif
