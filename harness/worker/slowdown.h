/* slowdown.h - a program made slower on purpose, by a known share: what the harness must find.
 *
 * With the parameter slowdown_percent=X the mutator spins, at the end of a
 * request, until all spinning so far is X % of all other time of the region.
 * So wall_ns grows by X %, collections' time included; the same objects are
 * made and dropped, and the checksum stays. What a paced workload waits is not
 * counted.
 *
 * Worked example: X = 3, a request that took 100 us is followed by 3 us of
 * spinning, which are part of its latency.
 *
 * Cost       the clock is read where the request log reads it anyway; at 0, the
 *            default, a branch that is never taken at each of these readings.
 * Units      ns on CLOCK_MONOTONIC.
 * Threads    none.
 */
#ifndef GCSWEEP_SLOWDOWN_H
#define GCSWEEP_SLOWDOWN_H

#include <stdint.h>

struct slowdown {
    double share; /* of the rest of the region; 0: none */
    uint64_t start_ns, spun_ns;
};

/* The region begins. */
void slowdown_start(struct slowdown *s, uint64_t now_ns);
/* Spins for what is owed at `now_ns`, of which the mutator waited `waited_ns`
 * since the start: the time afterwards. Less than a microsecond is put off. */
uint64_t slowdown_spin(struct slowdown *s, uint64_t now_ns, uint64_t waited_ns);
/* The same to the last nanosecond: the region ends. */
void slowdown_finish(struct slowdown *s, uint64_t now_ns, uint64_t waited_ns);

#endif
