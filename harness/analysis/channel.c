#include "harness/analysis/channel.h"

#include <math.h>
#include <stdlib.h>

#include "harness/analysis/summary.h"

static void add_run(const struct run_record *run, struct noise_channel *out)
{
    out->wakings += run->noise_wakings;
    out->gaps_over_1ms += run->noise_gaps_over_1ms;
    out->beside = out->beside && run->noise_beside;
    if (isnan(out->max_ns) || (double)run->noise_max_gap_ns > out->max_ns)
        out->max_ns = (double)run->noise_max_gap_ns;
}

static bool has_channel(const struct run_record *run)
{
    return run->noise_wakings != RECORD_UNKNOWN && run->noise_wakings > 0 &&
           run->noise_gaps_over_1ms != RECORD_UNKNOWN && run->noise_p99_gap_ns != RECORD_UNKNOWN &&
           run->noise_max_gap_ns != RECORD_UNKNOWN;
}

int noise_channel_of(const struct run_record *const *runs, size_t count, struct noise_channel *out)
{
    double *p99_ns = malloc((count + 1) * sizeof *p99_ns);
    size_t known = 0;

    *out = (struct noise_channel){.p99_ns = NAN, .max_ns = NAN, .beside = true};
    if (p99_ns == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (has_channel(runs[i])) {
            p99_ns[known++] = (double)runs[i]->noise_p99_gap_ns;
            add_run(runs[i], out);
        }
    out->beside = out->beside && known > 0;
    out->p99_ns = spread_of(p99_ns, known).median;
    free(p99_ns);
    return 0;
}

bool is_below_channel(const struct configuration *c)
{
    double p99 = c->measure[MEASURE_PAUSE_P99_NS].median;

    return p99 > 0 && p99 < c->channel.p99_ns;
}
