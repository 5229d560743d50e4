#include "harness/report/series.h"

#include <stdio.h>
#include <string.h>

#include "allocators/allocator.h"

static bool same_tuning(const struct run_record *a, const struct run_record *b)
{
    return strcmp(a->tuning, b->tuning) == 0 && strcmp(a->collector, b->collector) == 0 &&
           strcmp(a->refcount, b->refcount) == 0;
}

int find_tuning_series(const struct series *series, const struct configuration *c)
{
    for (size_t i = 0; i < series->tuning_count; i++)
        if (same_tuning(series->tuning[i]->dimensions, c->dimensions))
            return (int)i;
    return -1;
}

int find_allocator_series(const struct series *series, const struct configuration *c)
{
    for (size_t i = 0; i < series->allocator_count; i++)
        if (strcmp(series->allocator[i]->dimensions->allocator, c->dimensions->allocator) == 0)
            return (int)i;
    return -1;
}

static void add_configuration(struct series *series, const struct configuration *c)
{
    if (find_tuning_series(series, c) < 0 && series->tuning_count < SERIES_TUNINGS)
        series->tuning[series->tuning_count++] = c;
    if (find_allocator_series(series, c) < 0 && series->allocator_count < SERIES_ALLOCATORS)
        series->allocator[series->allocator_count++] = c;
    if (find_tuning_series(series, c) < 0 || find_allocator_series(series, c) < 0)
        series->left_out++;
}

void series_of(const struct summary *s, const struct subject *subject, struct series *out)
{
    *out = (struct series){.tuning_count = 0};
    for (size_t i = subject->first; i < subject->first + subject->count; i++)
        if (s->configurations[i].counts)
            add_configuration(out, &s->configurations[i]);
}

void tuning_label(const struct summary *s, const struct configuration *c, char *text, size_t size)
{
    const struct run_record *d = c->dimensions;

    snprintf(text, size, "%s%s%s%s%s", d->tuning, s->collectors_vary ? " " : "", s->collectors_vary ? d->collector : "",
             s->refcounts_vary ? " " : "", s->refcounts_vary ? d->refcount : "");
}

void allocator_label(const struct configuration *c, char *text, size_t size)
{
    const char *name = c->dimensions->allocator, *rest;
    const char *file = strrchr(name, '/');
    const struct pool_row *pools = find_pools(name, &rest);
    char whole[2 * RECORD_TEXT_BYTES];

    if (file != NULL)
        snprintf(whole, sizeof whole, "%s%s%s", pools ? pools->name : "", pools ? "+" : "", file + 1);
    else
        snprintf(whole, sizeof whole, "%s", name);
    size_t length = strlen(whole), half = SERIES_LABEL_CHARACTERS / 2;
    if (length <= SERIES_LABEL_CHARACTERS)
        snprintf(text, size, "%s", whole);
    else
        snprintf(text, size, "%.*s…%s", (int)half, whole, whole + length - half);
}
