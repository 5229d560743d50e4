/* machine_difference.h - in what the machines and programs of two sweeps differ.
 *
 * Compared: processor, cores, governor, memory, huge pages, kernel, C library,
 * compiler, gcsweep, address randomization; Python and each allocator that
 * both sweeps ran. A fact that either does not know is no difference. The
 * texts are what the results files say: whoever shows them escapes them.
 */
#ifndef GCSWEEP_MACHINE_DIFFERENCE_H
#define GCSWEEP_MACHINE_DIFFERENCE_H

#include <stddef.h>

#include "harness/analysis/summary.h"

enum { MACHINE_TEXT_BYTES = RECORD_TEXT_BYTES, MACHINE_DIFFERENCES = 32 };

struct machine_difference {
    char name[MACHINE_TEXT_BYTES];
    char a[MACHINE_TEXT_BYTES], b[MACHINE_TEXT_BYTES];
};

/* At most MACHINE_DIFFERENCES of them, `*count`. 0, or -1 without memory. */
int find_machine_differences(const struct summary *a, const struct summary *b,
                             struct machine_difference out[MACHINE_DIFFERENCES], size_t *count);

#endif
