/* verify.c - gcsweep verify: the model against the real CPython, workload by workload. */
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/cli.h"
#include "harness/cli/options.h"
#include "harness/cli/verify_pool.h"
#include "harness/cli/verify_random.h"
#include "harness/cli/verify_rows.h"
#include "harness/cli/verify_times.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runner.h"
#include "harness/sweep/units.h"

enum { ERROR_BYTES = 1024 };

/* Of --times: reduced runs are too short to be timed. */
#define TIMES_SCALE "0.1"

static const char *const usual_tunings[] = {
    "700,10,10", "50,3,4", "2000,10,10", "5000,20,100", "disabled", "freeze+700,10,10", "manual:100",
};

struct verify_options {
    struct plan_options plan;
    bool pool, times;
    unsigned rounds;  /* 0: not given */
    uint64_t scripts; /* of --random; 0: not given */
    const char *save; /* NULL: not given */
};

enum { OPTION_POOL = OPTION_OWN, OPTION_RANDOM, OPTION_SAVE, OPTION_TIMES, OPTION_ROUNDS };

enum { MOST_ROUNDS = 10000, MOST_SCRIPTS = 1000000000 };

static error_t parse_count(const struct argp_state *state, const char *option, const char *text, uint64_t most,
                           uint64_t *out)
{
    char error[ERROR_BYTES];
    if (units_parse_count(option, text, 1, most, out, error, sizeof error) != 0)
        return cli_refuse_option(state, "%s", error);
    return 0;
}

