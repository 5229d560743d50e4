#include "harness/analysis/memory_steps.h"

#include <math.h>
#include <stdlib.h>

static double known(uint64_t value)
{
    return value == RECORD_UNKNOWN ? NAN : (double)value;
}

/* NULL where the run had none, or none of it is known. */
static const struct record_pause *longest_full_collection(const struct run_record *run)
{
    for (size_t i = 0; i < run->longest_count; i++) /* longest first */
        if (run->longest[i].kind == RECORD_GENERATIONS - 1)
            return &run->longest[i];
    return NULL;
}

static double last_sample_until(const struct run_record *run, uint64_t t_ns)
{
    double bytes = NAN;

    for (size_t i = 0; i < run->sample_count && run->samples[i].t_ns <= t_ns; i++)
        bytes = (double)run->samples[i].bytes;
    return bytes;
}

static double first_sample_from(const struct run_record *run, uint64_t t_ns)
{
    for (size_t i = 0; i < run->sample_count; i++)
        if (run->samples[i].t_ns >= t_ns)
            return (double)run->samples[i].bytes;
    return NAN;
}

static double step_of(const struct run_record *run, enum memory_step step)
{
    const struct record_pause *full = longest_full_collection(run);

    switch (step) {
    case MEMORY_PEAK:
        return known(run->rss_peak_bytes);
    case MEMORY_BEFORE:
        return full != NULL ? last_sample_until(run, full->start_ns) : NAN;
    case MEMORY_AFTER:
        return full != NULL ? first_sample_from(run, full->start_ns + full->duration_ns) : NAN;
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
