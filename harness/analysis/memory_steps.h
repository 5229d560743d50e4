/* memory_steps.h - what becomes of resident memory when garbage is freed.
 *
 * An allocator may hand pages back when a collection has freed what was on
 * them, later, or never: a policy that watches resident memory sees no
 * difference between "never" and garbage that was not collected.
 *
 * Steps    before and after the longest full collection of a run (the nearest
 *          samples outside of it), at the run's end, and after the allocator
 *          was asked to give free pages back.
 * Units    bytes; NaN (count 0) of what no run knows.
 * Source   python/cpython#148937.
 */
#ifndef GCSWEEP_MEMORY_STEPS_H
#define GCSWEEP_MEMORY_STEPS_H

#include "harness/analysis/summary.h"

enum memory_step { MEMORY_PEAK, MEMORY_BEFORE, MEMORY_AFTER, MEMORY_END, MEMORY_PURGED, MEMORY_STEPS };

/* Over the ok runs. 0, or -1 without memory. */
int find_memory_steps(const struct configuration *c, struct spread out[MEMORY_STEPS]);

#endif
