/* selection.h - which of many settings deserve more runs: the best first.
 *
 * By rank, and within a rank by what a setting adds to the volume that those
 * before it cover (hypervolume.h), so that the best few of a long front are
 * spread along it.
 *
 * Rank      1 is what nobody dominates, 2 what nobody dominates once rank 1 is
 *           away, and so on. One dominates another when its middle is not worse
 *           in any measure and its worst run is better than the other's best in
 *           one: with two or three runs each, noise alone costs nobody a rank.
 *           Of one run each that is plain dominance.
 * Volume    of the middles, in a cube of logarithms that all points span. Who
 *           adds nothing comes after who does, the one with the least sum of
 *           coordinates first; of equals the one with the smaller index.
 * Units     whatever goes in, above 0; less is better.
 * Unknown   a point with a NaN or a value not above 0 comes last.
 * Errors    0, or -1 without memory.
 * Source    rank and crowding of NSGA-II (Deb et al., IEEE TEC 2002) with the
 *           crowding replaced by the volume, as in SMS-EMOA (Beume, Naujoks,
 *           Emmerich, EJOR 2007), here forwards: the greedy choice covers at
 *           least 1 - 1/e of what the best choice of as many would (Nemhauser,
 *           Wolsey, Fisher 1978).
 */
#ifndef GCSWEEP_SELECTION_H
#define GCSWEEP_SELECTION_H

#include <stddef.h>

#include "harness/analysis/hypervolume.h"

struct selection_point {
    struct hypervolume_point middle, best, worst; /* of its runs, each measure by itself */
};

bool selection_dominates(const struct selection_point *a, const struct selection_point *b);
/* Writes the indices of the `wanted` best to `order`, the best first; all when `wanted` is more. */
int select_best(const struct selection_point *points, size_t count, size_t wanted, size_t *order);

#endif
