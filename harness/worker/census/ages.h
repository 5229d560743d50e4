/* ages.h - how old blocks get, in blocks that were allocated meanwhile.
 *
 * Worked example: A, B and C are allocated, then A is freed: it died at the age
 * of 2.
 *
 * Ownership  memory from mmap; ages_close gives it back.
 * Errors     ages_open: -1 without memory; later it ends the counting (failed).
 */
#ifndef GCSWEEP_AGES_H
#define GCSWEEP_AGES_H

#include <stdbool.h>

#include "core/memory.h"
#include "harness/record/histogram.h"
#include "workloads/block_table.h"

struct ages {
    struct memory_observer observer;
    struct block_table blocks; /* tagged with the number of blocks allocated before them */
    uint64_t allocated, allocated_bytes;
    struct histogram at_death;
    bool failed;
};

/* Must not be moved while it observes. */
int ages_open(struct ages *a);
void ages_close(struct ages *a);

#endif
