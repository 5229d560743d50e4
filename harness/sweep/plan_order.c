/* plan_order.c - a plan's configurations, their names, and the order of a round. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/allocator.h"
#include "harness/sweep/line.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/plan_label.h"
#include "harness/sweep/plan_values.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/units.h"
#include "workloads/random.h"
#include "workloads/workload.h"

const struct plan_default plan_defaults[PLAN_DIMENSIONS] = {
    {"runtime", "model"},    {"allocator", "pymalloc"}, {"collector", "cpython-3.11"},
    {"tuning", "700,10,10"}, {"refcount", "plain"},
};

/* ---- Names ---- */

/* The workload's parameters, those of the plan set. They were checked when they were added. */
static void fill_params(const struct plan_workload *w, const struct workload *row, void *params)
{
    char ignored[RECORD_TEXT_BYTES];
    workload_defaults(row, params);
    for (size_t i = 0; i < RECORD_PARAMS && w->params[i].name[0]; i++)
        workload_set_param(row, params, w->params[i].name, w->params[i].text, ignored, sizeof ignored);
}

void plan_params(const struct plan_workload *w, struct record_param params[RECORD_PARAMS])
{
    const struct workload *row = plan_find_workload(w->name);
    _Alignas(max_align_t) unsigned char values[WORKLOAD_PARAMS_BYTES];
    memset(params, 0, RECORD_PARAMS * sizeof *params);
    fill_params(w, row, values);
    const struct workload_param *param;
    for (size_t i = 0; i < RECORD_PARAMS && (param = workload_param_at(row, i)); i++) {
        snprintf(params[i].name, sizeof params[i].name, "%s", param->name);
        workload_param_text(row, values, i, params[i].text, sizeof params[i].text);
    }
}

int plan_workload_label(const struct plan_workload *w, char label[PLAN_TEXT_BYTES])
{
    struct plan_workload plain = {.scale = 1};
    memcpy(plain.name, w->name, sizeof plain.name);
    struct record_param initial[RECORD_PARAMS], params[RECORD_PARAMS];
    plan_params(&plain, initial);
    plan_params(w, params);

    char whole[4 * PLAN_TEXT_BYTES] = "", scale[UNITS_TEXT_BYTES];
    line_append(whole, sizeof whole, "%s", w->name);
    bool any = false;
    for (size_t i = 0; i < RECORD_PARAMS && params[i].name[0]; i++) {
        if (strcmp(params[i].text, initial[i].text) == 0)
            continue;
        line_append(whole, sizeof whole, "%c%s=%s", any ? ',' : '[', params[i].name, params[i].text);
        any = true;
    }
    units_write_number(w->scale, scale);
    line_append(whole, sizeof whole, "%s scale=%s", any ? "]" : "", scale);
    if (strlen(whole) >= PLAN_TEXT_BYTES)
        return -1;
    memcpy(label, whole, strlen(whole) + 1);
    return 0;
}

static int write_key(const struct plan *p, struct plan_configuration *c, char *error, size_t error_size)
{
    char label[PLAN_TEXT_BYTES];
    if (plan_workload_label(c->workload, label) == 0) {
        int n = snprintf(c->key, sizeof c->key, "%s seed=%llu %s %s %s %s %s", label, (unsigned long long)p->seed,
                         c->runtime, c->allocator, c->collector, c->tuning, c->refcount);
        if (n > 0 && (size_t)n < sizeof c->key)
            return 0;
    }
    return line_error(error, error_size, "the name of configuration '%s %s' is longer than %d bytes", c->workload->name,
                      c->allocator, PLAN_TEXT_BYTES - 1);
}

/* ---- Configurations ---- */

static bool possible(const struct plan_configuration *c)
{
    const struct runtime_row *runtime = find_runtime(c->runtime);
    if (!runtime->collector)
        return true;
    const char *rest;
    const struct pool_row *pools = find_pools(c->allocator, &rest);
    return (!pools || pools->in_cpython) && strcmp(c->collector, runtime->collector) == 0 &&
           strcmp(c->refcount, refcount_names[0]) == 0;
}

