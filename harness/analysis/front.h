/* front.h - which settings nobody beats: the Pareto front of longest pause,
 * peak RSS and time for the same work.
 *
 * Dominance  a dominates b when none of a's three medians is worse than b's by
 *            more than FRONT_MARGIN, and one is better by more than twice that
 *            and beyond doubt: the 95 % interval of the ratio a/b, paired by
 *            round, lies below 1. What nobody dominates is the front.
 *            So noise alone takes nothing off the front, a saving too small to
 *            matter keeps nothing on it, and with fewer than
 *            STATISTICS_LEAST_PAIRS rounds everything is on it.
 * Few rounds where others have that many, a setting with fewer is off the
 *            front: a search gave it up (halving.h), or its runs failed, and
 *            nothing can be said of it.
 * Pause      the longest of a run: a program that stands still does not
 *            average, and the p99 of many short pauses hides the few long ones
 *            that a setting trades them for. Pauses below FRONT_PAUSE_LEAST_NS,
 *            none at all included, count as that long: they have a ratio.
 * No cycles  each step of dominance makes the product of the three medians
 *            smaller, since the gain outweighs two losses within the margin.
 * Worked example  a: 2 ms, 50 MiB, 1.0 s; b: 3 ms, 49.8 MiB, 1.2 s. a is
 *            0.4 % larger, which is within 1 %; it dominates b when the
 *            interval of its pauses' or its time's ratio excludes 1.
 *
 * Cost       medians decide first, so that 10,000 settings take a second or
 *            two; b is tried against at most FRONT_TRIES that the medians say
 *            dominate it, those with the smallest product first.
 * Units      nanoseconds and bytes; of all three less is better.
 * Ownership  the caller owns all arrays; points refer to the caller's rounds.
 * Errors     0, or -1 without memory.
 * Threads    none shared.
 */
#ifndef GCSWEEP_FRONT_H
#define GCSWEEP_FRONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/analysis/statistics.h"
#include "harness/record/record.h"

#define FRONT_MARGIN 0.01

enum { FRONT_PAUSE_LEAST_NS = 1000, FRONT_TRIES = 64 };
enum front_measure { FRONT_PAUSE_NS, FRONT_RSS_BYTES, FRONT_WALL_NS, FRONT_MEASURES };

/* What one round says of a setting; all values are above 0. */
struct front_round {
    uint64_t round;
    double value[FRONT_MEASURES];
};

struct front_point {
    const struct front_round *rounds; /* rising, each once */
    size_t count;
    double median[FRONT_MEASURES]; /* front_prepare's; NaN without rounds: then it is on no front */
};

/* False when the run did not end ok or does not know all three. */
bool front_round_of(const struct run_record *run, struct front_round *out);
/* Sets the medians. */
int front_prepare(struct front_point *point);
/* a / b over the rounds that both have. */
int front_ratio(const struct front_point *a, const struct front_point *b, enum front_measure measure,
                struct interval *out);
/* Of two prepared points. */
int front_dominates(const struct front_point *a, const struct front_point *b, bool *out);
/* on_front[i] for each of the prepared points. Equal points are on it together. */
int find_front(const struct front_point *points, size_t count, bool *on_front);

#endif
