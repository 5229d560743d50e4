/* sleeper.h - how late this machine wakes a program that asks to be woken.
 *
 * A sleeper on one CPU asks to be woken every millisecond and notes how late
 * it was: the machine's own pauses, below which no measured pause is trusted.
 *
 * Units   nanoseconds.
 * Source  jHiccup (Gil Tene).
 */
#ifndef GCSWEEP_SLEEPER_H
#define GCSWEEP_SLEEPER_H

#include <stdbool.h>
#include <stdint.h>

struct sleeper_gaps {
    uint64_t count, p50_ns, p99_ns, max_ns;
};

/* Sleeps for `duration_ns` on CPU `cpu`; this process is pinned to `own_cpu`
 * afterwards. 0, or an errno value. */
int sleeper_measure(int cpu, int own_cpu, uint64_t duration_ns, struct sleeper_gaps *out);
/* Sleeps until that time on CLOCK_MONOTONIC: the time it is when it has woken. */
uint64_t sleeper_wait_until(uint64_t due_ns);
/* Asks the kernel to wake this thread when asked, not up to 50 us later (its own thrift); false gives that back. */
void sleeper_be_exact(bool exact);
/* The mean cost of one clock_gettime(CLOCK_MONOTONIC), ns. */
double sleeper_clock_cost(void);

#endif
