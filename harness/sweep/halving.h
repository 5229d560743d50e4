/* halving.h - which cells of a grid to run next, and how often: successive halving.
 *
 * Every decision is a function of the grid, the options and what the runs asked
 * for so far said: the same facts give the same runs, so that a search that was
 * killed goes on from what its store holds, and a whole grid's store can be
 * asked what a search would have done.
 *
 * Exploring  one run each: half of the cells to explore cover the grid evenly
 *            (grid_spread); the others follow in HALVING_WAVES waves. Before
 *            each, what the cells not yet run would show is expected from
 *            those that were, near ones above all (kriging.h), with one
 *            deviation for luck; the wave takes those that would come first
 *            among all (selection.h). So it goes along the front and into what
 *            is least known.
 * Halving    each stage runs the better half of the stage before up to about
 *            twice as many rounds, the last one all rounds: 1, 2, 5, 10 of 10;
 *            1, 3, 6 of 6. Where that leaves runs once HALVING_MOST_EXPLORED
 *            of the grid is explored, more than half go on: of settings that
 *            are nearly equal, few runs do not tell the best. The last stage
 *            takes what runs are left.
 * Runs       never more than `most_runs`, the A/A twin's included: it runs
 *            whenever its original does, and the original is in every stage.
 * Worked example  504 cells, 6 rounds, 604 runs: 6 are the twin's; a cell
 *            explored costs 1 + 2/2 + 3/4 runs, so 217 are explored, 108 run
 *            three times, and what is left is enough to run 55 six times: 604
 *            runs in all.
 * Pairs      rounds of different waves were run at different times: intervals
 *            on ratios are for the finalists, whose later rounds are whole.
 * Ownership  halving_close; the grid outlives the search.
 * Threads    none shared.
 * Source     Karnin, Koren, Somekh, "Almost optimal exploration in multi-armed
 *            bandits", ICML 2013; Jamieson and Talwalkar, "Non-stochastic best
 *            arm identification", AISTATS 2016. Differs: more than one measure,
 *            and not all arms are tried.
 */
#ifndef GCSWEEP_HALVING_H
#define GCSWEEP_HALVING_H

#include <stddef.h>
#include <stdint.h>

#include "harness/analysis/hypervolume.h"
#include "harness/sweep/grid.h"

enum { HALVING_WAVES = 8 };
#define HALVING_MOST_EXPLORED 0.6 /* of the grid */
#define HALVING_HOPE          1.0 /* deviations below what is expected of a cell that was not run */

struct halving_options {
    unsigned rounds; /* of the last stage */
    uint64_t seed;
    size_t most_runs;
};

/* Rounds first_round to first_round + rounds - 1 of these cells. */
struct halving_step {
    const size_t *cells; /* the search's, until the next step */
    size_t count;
    unsigned first_round, rounds;
    unsigned stage, stages; /* 0: exploring */
};

struct halving;

/* 0, or -1 with one line in `error`: a grid so small that the runs do not allow a search. */
int halving_open(const struct grid *g, const struct halving_options *o, struct halving **out, char *error,
                 size_t error_size);
void halving_close(struct halving *h);
/* `values[cell * rounds + round]` for what was asked for so far; a NaN is a run
 * that did not end well. What was not asked for is not looked at. 1 with the
 * next step; 0 when there is none; -1 without memory. */
int halving_next(struct halving *h, const struct hypervolume_point *values, struct halving_step *step);
/* The cells of the last stage begun, the best first. */
const size_t *halving_finalists(const struct halving *h, size_t *count);
/* Rounds asked for so far of each of the grid's cells. */
const unsigned *halving_rounds(const struct halving *h);
/* Runs asked for so far, the twin's included. */
size_t halving_runs(const struct halving *h);

#endif
