#include "harness/analysis/memory_steps.h"

#include <math.h>
#include <stdlib.h>

static double known(uint64_t value)
{
    return value == RECORD_UNKNOWN ? NAN : (double)value;
}

static double step_of(const struct run_record *run, enum memory_step step)
{
    switch (step) {
    case MEMORY_PEAK:
        return known(run->rss_peak_bytes);
    case MEMORY_BEFORE:
        return known(run->rss_before_full_bytes);
    case MEMORY_AFTER:
        return known(run->rss_after_full_bytes);
    case MEMORY_END:
        return known(run->rss_end_bytes);
    case MEMORY_PURGED:
        return known(run->rss_purged_bytes);
    case MEMORY_STEPS:
        break;
    }
    return NAN;
}

int find_memory_steps(const struct configuration *c, struct spread out[MEMORY_STEPS])
{
    double *values = malloc((c->run_count + 1) * sizeof *values);

    if (values == NULL)
        return -1;
    for (enum memory_step step = 0; step < MEMORY_STEPS; step++) {
        size_t n = 0;
        for (size_t i = 0; i < c->run_count; i++) {
            double bytes = run_is_ok(c->runs[i]) ? step_of(c->runs[i], step) : NAN;
            if (!isnan(bytes))
                values[n++] = bytes;
        }
        out[step] = spread_of(values, n);
    }
    free(values);
    return 0;
}
