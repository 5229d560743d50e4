/* measured.h - what a store's runs said of a grid's cells, round by round.
 *
 * Longest pause, peak RSS and time for the same work, as front.h takes them
 * from a run. A run that did not end well, and one that is not there, is NaN
 * in all three.
 *
 * Ownership  measured_free; the grid outlives the table.
 * Errors     0, or -1 without memory.
 */
#ifndef GCSWEEP_MEASURED_H
#define GCSWEEP_MEASURED_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/analysis/hypervolume.h"
#include "harness/store/store.h"
#include "harness/sweep/grid.h"
#include "harness/sweep/plan.h"

struct measured {
    const struct grid *grid;
    unsigned rounds;
    struct hypervolume_point *values; /* [cell * rounds + round] */
    bool *held;                       /* the same: whether there is a run at all */
};

int measured_make(const struct grid *g, unsigned rounds, struct measured *out);
void measured_free(struct measured *m);
/* Takes over every run of the grid's cells in the rounds of the table; the twin's are left. */
int measured_read(struct measured *m, const struct plan_configuration *configurations,
                  const struct result_set *results);
/* Rounds from the first on that hold a run of every cell. */
unsigned measured_whole_rounds(const struct measured *m);
/* on_front[cell] for the cells by their first rounds_of[cell] rounds: front.h's front. */
int measured_front(const struct measured *m, const unsigned *rounds_of, bool *on_front);
/* Each cell's medians over all rounds, NaN without any. */
int measured_medians(const struct measured *m, struct hypervolume_point *medians);

#endif
