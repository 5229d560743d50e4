/* floating.h - floating garbage over time, as the workload and the collections change it.
 *
 * Time is cut into cells; of each the moment with the most objects is kept. When
 * FLOATING_MOST cells are filled, they become twice as long and pairs of them
 * one: 16 us and 1,000 filled cells -> 32 us and 500 or more. So a short run is
 * seen in detail, a long one costs no more, and no peak is lost.
 *
 * Units      nanoseconds on CLOCK_MONOTONIC, tracked objects, bytes.
 * Ownership  plain memory of its caller; nothing here allocates.
 */
#ifndef GCSWEEP_FLOATING_H
#define GCSWEEP_FLOATING_H

#include <stddef.h>
#include <stdint.h>

#include "harness/record/record.h"

enum { FLOATING_MOST = 1000, FLOATING_FIRST_CELL = 14 }; /* a cell is 2^14 ns at first */

/* Zeroed: empty. */
struct floating_series {
    struct record_floating sample[FLOATING_MOST]; /* t_ns on the clock until floating_finish */
    size_t count;
    unsigned coarser; /* how often cells were doubled */
};

/* So much floats at now_ns, which never falls. Less than nothing is nothing. */
void floating_see(struct floating_series *s, uint64_t now_ns, int64_t objects, int64_t bytes);
/* Times become those since start_ns; what is from before it goes. */
void floating_finish(struct floating_series *s, uint64_t start_ns);

#endif
