#include "harness/analysis/longest.h"

#include <math.h>
#include <stdlib.h>

static double longest_of(const struct run_record *run, size_t kind)
{
    const uint64_t longest_ns[RECORD_PAUSE_KINDS] = {run->gen0_pause_max_ns, run->gen1_pause_max_ns,
                                                     run->gen2_pause_max_ns,
                                                     run->release_count == 0 ? 0 : run->release_max_ns};

    return run_is_ok(run) && longest_ns[kind] != RECORD_UNKNOWN ? (double)longest_ns[kind] : NAN;
}

int find_longest_pauses(const struct configuration *c, struct spread out[RECORD_PAUSE_KINDS])
{
    double *values = malloc((c->run_count + 1) * sizeof *values);

    if (values == NULL)
        return -1;
    for (size_t kind = 0; kind < RECORD_PAUSE_KINDS; kind++) {
        size_t n = 0;
        for (size_t i = 0; i < c->run_count; i++) {
            double ns = longest_of(c->runs[i], kind);
            if (!isnan(ns))
                values[n++] = ns;
        }
        out[kind] = spread_of(values, n);
    }
    free(values);
    return 0;
}
