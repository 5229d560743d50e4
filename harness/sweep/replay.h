/* replay.h - a search against the whole grid: what it would have found, and at what price.
 *
 * The grid's recorded runs are taken instead of running: the search sees of
 * each cell the rounds that it asks for, in their order, and nothing else.
 * What it found is judged by the grid's medians over all rounds: the volume
 * (hypervolume.h) that the found settings cover as a share of what all cover.
 *
 * Volume    in a cube of logarithms, and in one of the values themselves,
 *           where a pause of 100 ms weighs as much as a hundred of 1 ms.
 * Errors    0, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_REPLAY_H
#define GCSWEEP_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/sweep/halving.h"
#include "harness/sweep/measured.h"

struct replay_share {
    double logarithms, values; /* of the grid's volume, 0 to 1 */
};

struct replay_result {
    size_t runs;  /* the twin's included, as if it had run too */
    size_t front; /* settings found */
    struct replay_share share;
};

/* `grid` holds whole rounds, as many as the options ask for. */
int replay_search(const struct measured *grid, const struct halving_options *o, struct replay_result *out, char *error,
                  size_t error_size);
/* What the cells with found[cell] cover of the grid's volume. -1 without memory. */
int replay_share_of(const struct measured *grid, const bool *found, struct replay_share *out);

#endif
