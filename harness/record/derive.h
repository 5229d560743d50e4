/* derive.h - the scalars that follow from a record's lists.
 *
 * Tables and comparisons read scalars alone, so that a store of 100,000 runs
 * is read without unpacking a list: what they need of a list is a scalar of
 * its own.
 *
 *   gen0_pause_max_ns ...   the last bucket of that generation's pauses, 0 where
 *                           it never paused; unknown with pause_count
 *   mmu_10ms                the mmu at DERIVE_MMU_WINDOW_NS; unknown of a run
 *                           whose curve has no such window
 *   rss_before_full_bytes   the last sample until the longest full collection
 *   rss_after_full_bytes    began, the first one after it ended; unknown
 *                           without one, or without samples there
 *
 * Units    ns, bytes, a share from 0 to 1.
 */
#ifndef GCSWEEP_DERIVE_H
#define GCSWEEP_DERIVE_H

#include "harness/record/record.h"

enum { DERIVE_MMU_WINDOW_NS = 10000000 };

/* Sets them all from the lists. For whoever completed a record: the runner, and
 * the reader of records that were stored before these scalars were. */
void record_derive(struct run_record *r);

#endif
