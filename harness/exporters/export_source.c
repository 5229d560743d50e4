/* export_source.c - the choice of configurations, and their runs. */
#include "harness/exporters/export_source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/matching.h"
#include "harness/sweep/line.h"

/* For qsort: runs in the order of the result set, which is that of their addresses. */
static int by_address(const void *a, const void *b)
{
    const struct run_record *x = *(const struct run_record *const *)a, *y = *(const struct run_record *const *)b;

    return x < y ? -1 : x > y;
}

static int allocate(struct export_source *out, size_t configurations, size_t runs)
{
    out->configurations = malloc((configurations + 1) * sizeof *out->configurations);
    out->runs = malloc((runs + 1) * sizeof(*out->runs));
    if (out->configurations != NULL && out->runs != NULL)
        return 0;
    export_source_free(out);
    return -1;
}

static void add(struct export_source *out, const struct configuration *c)
{
    out->configurations[out->configuration_count++] = c;
    for (size_t i = 0; i < c->run_count; i++)
        out->runs[out->run_count++] = c->runs[i];
    for (size_t i = 0; i < c->twin_count; i++)
        out->runs[out->run_count++] = c->twins[i];
}

/* Those whose canonical string this is; how many. */
static size_t add_named(struct export_source *out, const char *name)
{
    for (size_t i = 0; i < out->summary->configuration_count; i++)
        if (name == NULL || strcmp(out->summary->configurations[i].dimensions->configuration, name) == 0)
            add(out, &out->summary->configurations[i]);
    return out->configuration_count;
}

static int add_matching(struct export_source *out, const char *words, char *error, size_t error_size)
{
    struct match match;

    if (match_words(out->summary, words, &match, error, error_size) != 0)
        return -1;
    int status = 0;
    if (match.twin)
        status = line_error(error, error_size, "twin is no configuration to export: csv and json hold its runs");
    for (size_t i = 0; status == 0 && i < match.count; i++)
        add(out, match.configurations[i]);
    match_free(&match);
    return status;
}

int export_select(const struct summary *summary, const char *words, struct export_source *out, char *error,
                  size_t error_size)
{
    *out = (struct export_source){.summary = summary};
    if (allocate(out, summary->configuration_count, summary->results->run_count) != 0)
        return line_error(error, error_size, "out of memory");
    if (add_named(out, words) == 0 && words != NULL && add_matching(out, words, error, error_size) != 0) {
        export_source_free(out);
        return -1;
    }
    qsort(out->runs, out->run_count, sizeof(*out->runs), by_address);
    return 0;
}

int export_one(const struct export_source *all, size_t index, struct export_source *out)
{
    const struct configuration *c = all->configurations[index];

    *out = (struct export_source){.summary = all->summary};
    if (allocate(out, 1, c->run_count + c->twin_count) != 0)
        return -1;
    add(out, c);
    qsort(out->runs, out->run_count, sizeof(*out->runs), by_address);
    return 0;
}

void export_source_free(struct export_source *source)
{
    free(source->configurations);
    free(source->runs);
    *source = (struct export_source){0};
}

bool export_run_counts(const struct configuration *c, const struct run_record *run)
{
    return c->counts && run_is_ok(run);
}

size_t export_runs_left_out(const struct configuration *c)
{
    return c->counts ? c->failed : c->run_count;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

int export_median(const struct configuration *c, enum measure measure, struct interval *out)
{
    double *values = malloc((c->run_count + 1) * sizeof *values);
    size_t count = 0;

    if (values == NULL)
        return -1;
    for (size_t i = 0; i < c->run_count; i++) {
        double value = export_run_counts(c, c->runs[i]) ? measure_of(c->runs[i], measure) : NAN;
        if (!isnan(value))
            values[count++] = value;
    }
    qsort(values, count, sizeof *values, by_value);
    *out = quantile_interval(values, count, 0.5);
    free(values);
    return 0;
}

int export_pauses(const struct export_source *source, const struct configuration *c,
                  struct histogram kinds[RECORD_PAUSE_KINDS])
{
    for (size_t i = 0; i < c->run_count; i++) {
        struct whole_run whole;
        if (!export_run_counts(c, c->runs[i]))
            continue;
        if (whole_run_read(source->summary->results, c->runs[i], &whole) != 0)
            return -1;
        for (int kind = 0; kind < RECORD_PAUSE_KINDS; kind++)
            histogram_add_buckets(&kinds[kind], &whole.run->pauses[kind]);
        whole_run_free(&whole);
    }
    return 0;
}
