/* sweep.c - gcsweep sweep: many configurations, round by round, into a folder. */
#include <argp.h>
#include <math.h>
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

enum {
    KEY_OUT = OPTION_OWN,
    KEY_PLAN,
    KEY_LIKE,
    KEY_RESUME,
    KEY_RETRY,
    KEY_ROUNDS,
    KEY_PRECISION,
    KEY_BUDGET,
    KEY_SHARD
};
enum { ERROR_BYTES = 1024 };

struct sweep_options {
    struct plan_options plan;
    const char *out, *plan_file, *like, *rounds, *precision, *budget, *shard;
    bool resume, retry_failed;
};

static const struct argp_option rows[] = {
    {"out", KEY_OUT, "DIR", 0, "the results folder; made when it is not there", 0},
    {"resume", KEY_RESUME, NULL, 0, "go on with the sweep in --out DIR", 0},
    {"retry-failed", KEY_RETRY, NULL, 0, "with --resume: runs that did not end ok are run again", 0},
    {"plan", KEY_PLAN, "FILE", 0, "take the plan from a JSON file", 0},
    {"like", KEY_LIKE, "DIR", 0, "take the plan of another results folder", 0},
    {"rounds", KEY_ROUNDS, "N", 0,
     "how often each configuration is run (default 10; with --precision at most, default 100)", 0},
    {"precision", KEY_PRECISION, "P%", 0,
     "such as 2%: rounds until every ratio of wall time and peak RSS to the baseline has an interval of +-P%", 0},
    {"budget", KEY_BUDGET, "TIME", 0, "such as 90s, 10m, 1h: ends with the last whole round that fits", 0},
    {"shard", KEY_SHARD, "K/N", 0, "every Nth round from the Kth on; gcsweep merge puts shards together", 0},
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
    case KEY_RETRY:
        o->retry_failed = true;
        return 0;
    case KEY_PRECISION:
        o->precision = argument;
        return 0;
    case KEY_SHARD:
        o->shard = argument;
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
const struct argp sweep_argp = {
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
    const char *changed = o->plan.scale ? "scale" : o->plan.seed ? "seed" : o->shard ? "shard" : NULL;
    if (o->resume && changed)
        return line_error(error, error_size, "--resume goes on with the plan as it is; --%s would change it", changed);
    if (o->retry_failed && !o->resume)
        return line_error(error, error_size, "--retry-failed goes with --resume: a new sweep has no failed runs");
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
    double before = p->precision;
    char reason[RECORD_TEXT_BYTES];
    if (o->rounds && units_parse_count("--rounds", o->rounds, 1, PLAN_MOST_ROUNDS, &rounds, error, error_size) != 0)
        return -1;
    p->rounds = (unsigned)rounds;
    if (o->precision && units_parse_percent(o->precision, &p->precision, reason, sizeof reason) != 0)
        return line_error(error, error_size, "--precision: %s", reason);
    if (o->precision && !(p->precision > 0))
        return line_error(error, error_size, "--precision: must be more than 0%%");
    if (o->precision && !o->rounds && !(before > 0))
        p->rounds = 0; /* those of a plan without a precision are no limit */
    if (o->shard && plan_set_shard(p, o->shard, error, error_size) != 0)
        return -1;
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

/* Why a sweep ended, where it is not that all its rounds were run. */
static void add_reason(const struct plan *p, const struct sweep_result *r, char *line, size_t size)
{
    char wanted[UNITS_TEXT_BYTES];
    if (r->stopped == SWEEP_BUDGET)
        line_append(line, size, " (the budget ended)");
    if (!(p->precision > 0))
        return;
    units_write_percent(p->precision, wanted);
    if (isnan(r->half_width)) {
        line_append(line, size, ", not resolved at %s: no interval yet", wanted);
        return;
    }
    bool precise = r->stopped == SWEEP_PRECISE;
    line_append(line, size, ", %s at %s: the widest interval is +-%.3g%%, %s", precise ? "precise" : "not resolved",
                wanted, r->half_width * 100, r->half_width_of);
}

static void say_end(const struct sweep_options *o, const struct plan *p, const struct sweep_result *r)
{
    char took[UNITS_TEXT_BYTES], line[ERROR_BYTES] = "";
    units_show_duration(r->sweep_ns, took);
    line_append(line, sizeof line, "%zu run%s in %s", r->runs, r->runs == 1 ? "" : "s", took);
    if (r->workers_ns > 0 && r->sweep_ns > 0) /* of a sweep that ran nothing it would be all */
        line_append(line, sizeof line, " (%.1f %% outside workers)",
                    100.0 * (1.0 - (double)r->workers_ns / (double)r->sweep_ns));
    line_append(line, sizeof line, ", %zu not ok", r->failed);
    if (r->retried > 0)
        line_append(line, sizeof line, ", %zu run again", r->retried);
    line_append(line, sizeof line, "; %u of %s%u rounds", r->rounds_done, p->precision > 0 ? "at most " : "",
                plan_round_count(p));
    if (p->shards > 0)
        line_append(line, sizeof line, " of shard %u/%u", p->shard, p->shards);
    add_reason(p, r, line, sizeof line);
    cli_say("%s; results in %s", line, o->out);
    if (r->stopped != SWEEP_INTERRUPTED)
        return;
    char command[PLAN_TEXT_BYTES * 4] = "";
    command_line_add(command, sizeof command, program_invocation_name);
    line_append(command, sizeof command, " sweep --resume --out");
    command_line_add(command, sizeof command, o->out);
    cli_say("interrupted; this goes on: %s", command);
}

static int run_plan(const struct sweep_options *o, const struct plan *p, const struct runner *r, struct store *s,
                    struct sweep_result *out, char *error, size_t error_size)
{
    struct sweep *w;
    enum sweep_stop stopped = SWEEP_DONE;
    if (sweep_open(p, r, s, &w, error, error_size) != 0)
        return -1;
    if (o->retry_failed)
        sweep_retry_failed(w);
    char ignored[ERROR_BYTES];
    int result = sweep_plan(w, &stopped, error, error_size);
    int closed = result == 0 ? sweep_close(w, stopped, out, error, error_size)
                             : sweep_close(w, SWEEP_INTERRUPTED, out, ignored, sizeof ignored);
    return result == 0 ? closed : -1;
}

static int sweep_into(const struct sweep_options *o, const struct plan *p, struct runner *r, struct store *s)
{
    char error[ERROR_BYTES];
    struct sweep_result result;
    r->interrupted = interrupt_watch();
    int swept = run_plan(o, p, r, s, &result, error, sizeof error);
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
        int opened = results_open(o->out, o->resume, RESULTS_SWEEP, &plan, &runner, command, &s, error, sizeof error);
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
    int status = cli_parse(&sweep_argp, argc, argv, &o) == 0 ? sweep(&o, command) : CLI_UNUSABLE;
    free(command);
    return status;
}
