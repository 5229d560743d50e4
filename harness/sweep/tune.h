/* tune.h - a search for the front of one workload's settings: halving's steps, run into a store.
 *
 * The plan is the whole grid; the search runs TUNE_SHARE of the runs that all
 * its configurations would take for the plan's rounds, the A/A twin's runs
 * included. What it decides follows from the plan and the runs in the store
 * alone (halving.h): a search that was interrupted or killed goes on by being
 * run again, and passes over the runs that are there.
 *
 * Facts     beside those of a sweep (sweep.h): "tune", which marks the store as
 *           a search's, in words; "rounds_done" is that of the last stage.
 * Errors    0, or -1 with one line in `error`; what was stored before stays.
 * Messages  on standard error: a sweep's, and one line for each step.
 */
#ifndef GCSWEEP_TUNE_H
#define GCSWEEP_TUNE_H

#include <stddef.h>

#include "harness/sweep/sweep.h"

#define TUNE_SHARE 0.2
#define TUNE_FACT  "tune"
/* Its text until the search has ended: a mark, so that it is known as one and can go on. */
#define TUNE_UNFINISHED "not at its end"

struct tune_result {
    struct sweep_result sweep; /* of this time alone */
    size_t runs;               /* asked for in all, the twin's included */
    size_t grid_cells;         /* what the whole grid takes is that times its rounds */
    size_t explored, finalists;
};

/* Whether the plan can be searched at all: 0, or -1 with one line in `error`. */
int tune_check(const struct plan *p, char *error, size_t error_size);
size_t tune_most_runs(const struct plan *p, size_t grid_cells);
/* `directory` is the store's. */
int tune_run(const struct plan *p, const struct runner *r, struct store *s, const char *directory,
             struct tune_result *out, char *error, size_t error_size);

#endif
