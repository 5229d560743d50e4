#include "harness/analysis/longest.h"

#include <math.h>
#include <stdlib.h>

static double longest_of(const struct run_record *run, size_t kind)
{
    const struct record_histogram *h = &run->pauses[kind];
    uint64_t count = kind == RECORD_RELEASE ? run->release_count : run->pause_count;

    if (!run_is_ok(run) || count == RECORD_UNKNOWN)
        return NAN;
    return h->count == 0 ? 0 : (double)h->bucket[h->count - 1].value_ns; /* lowest first */
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
