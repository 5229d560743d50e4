/* scratch.h - the worker's own memory: from the OS, not from the allocator
 * under test.
 *
 * Ownership  the process's, until it ends.
 */
#ifndef GCSWEEP_SCRATCH_H
#define GCSWEEP_SCRATCH_H

#include <stddef.h>

/* Zeroes, every page resident already, so that using them later neither faults
 * nor counts as growth. NULL when the OS refuses. */
void *scratch_touched(size_t bytes);
/* Zeroes that become resident as they are used: for what is used only after
 * the last reading of RSS. NULL when the OS refuses. */
void *scratch_lazy(size_t bytes);

#endif
