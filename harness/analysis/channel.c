#include "harness/analysis/channel.h"

#include <math.h>
#include <stdlib.h>

#include "harness/analysis/summary.h"
#include "harness/record/histogram.h"

static void add_run(const struct run_record *run, struct histogram *gaps, struct noise_channel *out)
{
    histogram_add_buckets(gaps, &run->noise);
    out->wakings += run->noise_wakings;
    out->gaps_over_1ms += run->noise_gaps_over_1ms;
    out->beside = out->beside && run->noise_beside;
    if (isnan(out->max_ns) || (double)run->noise_max_gap_ns > out->max_ns)
        out->max_ns = (double)run->noise_max_gap_ns;
}

static bool has_channel(const struct run_record *run)
{
    return run->noise_wakings != RECORD_UNKNOWN && run->noise_gaps_over_1ms != RECORD_UNKNOWN &&
           run->noise_max_gap_ns != RECORD_UNKNOWN && run->noise.count > 0;
}

int noise_channel_of(const struct run_record *const *runs, size_t count, struct noise_channel *out)
{
    struct histogram gaps;
    uint64_t *buckets = calloc(HISTOGRAM_BUCKETS, sizeof *buckets);

    *out = (struct noise_channel){.p99_ns = NAN, .max_ns = NAN, .beside = true};
    if (buckets == NULL)
        return -1;
    histogram_open(&gaps, buckets);
    for (size_t i = 0; i < count; i++)
        if (has_channel(runs[i]))
            add_run(runs[i], &gaps, out);
    out->beside = out->beside && out->wakings > 0;
    if (gaps.count > 0) /* a bucket's end may lie above the exact maximum */
        out->p99_ns = fmin((double)histogram_percentile(&gaps, 99), out->max_ns);
    free(buckets);
    return 0;
}

bool is_below_channel(const struct configuration *c)
{
    double p99 = c->measure[MEASURE_PAUSE_P99_NS].median;

    return p99 > 0 && p99 < c->channel.p99_ns;
}
