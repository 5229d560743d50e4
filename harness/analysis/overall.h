/* overall.h - one ratio over all rows of a comparison: the geometric mean, round by round.
 *
 * A side's value of a round is the mean of the logs of all its rows' runs of
 * that round; a round in which any of them is missing is left out, so that
 * every round weighs the same rows. Rows without a ratio (refused, or the
 * measure is 0 on a side, as pauses without collections are) are not in it.
 * Then as for a row: paired by round, or Mann and Whitney's test.
 */
#ifndef GCSWEEP_OVERALL_H
#define GCSWEEP_OVERALL_H

#include "harness/analysis/comparison.h"

/* Fills c->overall and c->overall_rows of every measure. 0, or -1 without memory. */
int compare_overall(struct comparison *c);

#endif
