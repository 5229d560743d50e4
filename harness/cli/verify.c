/* verify.c - gcsweep verify: the model against the real CPython, workload by workload. */
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/difference.h"
#include "harness/cli/cli.h"
#include "harness/cli/options.h"
#include "harness/cli/verify_pool.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runner.h"

enum { ERROR_BYTES = 1024, DIFFERENCE_BYTES = 2048 };

/* Small enough that all workloads and tunings take seconds. */
#define REDUCED_SCALE "0.1"

static const char *const usual_tunings[] = {
    "700,10,10", "50,3,4", "2000,10,10", "5000,20,100", "disabled", "freeze+700,10,10", "manual:100",
};

struct verify_options {
    struct plan_options plan;
    bool pool;
};

enum { OPTION_POOL = OPTION_OWN };

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct verify_options *o = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->plan;
        return 0;
    case ARGP_KEY_ARG:
        if (options_keep(&o->plan, OPTION_WORKLOAD, argument) != 0)
            return cli_refuse_option(state, "more than %d values", OPTIONS_MOST);
        return 0;
    case OPTION_POOL:
        o->pool = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&options_argp, 0, NULL, 0}, {0}};
static const struct argp_option own_rows[] = {
    {"pool", OPTION_POOL, NULL, 0,
     "instead of workloads, streams of requests to the pool allocators alone; goes with --seed, --timeout and "
     "--memory-limit",
     0},
    {0},
};
static const struct argp argp = {
    .options = own_rows,
    .parser = parse,
    .args_doc = "[WORKLOAD...]",
    .doc = "Runs workloads (all, unless some are named) on the model and on the real CPython and compares all that can "
           "be counted. A workload may be a heap script, script:FILE. Without other options: seven tunings at "
           "scale " REDUCED_SCALE ". With --pool: streams of requests "
           "to both pool allocators, one row each; arenas, pools, blocks and bytes of each size class, and where each "
           "block was put, are compared every 10,000 requests.\v"
           "Exit status: 0 every row is equal, 1 a row differs or did not run, 2 input that cannot be used, 3 "
           "interrupted.",
    .children = children,
};

static bool was_given(const struct plan_options *o, int key)
{
    for (size_t i = 0; i < o->dimension_count; i++)
        if (o->dimension[i].key == key)
            return true;
    return false;
}

static int add_tunings(struct plan *p, char *error, size_t error_size)
{
    for (size_t i = 0; i < sizeof usual_tunings / sizeof usual_tunings[0]; i++)
        if (plan_add(p, "tuning", usual_tunings[i], error, error_size) != 0)
            return -1;
    return 0;
}

static int make_plan(struct plan_options *o, struct plan *p, char *error, size_t error_size)
{
    if (was_given(o, OPTION_RUNTIME))
        return line_error(error, error_size, "--runtime: verify always compares model with cpython");
    bool tuned = was_given(o, OPTION_TUNING) || o->thresholds[0] || o->thresholds[1] || o->thresholds[2];
    if (options_apply_dimensions(o, p, error, error_size) != 0 || plan_add(p, "runtime", "model", error, error_size) ||
        plan_add(p, "runtime", "cpython", error, error_size) || (!tuned && add_tunings(p, error, error_size) != 0) ||
        options_apply_numbers(o, p, error, error_size) != 0 ||
        (!o->scale && plan_set_scale(p, REDUCED_SCALE, error, error_size) != 0))
        return -1;
    return plan_finish(p, error, error_size);
}

/* The same work on the real CPython. */
static const struct plan_configuration *find_partner(const struct plan_configuration *list, size_t count,
                                                     const struct plan_configuration *c)
{
    for (size_t i = 0; i < count; i++) {
        const struct plan_configuration *other = &list[i];
        if (!other->twin && other->workload == c->workload && strcmp(other->runtime, "cpython") == 0 &&
            strcmp(other->allocator, c->allocator) == 0 && strcmp(other->tuning, c->tuning) == 0 &&
            strcmp(other->collector, c->collector) == 0)
            return other;
    }
    return NULL;
}

