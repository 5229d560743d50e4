/* disturbed.h - runs during which the machine itself stood still for longer than the program did.
 *
 * The sleeper beside a run (noise channel) saw a gap longer than the run's
 * longest pause: such a gap would have been that pause, had it come at the
 * moment of one. Runs without a pause or without a channel are not among them.
 *
 * Units      ns.
 * Ownership  disturbed_runs_free releases.
 */
#ifndef GCSWEEP_DISTURBED_H
#define GCSWEEP_DISTURBED_H

#include "harness/analysis/summary.h"

struct disturbed_run {
    const struct run_record *run;
    double pause_ns, gap_ns; /* the longest of each */
};

struct disturbed_runs {
    struct disturbed_run *list; /* the longest gap first */
    size_t count;
};

bool run_is_disturbed(const struct run_record *run);
/* Of a configuration, the twin's left out. */
size_t count_disturbed_runs(const struct configuration *c);
/* Of the whole sweep. 0, or -1 without memory. */
int find_disturbed_runs(const struct summary *s, struct disturbed_runs *out);
void disturbed_runs_free(struct disturbed_runs *runs);

#endif
