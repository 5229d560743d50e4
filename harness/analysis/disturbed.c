#include "harness/analysis/disturbed.h"

#include <stdlib.h>

bool run_is_disturbed(const struct run_record *run)
{
    return run_is_ok(run) && run->noise_max_gap_ns != RECORD_UNKNOWN && run->pause_max_ns != RECORD_UNKNOWN &&
           run->pause_max_ns > 0 && run->noise_max_gap_ns > run->pause_max_ns;
}

size_t count_disturbed_runs(const struct configuration *c)
{
    size_t count = 0;

    for (size_t i = 0; i < c->run_count; i++)
        count += run_is_disturbed(c->runs[i]);
    return count;
}

static int by_gap(const void *left, const void *right)
{
    const struct disturbed_run *a = left, *b = right;

    if (a->gap_ns > b->gap_ns || a->gap_ns < b->gap_ns)
        return a->gap_ns > b->gap_ns ? -1 : 1;
    return a->run < b->run ? -1 : a->run > b->run;
}

int find_disturbed_runs(const struct summary *s, struct disturbed_runs *out)
{
    *out = (struct disturbed_runs){malloc((s->results->run_count + 1) * sizeof *out->list), 0};
    if (out->list == NULL)
        return -1;
    for (size_t i = 0; i < s->results->run_count; i++) {
        const struct run_record *run = s->runs[i];
        if (run_is_disturbed(run))
            out->list[out->count++] =
                (struct disturbed_run){run, (double)run->pause_max_ns, (double)run->noise_max_gap_ns};
    }
    qsort(out->list, out->count, sizeof *out->list, by_gap);
    return 0;
}

void disturbed_runs_free(struct disturbed_runs *runs)
{
    free(runs->list);
    *runs = (struct disturbed_runs){NULL, 0};
}
