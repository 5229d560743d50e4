/* work.h - mutator work for each allocation, so that the share of collection is an interpreter's.
 *
 * A bare C mutator allocates many times faster than Python code does. With the
 * parameter work_ns=N every new_ call but new_none first spends N nanoseconds
 * in a loop of registers alone: no memory is read or written, so caches and
 * allocators see what they saw before.
 *
 * work_ns=0, the default, costs one branch that is never taken.
 *
 * Units      loops: passes of the spin, whose speed work_calibrate measures
 *            (about one a clock cycle).
 * Ownership  the state lies in the ground floor's struct runtime.
 * Threads    none.
 */
#ifndef GCSWEEP_WORK_H
#define GCSWEEP_WORK_H

#include <stdint.h>

struct work {
    uint64_t loops;       /* before each allocation; 0 for none */
    uint64_t allocations; /* that were paced so */
};

/* Spins `loops` times: the number of passes made. */
uint64_t work_spin(uint64_t loops);
/* Passes in a nanosecond, the median of some timed batches: a millisecond of spinning. */
double work_calibrate(void);
/* Passes for `ns`, rounded; at least 1 but for 0 ns, UINT64_MAX where they are more. */
uint64_t work_loops(uint64_t ns, double loops_per_ns);
/* One allocation's share. */
void work_do(struct work *w);

static inline void work_before_allocation(struct work *w)
{
    if (__builtin_expect(w->loops != 0, 0))
        work_do(w);
}

#endif
