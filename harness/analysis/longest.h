/* longest.h - the longest pause of each kind.
 *
 * Units    ns, to the histogram's 0.1 %; 0 of a run that had none of a kind.
 * Unknown  count 0 where no run knows its pauses (release: runtime model only).
 */
#ifndef GCSWEEP_LONGEST_H
#define GCSWEEP_LONGEST_H

#include "harness/analysis/summary.h"

/* Over the ok runs, one spread a kind. 0, or -1 without memory. */
int find_longest_pauses(const struct configuration *c, struct spread out[RECORD_PAUSE_KINDS]);

#endif
