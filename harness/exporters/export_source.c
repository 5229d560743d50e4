/* export_source.c - the choice of configurations, and their runs. */
#include "harness/exporters/export_source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether `word` of `length` bytes is one of the blank-separated words of `text`. */
static bool has_word(const char *text, const char *word, size_t length)
{
    for (const char *at = text; *at != '\0';) {
        size_t n = strcspn(at, " ");
        if (n == length && strncmp(at, word, n) == 0)
            return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

static bool is_selected(const struct configuration *c, const char *selection)
{
    for (const char *word = selection; word != NULL && *word != '\0';) {
        size_t n = strcspn(word, " ");
        bool is_workload = strlen(c->dimensions->workload) == n && strncmp(c->dimensions->workload, word, n) == 0;
        if (n > 0 && !is_workload && !has_word(c->dimensions->configuration, word, n))
            return false;
        word += n + (word[n] == ' ');
    }
    return true;
}

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

int export_select(const struct summary *summary, const char *selection, struct export_source *out)
{
    *out = (struct export_source){.summary = summary};
    if (allocate(out, summary->configuration_count, summary->results->run_count) != 0)
        return -1;
    for (size_t i = 0; i < summary->configuration_count; i++)
        if (is_selected(&summary->configurations[i], selection))
            add(out, &summary->configurations[i]);
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

int export_pauses(const struct export_source *source, const struct configuration *c, int kind, struct histogram *into)
{
    for (size_t i = 0; i < c->run_count; i++) {
        struct whole_run whole;
        if (!export_run_counts(c, c->runs[i]))
            continue;
        if (whole_run_read(source->summary->results, c->runs[i], &whole) != 0)
            return -1;
        histogram_add_buckets(into, &whole.run->pauses[kind]);
        whole_run_free(&whole);
    }
    return 0;
}