static void print_row(const struct run_record *model, const struct run_record *cpython, bool *equal)
{
    char differences[DIFFERENCE_BYTES];
    bool ran = strcmp(model->status, "ok") == 0 && strcmp(cpython->status, "ok") == 0;
    *equal = find_differences(model, cpython, differences, sizeof differences) == 0 && ran;
    printf("%-8s %-12s %-17s %-18s ", *equal ? "equal" : "DIFFERS", model->workload, model->allocator, model->tuning);
    if (*equal)
        printf("collections %" PRIu64 ", %" PRIu64 ", %" PRIu64 "; checksum %016" PRIx64 "\n", model->gen0_collections,
               model->gen1_collections, model->gen2_collections, model->checksum);
    else if (!ran)
        printf("model %s %s; cpython %s %s\n", model->status, model->message, cpython->status, cpython->message);
    else
        printf("model against cpython: %s\n", differences);
    fflush(stdout);
}

/* One row: 0, RUNNER_INTERRUPTED, or -1 with one line in `error`. */
static int verify_pair(const struct runner *runner, const struct plan *p, const struct plan_configuration *model,
                       const struct plan_configuration *cpython, bool *equal, char *error, size_t error_size)
{
    struct run_record of_model, of_cpython;
    int result = runner_run(runner, p, model, 0, &of_model, error, error_size);
    if (result != 0)
        return result;
    result = runner_run(runner, p, cpython, 0, &of_cpython, error, error_size);
    if (result == 0) {
        print_row(&of_model, &of_cpython, equal);
        record_free(&of_cpython);
    }
    record_free(&of_model);
    return result;
}

static int finish(int result, size_t rows, size_t equal_rows, const char *error)
{
    if (result == RUNNER_INTERRUPTED) {
        cli_refuse("interrupted");
        return CLI_INTERRUPTED;
    }
    if (result != 0) {
        cli_refuse(error);
        return CLI_FAILED;
    }
    printf("%zu of %zu rows equal\n", equal_rows, rows);
    return cli_finish(equal_rows == rows ? CLI_DONE : CLI_FAILED);
}

static int verify(const struct plan *p, const struct plan_configuration *list, size_t count)
{
    char error[ERROR_BYTES];
    struct runner runner;
    size_t rows = 0, equal_rows = 0;
    int result = 0;
    runner_init(&runner, p);
    for (size_t i = 0; i < count; i++)
        if (runner_check(&runner, &list[i], error, sizeof error) != 0)
            return cli_refuse(error);
    runner.interrupted = interrupt_watch();
    for (size_t i = 0; i < count && result == 0; i++) {
        const struct plan_configuration *partner = find_partner(list, count, &list[i]);
        if (list[i].twin || !partner || partner == &list[i])
            continue;
        bool equal = false;
        result = verify_pair(&runner, p, &list[i], partner, &equal, error, sizeof error);
        rows++;
        equal_rows += equal;
    }
    interrupt_release();
    return finish(result, rows, equal_rows, error);
}

static int verify_workloads(struct plan_options *o, struct plan *plan)
{
    char error[ERROR_BYTES];
    struct plan_configuration *list = NULL;
    size_t count;
    int status;
    if (make_plan(o, plan, error, sizeof error) == 0 &&
        plan_configurations(plan, &list, &count, error, sizeof error) == 0)
        status = verify(plan, list, count);
    else
        status = cli_refuse(error);
    free(list);
    return status;
}

static int verify_pools_alone(const struct plan_options *o, struct plan *plan)
{
    char error[ERROR_BYTES];
    if (options_first_dimension(o) || o->scale)
        return cli_refuse("--pool runs no workload: it goes with --seed, --timeout and --memory-limit alone");
    if (options_apply_numbers(o, plan, error, sizeof error) != 0)
        return cli_refuse(error);
    return verify_pools(plan);
}

int cli_verify(int argc, char **argv)
{
    struct verify_options o = {0};
    if (cli_parse(&argp, argc, argv, &o) != 0)
        return CLI_UNUSABLE;
    struct plan plan;
    plan_init(&plan);
    int status = o.pool ? verify_pools_alone(&o.plan, &plan) : verify_workloads(&o.plan, &plan);
    plan_free(&plan);
    return status;
}
