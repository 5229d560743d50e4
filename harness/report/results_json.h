/* results_json.h - results.json: all that the analysis knows of a sweep, for other programs.
 *
 * One JSON object; one line a configuration and a failed run, so that a large
 * file can be read by lines. "schema" is RESULTS_SCHEMA; it rises when a
 * member changes its meaning or goes, not when one is added.
 *
 * Units    stand in the names: wall_ns, rss_peak_bytes, throughput_per_s.
 * Unknown  null, or a member that is not there; never 0.
 * Errors   0, or -1 without memory; a failed write shows in ferror(f).
 */
#ifndef GCSWEEP_RESULTS_JSON_H
#define GCSWEEP_RESULTS_JSON_H

#include <stdio.h>

#include "harness/analysis/summary.h"

#define RESULTS_SCHEMA 1

/* `directory` is the results folder; `again` the command that makes the same sweep again. */
int write_results_json(const struct summary *s, const char *directory, const char *again, FILE *f);

#endif
