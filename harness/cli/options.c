/* options.c - the options that make a plan. */
#include "harness/cli/options.h"

#include <stdio.h>
#include <string.h>

#include "harness/cli/cli.h"
#include "harness/sweep/line.h"
#include "harness/sweep/units.h"

static const struct argp_option rows[] = {
    {NULL, 0, NULL, 0, "What is run (gcsweep list names the values):", 1},
    {"runtime", OPTION_RUNTIME, "NAME", 0, "model (default) or cpython", 1},
    {"allocator", OPTION_ALLOCATOR, "NAME", 0,
     "pymalloc (default), pymalloc-3.9, system, jemalloc, ..., PATH.so, pymalloc+X, X@VARIABLE=VALUE", 1},
    {"collector", OPTION_COLLECTOR, "NAME", 0, "cpython-3.11 (default)", 1},
    {"tuning", OPTION_TUNING, "TUNING", 0, "700,10,10 (default), disabled, freeze+700,10,10, manual:100", 1},
    {"refcount", OPTION_REFCOUNT, "NAME", 0, "plain (default)", 1},
    {"threshold0", OPTION_THRESHOLD0, "LIST", 0, "such as 700,10000,50000: crosses with the other two into tunings", 1},
    {"threshold1", OPTION_THRESHOLD1, "LIST", 0, "default 10", 1},
    {"threshold2", OPTION_THRESHOLD2, "LIST", 0, "default 10", 1},
    {"param", OPTION_PARAM, "NAME=VALUE", 0, "a parameter of the workloads that have it", 1},
    {"scale", OPTION_SCALE, "X", 0, "multiplies a workload's steps, never its live set (default 1)", 1},
    {"seed", OPTION_SEED, "N", 0, "of the workload and of the order (default 1)", 1},
    {NULL, 0, NULL, 0, "Limits of a run:", 2},
    {"timeout", OPTION_TIMEOUT, "TIME", 0, "such as 90s, 10m (default 60s)", 2},
    {"memory-limit", OPTION_MEMORY_LIMIT, "SIZE", 0,
     "resident, such as 500M, 4G; 0 for none (default: 80 % of what is available)", 2},
    {0},
};

/* Options whose values are added to the plan one by one. */
static const struct {
    int key;
    const char *dimension;
} dimensions[] = {
    {OPTION_RUNTIME, "runtime"}, {OPTION_ALLOCATOR, "allocator"}, {OPTION_COLLECTOR, "collector"},
    {OPTION_TUNING, "tuning"},   {OPTION_REFCOUNT, "refcount"},
};

int options_keep(struct plan_options *o, int key, const char *text)
{
    if (o->dimension_count == OPTIONS_MOST)
        return -1;
    o->dimension[o->dimension_count++] = (struct option_value){key, text};
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct plan_options *o = state->input;
    switch (key) {
    case OPTION_RUNTIME:
    case OPTION_ALLOCATOR:
    case OPTION_COLLECTOR:
    case OPTION_TUNING:
    case OPTION_REFCOUNT:
    case OPTION_PARAM:
        if (options_keep(o, key, argument) != 0)
            return cli_refuse_option(state, "more than %d values", OPTIONS_MOST);
        return 0;
    case OPTION_THRESHOLD0:
    case OPTION_THRESHOLD1:
    case OPTION_THRESHOLD2:
        o->thresholds[key - OPTION_THRESHOLD0] = argument;
        return 0;
    case OPTION_SCALE:
        o->scale = argument;
        return 0;
    case OPTION_SEED:
        o->seed = argument;
        return 0;
    case OPTION_TIMEOUT:
        o->timeout = argument;
        return 0;
    case OPTION_MEMORY_LIMIT:
        o->memory_limit = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp options_argp = {.options = rows, .parser = parse};

const char *options_first_dimension(const struct plan_options *o)
{
    if (o->dimension_count > 0) {
        int key = o->dimension[0].key;
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
            if (rows[i].key == key)
                return rows[i].name;
        return "workload";
    }
    for (int i = 0; i < 3; i++)
        if (o->thresholds[i])
            return i == 0 ? "threshold0" : i == 1 ? "threshold1" : "threshold2";
    return NULL;
}

static int apply_dimension(const struct option_value *v, struct plan *p, char *error, size_t error_size)
{
    for (size_t i = 0; i < sizeof dimensions / sizeof dimensions[0]; i++)
        if (dimensions[i].key == v->key)
            return plan_add(p, dimensions[i].dimension, v->text, error, error_size);
    return v->key == OPTION_WORKLOAD ? plan_add_workload(p, v->text, error, error_size) : 0;
}

int options_apply_dimensions(const struct plan_options *o, struct plan *p, char *error, size_t error_size)
{
    for (size_t i = 0; i < o->dimension_count; i++)
        if (apply_dimension(&o->dimension[i], p, error, error_size) != 0)
            return -1;
    /* Parameters last: they need the workloads. */
    for (size_t i = 0; i < o->dimension_count; i++)
        if (o->dimension[i].key == OPTION_PARAM && plan_add_param(p, o->dimension[i].text, error, error_size) != 0)
            return -1;
    if (o->thresholds[0] || o->thresholds[1] || o->thresholds[2])
        return plan_add_thresholds(p, o->thresholds, error, error_size);
    return 0;
}

/* "--NAME: " before what a parser says. */
static int prefix(const char *name, const char *reason, char *error, size_t error_size)
{
    return line_error(error, error_size, "--%s: %s", name, reason);
}

int options_apply_numbers(const struct plan_options *o, struct plan *p, char *error, size_t error_size)
{
    char reason[RECORD_TEXT_BYTES];
    if (o->scale &&
        (plan_check_scales(p, o->scale, error, error_size) != 0 || plan_set_scale(p, o->scale, error, error_size) != 0))
        return -1;
    if (o->seed && units_parse_count("--seed", o->seed, 0, PLAN_MOST_SEED, &p->seed, error, error_size) != 0)
        return -1;
    if (o->timeout && units_parse_duration(o->timeout, &p->timeout_ns, reason, sizeof reason) != 0)
        return prefix("timeout", reason, error, error_size);
    if (o->timeout && p->timeout_ns == 0)
        return prefix("timeout", "must be longer than 0 s", error, error_size);
    if (o->memory_limit && units_parse_size(o->memory_limit, &p->memory_bytes, reason, sizeof reason) != 0)
        return prefix("memory-limit", reason, error, error_size);
    return 0;
}
