#include "harness/sweep/pair_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/allocator.h"
#include "harness/sweep/line.h"
#include "harness/sweep/plan_label.h"
#include "harness/sweep/runtimes.h"

/* ---- Settings ---- */

static const char *const own_pools = "pymalloc"; /* CPython's */

bool pair_setting_on(const char *runtime, const struct run_record *run, struct pair_setting *out)
{
    const struct runtime_row *row = find_runtime(runtime);
    const char *rest = run->allocator;
    const struct pool_row *pools = find_pools(run->allocator, &rest);

    memset(out, 0, sizeof *out);
    snprintf(out->tuning, sizeof out->tuning, "%s", run->tuning);
    snprintf(out->allocator, sizeof out->allocator, "%s", run->allocator);
    snprintf(out->collector, sizeof out->collector, "%s", run->collector);
    snprintf(out->refcount, sizeof out->refcount, "%s", run->refcount);
    if (row == NULL || row->collector == NULL)
        return false;
    if (pools != NULL && !pools->in_cpython) {
        out->allocator[0] = '\0';
        line_append(out->allocator, sizeof out->allocator, "%s%s", own_pools, rest);
    }
    snprintf(out->collector, sizeof out->collector, "%s", row->collector);
    snprintf(out->refcount, sizeof out->refcount, "%s", refcount_names[0]);
    return !pair_setting_is(out, run);
}

bool pair_setting_is(const struct pair_setting *s, const struct run_record *run)
{
    return strcmp(s->allocator, run->allocator) == 0 && strcmp(s->collector, run->collector) == 0 &&
           strcmp(s->tuning, run->tuning) == 0 && strcmp(s->refcount, run->refcount) == 0;
}

static bool is_setting(const struct pair_setting *s, const struct plan_configuration *c)
{
    return strcmp(s->allocator, c->allocator) == 0 && strcmp(s->collector, c->collector) == 0 &&
           strcmp(s->tuning, c->tuning) == 0 && strcmp(s->refcount, c->refcount) == 0;
}

enum pair_side pair_side_of(const struct pair_plan *p, const struct plan_configuration *c)
{
    enum pair_side side = 0;

    while (side < PAIR_SIDES && !is_setting(&p->setting[side], c))
        side++;
    return side;
}

/* ---- The plan ---- */

/* "chain[cycle_size=10] scale=1 seed=1" */
static bool is_labelled(const struct plan *p, const struct plan_workload *w, const char *label)
{
    char own[PLAN_TEXT_BYTES], whole[PLAN_TEXT_BYTES + 32];

    if (plan_workload_label(w, own) != 0)
        return false;
    snprintf(whole, sizeof whole, "%s seed=%" PRIu64, own, p->seed);
    return strcmp(whole, label) == 0;
}

static int take_workload(const struct plan *from, const char *label, struct plan *to, char *error, size_t error_size)
{
    for (size_t i = 0; i < from->workload_count; i++)
        if (is_labelled(from, &from->workloads[i], label))
            return plan_append_workload(to, &from->workloads[i], error, error_size);
    return line_error(error, error_size, "the sweep's plan has no workload '%s'", label);
}

static int add_setting(struct plan *p, const struct pair_setting *s, char *error, size_t error_size)
{
    if (plan_add(p, "allocator", s->allocator, error, error_size) != 0 ||
        plan_add(p, "collector", s->collector, error, error_size) != 0 ||
        plan_add(p, "tuning", s->tuning, error, error_size) != 0 ||
        plan_add(p, "refcount", s->refcount, error, error_size) != 0)
        return -1;
    return 0;
}

static int fill_plan(const struct plan *from, const char *const *labels, size_t label_count, const char *runtime,
                     struct pair_plan *out, char *error, size_t error_size)
{
    struct plan *p = &out->plan;

    p->seed = from->seed;
    p->timeout_ns = from->timeout_ns;
    p->memory_bytes = from->memory_bytes;
    for (size_t i = 0; i < label_count; i++)
        if (take_workload(from, labels[i], p, error, error_size) != 0)
            return -1;
    if (plan_add(p, "runtime", runtime, error, error_size) != 0)
        return -1;
    for (enum pair_side side = 0; side < PAIR_SIDES; side++)
        if (add_setting(p, &out->setting[side], error, error_size) != 0)
            return -1;
    return plan_finish(p, error, error_size);
}

static int choose(struct pair_plan *p, char *error, size_t error_size)
{
    if (plan_configurations(&p->plan, &p->configurations, &p->count, error, error_size) != 0)
        return -1;
    p->chosen = malloc((p->count + 1) * sizeof *p->chosen);
    if (p->chosen == NULL)
        return line_error(error, error_size, "out of memory");
    for (size_t i = 0; i < p->count; i++)
        if (pair_side_of(p, &p->configurations[i]) != PAIR_SIDES)
            p->chosen[p->chosen_count++] = i;
    return 0;
}

int pair_plan_make(const char *plan, const char *const *labels, size_t label_count, const char *runtime,
                   const struct run_record *reference, const struct run_record *advised, struct pair_plan *out,
                   char *error, size_t error_size)
{
    struct plan from = {0};

    memset(out, 0, sizeof *out);
    plan_init(&out->plan);
    pair_setting_on(runtime, reference, &out->setting[PAIR_REFERENCE]);
    pair_setting_on(runtime, advised, &out->setting[PAIR_ADVISED]);
    int status = plan_from_json(plan, &from, error, error_size);
    if (status == 0)
        status = fill_plan(&from, labels, label_count, runtime, out, error, error_size);
    if (status == 0)
        status = choose(out, error, error_size);
    plan_free(&from);
    return status;
}

void pair_plan_free(struct pair_plan *p)
{
    plan_free(&p->plan);
    free(p->configurations);
    free(p->chosen);
    p->configurations = NULL;
    p->chosen = NULL;
}
