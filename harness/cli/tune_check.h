/* tune_check.h - what a search finds of what a whole grid would have shown.
 *
 * Both print to standard output and return an exit status: CLI_DONE when the
 * fronts found cover at least TUNE_CHECK_LEAST of the grid's volume,
 * CLI_FAILED when one does not, CLI_UNUSABLE after one line on standard error.
 */
#ifndef GCSWEEP_TUNE_CHECK_H
#define GCSWEEP_TUNE_CHECK_H

#include <stdint.h>

#include "harness/analysis/summary.h"

#define TUNE_CHECK_LEAST 0.95

/* Searches with seeds 1 to `seeds` on the runs of the grid in `directory`. Rounds 0: as many as it has whole. */
int tune_check_replay(const char *directory, unsigned rounds, uint64_t seeds);
/* The front of a search that was run, by the medians of the grid in `directory`. */
int tune_check_against(const struct summary *found, const char *directory);

#endif
