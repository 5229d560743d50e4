#include "harness/analysis/noise.h"

#include <math.h>
#include <stdlib.h>

#include "harness/analysis/summary.h"

static int twin_ratio(const struct configuration *c, enum measure measure, struct interval *out)
{
    /* The twins as a configuration of their own, so that pairs are formed in one place. */
    const struct configuration twin = {.runs = c->twins, .run_count = c->twin_count};
    size_t room = c->twin_count ? c->twin_count : 1;
    uint64_t *rounds = malloc(room * sizeof *rounds);
    double *logs = malloc(room * sizeof *logs);
    int status = -1;

    if (rounds != NULL && logs != NULL) {
        size_t pairs = paired_log_ratios(&twin, c, measure, rounds, logs);
        status = ratio_of_logs(logs, pairs, out);
    }
    free(rounds);
    free(logs);
    return status;
}

static enum noise_verdict noise_verdict_of(const struct interval *wall)
{
    if (isnan(wall->low))
        return NOISE_UNKNOWN;
    return interval_excludes_one(wall) ? NOISE_INVALID : NOISE_FLOOR;
}

struct noise noise_unknown(void)
{
    const struct interval none = {0, NAN, NAN, NAN};

    return (struct noise){.wall = none, .p99 = none, .longest = none, .rss = none, .verdict = NOISE_UNKNOWN, .floor = NAN};
}

int noise_of(const struct configuration *c, struct noise *out)
{
    *out = noise_unknown();
    if (twin_ratio(c, MEASURE_WALL_NS, &out->wall) != 0 || twin_ratio(c, MEASURE_PAUSE_P99_NS, &out->p99) != 0 ||
        twin_ratio(c, MEASURE_PAUSE_MAX_NS, &out->longest) != 0 ||
        twin_ratio(c, MEASURE_RSS_PEAK_BYTES, &out->rss) != 0)
        return -1;
    if (c->twin_count > 0)
        out->twin = c->twins[0];
    out->verdict = noise_verdict_of(&out->wall);
    if (out->verdict != NOISE_UNKNOWN)
        out->floor = fmax(fabs(out->wall.low - 1), fabs(out->wall.high - 1));
    return 0;
}
