/* sweep.c - gcsweep sweep: many configurations, round by round, into a folder. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/cli.h"
#include "harness/cli/command_line.h"
#include "harness/cli/options.h"
#include "harness/cli/results_folder.h"
#include "harness/store/store.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runner.h"
#include "harness/sweep/sweep.h"
#include "harness/sweep/units.h"

enum { KEY_OUT = OPTION_OWN, KEY_PLAN, KEY_LIKE, KEY_RESUME, KEY_ROUNDS, KEY_BUDGET, ERROR_BYTES = 1024 };

struct sweep_options {
    struct plan_options plan;
    const char *out, *plan_file, *like, *rounds, *budget;
    bool resume;
};

static const struct argp_option rows[] = {
    {"out", KEY_OUT, "DIR", 0, "the results folder; made when it is not there", 0},
    {"resume", KEY_RESUME, NULL, 0, "go on with the sweep in --out DIR", 0},
    {"plan", KEY_PLAN, "FILE", 0, "take the plan from a JSON file", 0},
    {"like", KEY_LIKE, "DIR", 0, "take the plan of another results folder", 0},
    {"rounds", KEY_ROUNDS, "N", 0, "how often each configuration is run (default 10)", 0},
    {"budget", KEY_BUDGET, "TIME", 0, "such as 90s, 10m, 1h: ends with the last whole round that fits", 0},
    {"workload", OPTION_WORKLOAD, "NAME", 0, "one of gcsweep list workloads (default: all), or script:FILE.heap", 1},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct sweep_options *o = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->plan;
        return 0;
    case KEY_OUT:
        o->out = argument;
        return 0;
    case KEY_PLAN:
        o->plan_file = argument;
        return 0;
    case KEY_LIKE:
        o->like = argument;
        return 0;
    case KEY_RESUME:
        o->resume = true;
        return 0;
    case KEY_ROUNDS:
        o->rounds = argument;
        return 0;
    case KEY_BUDGET:
        o->budget = argument;
        return 0;
    case OPTION_WORKLOAD:
        if (options_keep(&o->plan, key, argument) != 0)
            return cli_refuse_option(state, "more than %d values", OPTIONS_MOST);
        return 0;
    case ARGP_KEY_ARG:
        return cli_refuse_option(state, "'%s' is no option; a workload is named by --workload %s", argument, argument);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&options_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .doc = "Runs every combination of the values given, shuffled within each round, each in a fresh process, and keeps "
           "every run in DIR/results.sqlite. Options that name a dimension, and --param, may be given several times."
           "\vOne configuration of each workload is run twice (the A/A twin): its difference is the noise floor.\n"
           "Exit status: 0 done, 1 the results cannot be kept, 2 input that cannot be used, 3 interrupted: --resume "
           "goes on.",
    .children = children,
};

/* ---- The plan ---- */

static int check_combination(const struct sweep_options *o, char *error, size_t error_size)
{
    const char *dimension = options_first_dimension(&o->plan);
    const char *source = o->resume ? "resume" : o->plan_file ? "plan" : o->like ? "like" : NULL;
    if (!o->out || !o->out[0])
        return line_error(error, error_size, "where to? --out DIR names the results folder");
    if ((o->plan_file && !o->plan_file[0]) || (o->like && !o->like[0]))
        return line_error(error, error_size, "--%s: its name is empty", o->plan_file ? "plan" : "like");
    if ((o->plan_file != NULL) + (o->like != NULL) + o->resume > 1)
        return line_error(error, error_size, "--plan, --like and --resume: one of them");
    if (source && dimension)
        return line_error(error, error_size, "--%s already says what is run; --%s cannot be added", source, dimension);
    if (o->resume && (o->plan.scale || o->plan.seed))
        return line_error(error, error_size, "--resume goes on with the plan as it is; --%s would change it",
                          o->plan.scale ? "scale" : "seed");
    return 0;
}

static int base_plan(const struct sweep_options *o, struct plan *p, char *error, size_t error_size)
{
    if (o->plan_file)
        return plan_from_file(o->plan_file, p, error, error_size);
    if (o->like || o->resume)
        return results_plan(o->like ? o->like : o->out, p, error, error_size);
    plan_init(p);
    return options_apply_dimensions(&o->plan, p, error, error_size);
}

