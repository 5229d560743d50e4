#include "harness/analysis/order.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "allocators/allocator.h"
#include "harness/worker/tunings/tuning.h"
#include "workloads/workload.h"

static size_t rank_of_workload(const char *name)
{
    size_t rank = 0;

    while (rank < workload_count && strcmp(workloads[rank]->name, name) != 0)
        rank++;
    return rank;
}

static size_t rank_of_allocator(const char *text)
{
    const char *name = text;
    const struct pool_row *pools = find_pools(text, &name);

    if (pools && *name != '+')
        return (size_t)(pools - pool_rows);
    name += pools ? 1 : 0;
    size_t length = strcspn(name, "@");
    size_t rank = 0;
    while (rank < allocator_count &&
           (strlen(allocators[rank]->name) != length || strncmp(allocators[rank]->name, name, length) != 0))
        rank++;
    size_t group = pools ? (size_t)(pools - pool_rows) + 1 : 0;
    return pool_row_count + rank + group * (allocator_count + 1);
}

static void rank_tuning(const char *text, double rank[3])
{
    struct tuning_setting setting;
    char canonical[RECORD_TEXT_BYTES], error[256];

    for (int i = 0; i < 3; i++)
        rank[i] = INFINITY;
    if (tuning_parse(text, &setting, canonical, sizeof canonical, error, sizeof error) != 0 || setting.disabled ||
        setting.every > 0)
        return;
    for (int i = 0; i < 3; i++)
        rank[i] = setting.threshold[i];
}

/* The configuration's key without what tells configurations of one subject apart. */
static void subject_of(const struct run_record *run, char *text, size_t size)
{
    char rest[6 * RECORD_TEXT_BYTES];

    snprintf(rest, sizeof rest, " %s %s %s %s %s", run->runtime, run->allocator, run->collector, run->tuning,
             run->refcount);
    size_t key = strlen(run->configuration), tail = strlen(rest);
    if (key > tail && strcmp(run->configuration + key - tail, rest) == 0)
        snprintf(text, size, "%.*s", (int)(key - tail), run->configuration);
    else
        snprintf(text, size, "%.*s scale=%g seed=%" PRIu64, (int)size / 2, run->workload, run->scale, run->seed);
}

void order_prepare(const struct run_record *run, struct ordered_run *out)
{
    out->run = run;
    subject_of(run, out->subject, sizeof out->subject);
    out->workload_rank = rank_of_workload(run->workload);
    out->runtime_rank = strcmp(run->runtime, "model") == 0 ? 0 : 1;
    out->allocator_rank = rank_of_allocator(run->allocator);
    rank_tuning(run->tuning, out->tuning_rank);
}

#define BY(x, y)       \
    do {               \
        if ((x) < (y)) \
            return -1; \
        if ((x) > (y)) \
            return 1;  \
    } while (0)
#define BY_TEXT(x, y)          \
    do {                       \
        int c_ = strcmp(x, y); \
        if (c_ != 0)           \
            return c_;         \
    } while (0)

static int compare_subjects(const struct ordered_run *x, const struct ordered_run *y)
{
    BY(x->workload_rank, y->workload_rank);
    BY_TEXT(x->subject, y->subject);
    BY(x->runtime_rank, y->runtime_rank);
    return strcmp(x->run->runtime, y->run->runtime);
}

static int compare_configurations(const struct ordered_run *x, const struct ordered_run *y)
{
    BY(x->allocator_rank, y->allocator_rank);
    BY_TEXT(x->run->allocator, y->run->allocator);
    BY_TEXT(x->run->collector, y->run->collector);
    BY_TEXT(x->run->refcount, y->run->refcount);
    for (int i = 0; i < 3; i++)
        BY(x->tuning_rank[i], y->tuning_rank[i]);
    return strcmp(x->run->tuning, y->run->tuning);
}

int order_compare(const void *a, const void *b)
{
    const struct ordered_run *x = a, *y = b;
    int order = compare_subjects(x, y);

    if (order == 0)
        order = compare_configurations(x, y);
    if (order != 0)
        return order;
    BY(x->run->twin, y->run->twin);
    BY(x->run->round, y->run->round);
    return 0;
}

bool same_subject(const struct ordered_run *a, const struct ordered_run *b)
{
    return compare_subjects(a, b) == 0;
}

bool same_configuration(const struct ordered_run *a, const struct ordered_run *b)
{
    return compare_subjects(a, b) == 0 && compare_configurations(a, b) == 0;
}
