/* mmu.h - minimum mutator utilization: the worst a program may get of the time.
 *
 * MMU(w) is the least share of any window of length w, wholly inside the run,
 * in which the mutator runs. How much of a window is paused is linear between
 * the times at which an edge of the window meets an edge of a pause, so the
 * worst window starts with a pause, ends with a pause, or is the run's first or
 * last: 2n + 2 candidates, in O(n) with a sum that moves along. MMU is not
 * monotone; BMU(w), the least MMU of all windows of at least w, is.
 *
 * Worked example: a run of 100, pauses of 10 at 20 and at 40. MMU(10) is 0;
 * MMU(30) is 1/3 (the window 20 to 50 has both pauses); MMU(20) is 1/2.
 *
 * Units   ns since the region's start; utilization 0 to 1.
 * Source  Cheng and Blelloch, "A parallel, real-time garbage collector", PLDI
 *         2001; BMU: Sachindran, Moss and Berger, OOPSLA 2004.
 */
#ifndef GCSWEEP_MMU_H
#define GCSWEEP_MMU_H

#include <stddef.h>
#include <stdint.h>

#include "harness/record/record.h"

/* Makes pauses that are in the order of their ends, some inside others (a
 * collection within a release), disjoint and sorted: how many remain. */
size_t mmu_merge(struct record_span *pauses, size_t count);
/* The most paused time of any window of 0 < window_ns <= length_ns. `pauses`
 * as mmu_merge leaves them, all inside the run. */
uint64_t mmu_most_paused_ns(const struct record_span *pauses, size_t count, uint64_t length_ns, uint64_t window_ns);

/* From 10 microseconds up, 10 windows in each power of ten, and the run itself. */
enum { MMU_FIRST_NS = 10000, MMU_A_DECADE = 10, MMU_WINDOWS_MOST = 160 };
/* Fills both curves over the same windows: how many. */
size_t mmu_curves(const struct record_span *pauses, size_t count, uint64_t length_ns,
                  struct record_utilization mmu[MMU_WINDOWS_MOST], struct record_utilization bmu[MMU_WINDOWS_MOST]);

#endif