static unsigned defaults_matched(const struct plan_configuration *c)
{
    const char *const mine[PLAN_DIMENSIONS] = {c->runtime, c->allocator, c->collector, c->tuning, c->refcount};
    unsigned matched = 0;
    for (size_t i = 0; i < PLAN_DIMENSIONS; i++)
        matched += strcmp(mine[i], plan_defaults[i].text) == 0;
    return matched;
}

/* The configurations of one workload, from out[0] on; returns how many. */
static size_t cross(const struct plan *p, const struct plan_workload *w, struct plan_configuration *out)
{
    const struct plan_list *lists[PLAN_DIMENSIONS] = {&p->runtimes, &p->allocators, &p->collectors, &p->tunings,
                                                      &p->refcounts};
    size_t at[PLAN_DIMENSIONS] = {0}, count = 0;
    for (;;) {
        struct plan_configuration c = {
            .workload = w,
            .runtime = lists[0]->text[at[0]],
            .allocator = lists[1]->text[at[1]],
            .collector = lists[2]->text[at[2]],
            .tuning = lists[3]->text[at[3]],
            .refcount = lists[4]->text[at[4]],
        };
        if (possible(&c))
            out[count++] = c;
        size_t d = PLAN_DIMENSIONS;
        while (d > 0 && ++at[d - 1] == lists[d - 1]->count)
            at[--d] = 0;
        if (d == 0)
            return count;
    }
}

/* Puts the twin right behind its original; returns the new count. */
static size_t add_twin(struct plan_configuration *c, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (defaults_matched(&c[i]) > defaults_matched(&c[best]))
            best = i;
    memmove(&c[best + 1], &c[best], (count - best) * sizeof *c);
    c[best + 1].twin = true;
    return count + 1;
}

enum { MOST_CONFIGURATIONS = 100000 };

int plan_configurations(const struct plan *p, struct plan_configuration **out, size_t *count, char *error,
                        size_t error_size)
{
    double most = (double)p->runtimes.count * (double)p->allocators.count * (double)p->collectors.count *
                  (double)p->tunings.count * (double)p->refcounts.count;
    if (most * (double)p->workload_count > MOST_CONFIGURATIONS)
        return line_error(error, error_size, "the plan has %.0f configurations; the most is %d",
                          most * (double)p->workload_count, MOST_CONFIGURATIONS);
    size_t each = (size_t)most + 1;
    struct plan_configuration *list = malloc(p->workload_count * each * sizeof *list + 1);
    if (!list)
        return line_error(error, error_size, "out of memory");
    size_t n = 0;
    for (size_t i = 0; most > 0 && i < p->workload_count; i++) {
        size_t made = cross(p, &p->workloads[i], &list[n]);
        n += made > 0 ? add_twin(&list[n], made) : 0;
    }
    int result = 0;
    if (n == 0)
        result = line_error(error, error_size,
                            "the plan has no configuration: runtime cpython takes collector cpython-3.11, "
                            "refcount plain and, of the pool allocators, pymalloc only");
    for (size_t i = 0; result == 0 && i < n; i++)
        result = write_key(p, &list[i], error, error_size);
    if (result != 0) {
        free(list);
        return -1;
    }
    *out = list;
    *count = n;
    return 0;
}

/* ---- Order ---- */

void plan_order(const struct plan *p, unsigned round, size_t *order, size_t count)
{
    struct random random;
    uint64_t mixed = p->seed;
    random_seed(&random, random_splitmix(&mixed) ^ round);
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i > 1; i--) {
        size_t k = random_next_below(&random, i);
        size_t kept = order[i - 1];
        order[i - 1] = order[k];
        order[k] = kept;
    }
}