static int apply_numbers(const struct sweep_options *o, struct plan *p, char *error, size_t error_size)
{
    uint64_t rounds = p->rounds;
    char reason[RECORD_TEXT_BYTES];
    if (o->rounds && units_parse_count("--rounds", o->rounds, 1, PLAN_MOST_ROUNDS, &rounds, error, error_size) != 0)
        return -1;
    p->rounds = (unsigned)rounds;
    if (o->budget && units_parse_duration(o->budget, &p->budget_ns, reason, sizeof reason) != 0)
        return line_error(error, error_size, "--budget: %s", reason);
    if (o->budget && p->budget_ns == 0)
        return line_error(error, error_size, "--budget: must be longer than 0 s");
    return options_apply_numbers(&o->plan, p, error, error_size);
}

/* plan_free releases `p` whatever the result. */
static int make_plan(const struct sweep_options *o, struct plan *p, char *error, size_t error_size)
{
    if (base_plan(o, p, error, error_size) != 0 || apply_numbers(o, p, error, error_size) != 0)
        return -1;
    return plan_finish(p, error, error_size);
}

/* ---- The sweep ---- */

static void say_end(const struct sweep_options *o, const struct plan *p, const struct sweep_result *r)
{
    char took[UNITS_TEXT_BYTES];
    units_show_duration(r->sweep_ns, took);
    char outside[48] = ""; /* of a sweep that ran nothing it would be all */
    if (r->workers_ns > 0 && r->sweep_ns > 0)
        snprintf(outside, sizeof outside, " (%.1f %% outside workers)",
                 100.0 * (1.0 - (double)r->workers_ns / (double)r->sweep_ns));
    fprintf(stderr, "gcsweep: %zu run%s in %s%s, %zu not ok; %u of %u rounds%s; results in %s\n", r->runs,
            r->runs == 1 ? "" : "s", took, outside, r->failed, r->rounds_done, p->rounds,
            r->stopped == SWEEP_BUDGET ? " (the budget ended)" : "", o->out);
    if (r->stopped != SWEEP_INTERRUPTED)
        return;
    char command[PLAN_TEXT_BYTES * 4] = "";
    command_line_add(command, sizeof command, program_invocation_name);
    line_append(command, sizeof command, " sweep --resume --out");
    command_line_add(command, sizeof command, o->out);
    fprintf(stderr, "gcsweep: interrupted; this goes on: %s\n", command);
}

static int sweep_into(const struct sweep_options *o, const struct plan *p, struct runner *r, struct store *s)
{
    char error[ERROR_BYTES];
    struct sweep_result result;
    r->interrupted = interrupt_watch();
    int swept = sweep_run(p, r, s, &result, error, sizeof error);
    if (swept != 0)
        cli_refuse(error);
    int closed = store_close(s, error, sizeof error);
    interrupt_release();
    if (swept == 0 && closed != 0)
        cli_refuse(error);
    if (swept != 0 || closed != 0)
        return CLI_FAILED;
    say_end(o, p, &result);
    return result.stopped == SWEEP_INTERRUPTED ? CLI_INTERRUPTED : CLI_DONE;
}

static int sweep(const struct sweep_options *o, const char *command)
{
    char error[ERROR_BYTES];
    struct plan plan = {0};
    if (check_combination(o, error, sizeof error) != 0)
        return cli_refuse(error);
    int status = CLI_UNUSABLE;
    struct store *s;
    struct runner runner;
    if (make_plan(o, &plan, error, sizeof error) != 0) {
        cli_refuse(error);
    } else {
        runner_init(&runner, &plan);
        int opened = o->resume ? results_reopen(o->out, &plan, &s, error, sizeof error)
                               : results_create(o->out, &plan, &runner, command, &s, error, sizeof error);
        status = opened == 0 ? sweep_into(o, &plan, &runner, s) : cli_refuse(error);
    }
    plan_free(&plan);
    return status;
}

int cli_sweep(int argc, char **argv)
{
    struct sweep_options o = {0};
    char *command = command_line_make(argc, argv); /* before argp sorts the arguments */
    if (!command)
        return cli_refuse("out of memory");
    int status = cli_parse(&argp, argc, argv, &o) == 0 ? sweep(&o, command) : CLI_UNUSABLE;
    free(command);
    return status;
}