static error_t parse_rounds(const struct argp_state *state, const char *text, unsigned *out)
{
    uint64_t rounds;
    error_t result = parse_count(state, "--rounds", text, MOST_ROUNDS, &rounds);
    if (result == 0)
        *out = (unsigned)rounds;
    return result;
}

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
    case OPTION_TIMES:
        o->times = true;
        return 0;
    case OPTION_ROUNDS:
        return parse_rounds(state, argument, &o->rounds);
    case OPTION_RANDOM:
        return parse_count(state, "--random", argument, MOST_SCRIPTS, &o->scripts);
    case OPTION_SAVE:
        o->save = argument;
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
    {"random", OPTION_RANDOM, "N", 0,
     "instead of workloads, N heap scripts made at random from --seed; those that print other things on the model than "
     "on the real CPython are shrunk and saved",
     0},
    {"save", OPTION_SAVE, "DIR", 0, "where --random saves them (the current directory)", 0},
    {"times", OPTION_TIMES, NULL, 0,
     "after rounds of both runtimes side by side: the model's time over the real CPython's, for the whole run, for its "
     "collections and for each object that they looked at, each with its 95 % interval",
     0},
    {"rounds", OPTION_ROUNDS, "N", 0, "of --times (default 10)", 0},
    {0},
};
const struct argp verify_argp = {
    .options = own_rows,
    .parser = parse,
    .args_doc = "[WORKLOAD...]",
    .doc = "Runs workloads (all, unless some are named) on the model and on the real CPython and compares all that can "
           "be counted. A workload may be a heap script, script:FILE. Without other options: seven tunings, "
           "and of each workload a reduced run of some milliseconds, which --param changes; --scale takes its place by "
           "the default parameters at that scale, and --times by those at scale " TIMES_SCALE
           ". With --pool: streams of requests "
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

/* Small enough that all workloads and tunings take a minute. */
static int make_small(struct plan *p, bool times, char *error, size_t error_size)
{
    return times ? plan_set_scale(p, TIMES_SCALE, error, error_size) : plan_reduce(p, error, error_size);
}

static int make_plan(const struct verify_options *v, struct plan *p, char *error, size_t error_size)
{
    const struct plan_options *o = &v->plan;
    if (was_given(o, OPTION_RUNTIME))
        return line_error(error, error_size, "--runtime: verify always compares model with cpython");
    bool tuned = was_given(o, OPTION_TUNING) || o->thresholds[0] || o->thresholds[1] || o->thresholds[2];
    if (options_apply_dimensions(o, p, error, error_size) != 0 || plan_add(p, "runtime", "model", error, error_size) ||
        plan_add(p, "runtime", "cpython", error, error_size) || (!tuned && add_tunings(p, error, error_size) != 0) ||
        options_apply_numbers(o, p, error, error_size) != 0 ||
        (!o->scale && make_small(p, v->times, error, error_size) != 0))
        return -1;
    return plan_finish(p, error, error_size);
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

static int verify_once(const struct runner *runner, const struct plan *p, const struct verify_row *rows, size_t count,
                       size_t *equal_rows, char *error, size_t error_size)
{
    for (size_t i = 0; i < count; i++) {
        struct verify_runs runs;
        int result = verify_run_row(runner, p, &rows[i], 0, false, &runs, error, error_size);
        if (result != 0)
            return result;
        *equal_rows += verify_print_row(&runs);
        verify_free_runs(&runs);
    }
    return 0;
}

/* Once, or with `rounds` timed so many times. */
static int verify(const struct plan *p, const struct plan_configuration *list, size_t count, struct verify_row *rows,
                  unsigned rounds)
{
    char error[ERROR_BYTES];
    struct runner runner;
    struct times_outcome out = {0};
    runner_init(&runner, p);
    for (size_t i = 0; i < count; i++)
        if (runner_check(&runner, &list[i], error, sizeof error) != 0)
            return cli_refuse(error);
    size_t row_count = verify_find_rows(list, count, rows);
    runner.interrupted = interrupt_watch();
    if (rounds > 0)
        out = verify_times(&runner, p, rows, row_count, rounds, error, sizeof error);
    else
        out.result = verify_once(&runner, p, rows, row_count, &out.equal_rows, error, sizeof error);
    interrupt_release();
    return finish(out.result, row_count, out.equal_rows, error);
}

static int verify_workloads(struct verify_options *o, struct plan *plan)
{
    char error[ERROR_BYTES] = "out of memory";
    struct plan_configuration *list = NULL;
    struct verify_row *rows = NULL;
    size_t count;
    int status;
    if (make_plan(o, plan, error, sizeof error) == 0 &&
        plan_configurations(plan, &list, &count, error, sizeof error) == 0 && (rows = calloc(count + 1, sizeof *rows)))
        status = verify(plan, list, count, rows, o->times ? o->rounds : 0);
    else
        status = cli_refuse(error);
    free(rows);
    free(list);
    return status;
}

/* What runs no workload of the plan takes seed and limits alone. */
static int read_numbers(const struct plan_options *o, const char *option, struct plan *plan)
{
    char error[ERROR_BYTES];
    if (options_first_dimension(o) || o->scale) {
        line_error(error, sizeof error,
                   "%s runs no workload: of other options it goes with --seed, --timeout and --memory-limit", option);
        return cli_refuse(error);
    }
    if (options_apply_numbers(o, plan, error, sizeof error) != 0)
        return cli_refuse(error);
    return CLI_DONE;
}

static int dispatch(struct verify_options *o, struct plan *plan)
{
    if (o->pool + o->times + (o->scripts > 0) > 1)
        return cli_refuse("--pool, --random and --times are three things to do: only one of them can be given");
    if (o->rounds > 0 && !o->times)
        return cli_refuse("--rounds goes with --times");
    if (o->save && o->scripts == 0)
        return cli_refuse("--save goes with --random");
    if (o->rounds == 0)
        o->rounds = VERIFY_ROUNDS;
    if (!o->pool && o->scripts == 0)
        return verify_workloads(o, plan);
    int status = read_numbers(&o->plan, o->pool ? "--pool" : "--random", plan);
    if (status != CLI_DONE)
        return status;
    return o->pool ? verify_pools(plan) : verify_random(plan, o->scripts, o->save ? o->save : ".");
}

int cli_verify(int argc, char **argv)
{
    struct verify_options o = {0};
    if (cli_parse(&verify_argp, argc, argv, &o) != 0)
        return CLI_UNUSABLE;
    struct plan plan;
    plan_init(&plan);
    int status = dispatch(&o, &plan);
    plan_free(&plan);
    return status;
}
