/* pace.h - requests that begin at planned times, as their clients send them.
 *
 * A program that starts a request when the one before is done slows its
 * clients down while it stands still, and so hides what they wait for
 * (coordinated omission). With a pace, request k is planned at
 *
 *     origin + k / per_second        origin: when the first one began
 *
 * and waits for that time; one that is late begins at once and keeps its
 * planned start, from which its metered latency counts.
 *
 * Units   ns on CLOCK_MONOTONIC; turns are counted from 0.
 * Source  Gil Tene, "How not to measure latency"; HyperAlloc's and wrk2's
 *         constant rate.
 */
#ifndef GCSWEEP_PACE_H
#define GCSWEEP_PACE_H

#include <stdint.h>

struct pace {
    uint64_t per_second;         /* at most 1,000,000,000; 0: no pace */
    uint64_t turns;              /* taken so far */
    uint64_t late;               /* of them, begun after their planned start */
    uint64_t waited_ns;          /* in all: neither the program's work nor the collector's */
    uint64_t origin_ns, last_ns; /* when the first turn began, and the last one */
};

/* Requests planned from the first turn on; 0 for none. */
void pace_set(struct pace *p, uint64_t per_second);
/* When a turn is planned: exact, rounded down to a ns. */
uint64_t pace_planned_ns(const struct pace *p, uint64_t turn);
/* Waits for the next turn; at once where it is late or there is no pace. */
void pace_wait(struct pace *p);
/* Turns a second, from the first turn's start to the last one's; NaN with
 * fewer than two. */
double pace_kept(const struct pace *p);

#endif
