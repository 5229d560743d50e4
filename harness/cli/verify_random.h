/* verify_random.h - gcsweep verify --random: random heap scripts on both runtimes. */
#ifndef GCSWEEP_VERIFY_RANDOM_H
#define GCSWEEP_VERIFY_RANDOM_H

#include <stdint.h>

#include "harness/sweep/plan.h"

/* Takes seed and limits from the plan. Prints a line for each of the `scripts`
 * that differs, and saves it, shrunk, in the folder `save`: the exit status. */
int verify_random(const struct plan *p, uint64_t scripts, const char *save);

#endif
