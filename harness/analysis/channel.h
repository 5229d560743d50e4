/* channel.h - the noise channel over many runs: gaps of the machine itself, from the sleeper beside each run.
 *
 * A pause shorter than the channel's 99 % is not told from a gap of the
 * machine: it is the floor below which no pause is trusted. Of many runs the
 * median of their 99 % counts, as the median of their pauses does: one run on
 * a restless machine does not lift the floor of all.
 *
 * Units    ns. NaN without a run that has a channel.
 * Errors   0, or -1 without memory.
 */
#ifndef GCSWEEP_CHANNEL_H
#define GCSWEEP_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_record;

struct noise_channel {
    uint64_t wakings, gaps_over_1ms; /* in all */
    double p99_ns;                   /* the median of the runs' own */
    double max_ns;                   /* the greatest of all */
    bool beside;                     /* every run had its sleeper on another CPU while it ran */
};

int noise_channel_of(const struct run_record *const *runs, size_t count, struct noise_channel *out);

struct configuration;
/* Whether its pauses, by their 99 %, lie below the channel of its runs; false where it never paused or has no channel.
 */
bool is_below_channel(const struct configuration *c);

#endif
