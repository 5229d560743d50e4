/* tune.c - gcsweep tune: the front of one workload's settings without the whole grid. */
#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/allocator.h"
#include "harness/analysis/advice.h"
#include "harness/analysis/statistics.h"
#include "harness/analysis/summary.h"
#include "harness/cli/choices.h"
#include "harness/cli/cli.h"
#include "harness/cli/command_line.h"
#include "harness/cli/options.h"
#include "harness/cli/results_folder.h"
#include "harness/cli/tune_check.h"
#include "harness/report/advice_text.h"
#include "harness/store/store.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runner.h"
#include "harness/sweep/sweep.h"
#include "harness/sweep/tune.h"
#include "harness/sweep/units.h"

enum {
    KEY_OUT = OPTION_OWN,
    KEY_RESUME,
    KEY_ROUNDS,
    KEY_BUDGET,
    KEY_FREEZE,
    KEY_GRID,
    KEY_AGAINST,
    KEY_REPLAY,
    KEY_SEEDS,
    ERROR_BYTES = 1024
};

/* The grid that is searched when nothing else is said: thresholds about a factor of seven apart. */
static const char *const default_thresholds[3] = {"100,700,5000,30000,200000,1500000,10000000", "5,10,50", "5,10,50"};
static const char *const default_allocators[] = {"pymalloc", "system", "jemalloc", "mimalloc"};

struct tune_options {
    struct plan_options plan;
    const char *workload, *out, *rounds, *budget, *freeze, *against, *replay, *seeds;
    bool resume, whole_grid;
};

static const struct argp_option rows[] = {
    {"out", KEY_OUT, "DIR", 0, "the results folder; made when it is not there", 0},
    {"resume", KEY_RESUME, NULL, 0, "go on with the search in --out DIR", 0},
    {"rounds", KEY_ROUNDS, "N", 0, "how often the settings of the last stage are run (default 10, at least 6)", 0},
    {"budget", KEY_BUDGET, "TIME", 0, "such as 90s, 10m, 1h: ends with the last whole round that fits", 0},
    {"freeze", KEY_FREEZE, "WHICH", 0, "no, yes or both (default): gc.freeze() after set-up", 0},
    {"grid", KEY_GRID, NULL, 0, "run the whole grid instead of searching it", 0},
    {"against", KEY_AGAINST, "DIR", 0, "then say what the front found covers of a whole grid's results in DIR", 0},
    {"replay", KEY_REPLAY, "DIR", 0,
     "run nothing: search the whole grid's results in DIR, and say what the fronts found cover of it", 0},
    {"seeds", KEY_SEEDS, "N", 0, "how many searches --replay makes, seeds 1 to N (default 20)", 0},
    {0},
};

/* An option that takes a text: where it is kept, NULL for the others. */
static const char **text_of(struct tune_options *o, int key)
{
    const struct {
        int key;
        const char **text;
    } texts[] = {{KEY_OUT, &o->out},       {KEY_ROUNDS, &o->rounds},   {KEY_BUDGET, &o->budget},
                 {KEY_FREEZE, &o->freeze}, {KEY_AGAINST, &o->against}, {KEY_REPLAY, &o->replay},
                 {KEY_SEEDS, &o->seeds}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].key == key)
            return texts[i].text;
    return NULL;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct tune_options *o = state->input;
    const char **text = text_of(o, key);
    if (text) {
        *text = argument;
        return 0;
    }
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->plan;
        return 0;
    case KEY_RESUME:
        o->resume = true;
        return 0;
    case KEY_GRID:
        o->whole_grid = true;
        return 0;
    case ARGP_KEY_ARG:
        if (o->workload)
            return cli_refuse_option(state, "one workload at a time, and '%s' is a second one", argument);
        o->workload = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&options_argp, 0, NULL, 0}, {0}};
const struct argp tune_argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "WORKLOAD",
    .doc =
        "Finds the Pareto front of longest pause, peak RSS and wall time of one workload over thresholds, allocators "
        "and freezing, in at most a fifth of the runs that the whole grid takes: explores a part of it, and runs "
        "what does well again and again. The same seed explores the same settings."
        "\vThe grid, unless other values are given: --threshold0 100,700,5000,30000,200000,1500000,10000000, "
        "--threshold1 5,10,50, --threshold2 5,10,50, four allocators, frozen or not: 504 configurations. DIR is a "
        "results folder like a sweep's: report and recommend read it, and sweep --resume runs the rest of the grid.\n"
        "Exit status: 0 done, 1 the results cannot be kept, or the front found covers less than 95 % of the grid's "
        "volume (--against, --replay), 2 input that cannot be used, 3 interrupted: --resume goes on.",
    .children = children,
};

/* What the shared options' help says of a search: its defaults are a grid, not one value. */
static char *explain(int key, const char *text, void *input)
{
    (void)input;
    switch (key) {
    case OPTION_THRESHOLD0:
        return strdup("such as 700,10000,50000 (default: seven values, see below)");
    case OPTION_THRESHOLD1:
    case OPTION_THRESHOLD2:
        return strdup("default 5,10,50");
    case OPTION_ALLOCATOR:
        return strdup("may be given several times; default: pymalloc, system, jemalloc and mimalloc");
    case OPTION_TUNING:
        return strdup("not taken: a search makes its tunings itself");
    default:
        return (char *)(uintptr_t)text; /* argp takes what it gave as it is */
    }
}

static int parse_arguments(int argc, char **argv, struct tune_options *o)
{
    struct argp shared = options_argp, own = tune_argp;
    shared.help_filter = explain;
    const struct argp_child explained[] = {{&shared, 0, NULL, 0}, {0}};
    own.children = explained;
    return cli_parse(&own, argc, argv, o);
}

/* ---- Options ---- */

static const char *first_text(const struct tune_options *o, bool with_rounds)
{
    const char *dimension = options_first_dimension(&o->plan);
    return dimension                  ? dimension
           : o->plan.scale            ? "scale"
           : o->plan.seed             ? "seed"
           : o->freeze                ? "freeze"
           : o->whole_grid            ? "grid"
           : with_rounds && o->rounds ? "rounds"
                                      : NULL;
}

static int check_replay(const struct tune_options *o, char *error, size_t error_size)
{
    const char *other = first_text(o, false);
    if (other || o->out || o->resume || o->budget || o->against || o->workload)
        return line_error(error, error_size,
                          "--replay takes what is in its folder; only --rounds and --seeds go with it");
    return 0;
}

static int check_combination(const struct tune_options *o, char *error, size_t error_size)
{
    const char *other = first_text(o, true);
    if (o->replay)
        return check_replay(o, error, error_size);
    if (o->seeds)
        return line_error(error, error_size, "--seeds goes with --replay");
    if (!o->out || !o->out[0])
        return line_error(error, error_size, "where to? --out DIR names the results folder");
    if (!o->workload && !o->resume)
        return line_error(error, error_size, "which workload? gcsweep list workloads names them");
    if (o->resume && (other || o->workload))
        return line_error(error, error_size, "--resume goes on with the search as it is; %s%s would change it",
                          other ? "--" : "the workload ", other ? other : o->workload);
    if (o->freeze && choice_find(freeze_choices, o->freeze) < 0)
        return line_error(error, error_size, "--freeze is both, no or yes, not '%s'", o->freeze);
    for (size_t i = 0; i < o->plan.dimension_count; i++)
        if (o->plan.dimension[i].key == OPTION_TUNING)
            return line_error(error, error_size,
                              "a search makes its tunings itself, from --threshold0, --threshold1, "
                              "--threshold2 and --freeze; --tuning is not taken");
    return 0;
}

static int read_rounds(const struct tune_options *o, unsigned *rounds, char *error, size_t error_size)
{
    uint64_t n = *rounds;
    if (o->rounds &&
        units_parse_count("--rounds", o->rounds, STATISTICS_LEAST_PAIRS, PLAN_MOST_ROUNDS, &n, error, error_size) != 0)
        return -1;
    *rounds = (unsigned)n;
    return 0;
}

/* ---- The plan ---- */

static bool is_found(const char *allocator)
{
    struct allocator_choice choice;
    char ignored[ERROR_BYTES];
    return allocator_parse(allocator, &choice, ignored, sizeof ignored) == 0 &&
           allocator_locate(&choice, ignored, sizeof ignored) == 0;
}

/* An allocator that nobody asked for and that is not there costs no runs. */
static int add_allocators(struct plan *p, char *error, size_t error_size)
{
    for (size_t i = 0; i < sizeof default_allocators / sizeof default_allocators[0]; i++) {
        if (!is_found(default_allocators[i]))
            fprintf(stderr, "gcsweep: %s is not installed and is left out; gcsweep list allocators names its package\n",
                    default_allocators[i]);
        else if (plan_add(p, "allocator", default_allocators[i], error, error_size) != 0)
            return -1;
    }
    return 0;
}

static int add_frozen(struct plan *p, const char *freeze, char *error, size_t error_size)
{
    size_t plain = p->tunings.count;
    if (freeze && strcmp(freeze, "no") == 0)
        return 0;
    for (size_t i = 0; i < plain; i++) {
        char frozen[PLAN_TEXT_BYTES + 16];
        snprintf(frozen, sizeof frozen, "freeze+%s", p->tunings.text[i]);
        if (plan_add(p, "tuning", frozen, error, error_size) != 0)
            return -1;
    }
    if (freeze && strcmp(freeze, "yes") == 0) {
        p->tunings.count -= plain;
        memmove(p->tunings.text, p->tunings.text + plain, p->tunings.count * sizeof *p->tunings.text);
    }
    return 0;
}

static int new_plan(struct tune_options *o, struct plan *p, char *error, size_t error_size)
{
    plan_init(p);
    for (size_t i = 0; i < 3; i++)
        if (!o->plan.thresholds[i])
            o->plan.thresholds[i] = default_thresholds[i];
    if (plan_add_workload(p, o->workload, error, error_size) != 0 ||
        options_apply_dimensions(&o->plan, p, error, error_size) != 0 ||
        add_frozen(p, o->freeze, error, error_size) != 0 ||
        (p->allocators.count == 0 && add_allocators(p, error, error_size) != 0))
        return -1;
    return read_rounds(o, &p->rounds, error, error_size);
}

static int resumed_plan(const struct tune_options *o, struct plan *p, char *error, size_t error_size)
{
    struct result_set results;
    char reason[ERROR_BYTES];
    if (store_load(o->out, &results, error, error_size) != 0)
        return -1;
    int status = 0;
    if (!find_result_fact(&results, TUNE_FACT))
        status = line_error(error, error_size, "%s holds a sweep, no search; gcsweep sweep --resume goes on with it",
                            o->out);
    else if (plan_from_json(results.plan, p, reason, sizeof reason) != 0)
        status = line_error(error, error_size, "%s: its plan: %s", o->out, reason);
    result_set_free(&results);
    return status;
}

/* plan_free releases `p` whatever the result. */
static int make_plan(struct tune_options *o, struct plan *p, char *error, size_t error_size)
{
    char reason[ERROR_BYTES];
    if ((o->resume ? resumed_plan(o, p, error, error_size) : new_plan(o, p, error, error_size)) != 0)
        return -1;
    if (o->budget && units_parse_duration(o->budget, &p->budget_ns, reason, sizeof reason) != 0)
        return line_error(error, error_size, "--budget: %s", reason);
    if (o->budget && p->budget_ns == 0)
        return line_error(error, error_size, "--budget: must be longer than 0 s");
    if (options_apply_numbers(&o->plan, p, error, error_size) != 0 || plan_finish(p, error, error_size) != 0)
        return -1;
    if (!o->whole_grid && tune_check(p, reason, sizeof reason) != 0)
        return line_error(error, error_size, "%s%s", reason, strstr(reason, "too few") ? ": --grid does" : "");
    return 0;
}

/* ---- What was found ---- */

static void say_next(const char *directory)
{
    char line[PLAN_TEXT_BYTES * 4] = "gcsweep recommend --confirm";
    command_line_add(line, sizeof line, directory);
    printf("Next: %s  tries the advice on the real CPython", line);
    snprintf(line, sizeof line, "gcsweep report");
    command_line_add(line, sizeof line, directory);
    printf("; %s  draws the front.\n", line);
}

static void say_resume(const struct tune_options *o, const char *why)
{
    char command[PLAN_TEXT_BYTES * 4] = "";
    command_line_add(command, sizeof command, program_invocation_name);
    line_append(command, sizeof command, " %s --resume --out", o->whole_grid ? "sweep" : "tune");
    command_line_add(command, sizeof command, o->out);
    cli_say("%s; this goes on: %s", why, command);
}

/* What was run, of what there is. */
static void print_runs(const struct plan *p, const struct tune_result *t)
{
    size_t whole = t->grid_cells * p->rounds;
    printf("%zu of %zu configurations explored, %zu run %u times: %zu runs of the %zu that the whole grid takes "
           "(%.1f %%).\n",
           t->explored, t->grid_cells, t->finalists, p->rounds, t->runs, whole, 100 * (double)t->runs / (double)whole);
}

/* The front, what to use of it, and the lines to paste, as recommend says it. */
static int show_advice(const struct summary *s)
{
    const struct advice_request request = {.budget = {NAN, NAN, NAN}, .seed = 1};
    const struct subject *subject = &s->subjects[0];
    struct advice advice;

    if (s->subject_count == 0 || comparable_subjects(s, &subject, 1, &subject) == 0) {
        cli_refuse("no run that counts, so no front");
        return CLI_FAILED;
    }
    if (advise(s, &subject, 1, &request, &advice) != 0)
        return cli_refuse("out of memory");
    bool written = write_advice_warnings(s, false, stdout) == 0 && write_advice(&advice, false, stdout) == 0;
    int status = written ? CLI_DONE : cli_refuse("out of memory");
    advice_free(&advice);
    return status;
}

static int show_front(const struct tune_options *o)
{
    struct result_set results;
    struct summary summary;
    char error[ERROR_BYTES];
    if (store_load(o->out, &results, error, sizeof error) != 0)
        return cli_refuse(error);
    int status = CLI_FAILED;
    if (summarise(&results, &summary) != 0) {
        cli_refuse("out of memory");
    } else {
        status = show_advice(&summary);
        if (status == CLI_DONE && o->against)
            status = tune_check_against(&summary, o->against);
        summary_free(&summary);
    }
    result_set_free(&results);
    return status;
}

static int show_end(const struct tune_options *o, const struct plan *p, const struct tune_result *t)
{
    char took[UNITS_TEXT_BYTES];
    units_show_duration(t->sweep.sweep_ns, took);
    cli_say("%zu run%s in %s, %zu not ok; results in %s", t->sweep.runs, t->sweep.runs == 1 ? "" : "s", took,
            t->sweep.failed, o->out);
    if (t->sweep.stopped == SWEEP_INTERRUPTED) {
        say_resume(o, "interrupted");
        return CLI_INTERRUPTED;
    }
    if (t->sweep.stopped == SWEEP_BUDGET)
        say_resume(o, "the budget ended before the search did");
    if (t->sweep.stopped == SWEEP_DONE && !o->whole_grid)
        print_runs(p, t);
    int status = show_front(o);
    say_next(o->out);
    return cli_finish(status);
}

/* ---- The search ---- */

static int run_into(const struct tune_options *o, const struct plan *p, struct runner *r, struct store *s)
{
    char error[ERROR_BYTES];
    struct tune_result result = {0};
    r->interrupted = interrupt_watch();
    int ran = o->whole_grid ? sweep_run(p, r, s, &result.sweep, error, sizeof error)
                            : tune_run(p, r, s, o->out, &result, error, sizeof error);
    if (ran != 0)
        cli_refuse(error);
    int closed = store_close(s, error, sizeof error);
    interrupt_release();
    if (ran == 0 && closed != 0)
        cli_refuse(error);
    return ran == 0 && closed == 0 ? show_end(o, p, &result) : CLI_FAILED;
}

static int search(struct tune_options *o, const char *command)
{
    char error[ERROR_BYTES];
    struct plan plan = {0};
    struct store *s;
    struct runner runner;
    int status = CLI_UNUSABLE;
    if (make_plan(o, &plan, error, sizeof error) != 0) {
        cli_refuse(error);
    } else {
        runner_init(&runner, &plan);
        enum results_kind kind = o->whole_grid ? RESULTS_SWEEP : RESULTS_SEARCH;
        int opened = results_open(o->out, o->resume, kind, &plan, &runner, command, &s, error, sizeof error);
        status = opened == 0 ? run_into(o, &plan, &runner, s) : cli_refuse(error);
    }
    plan_free(&plan);
    return status;
}

static int replay(const struct tune_options *o)
{
    char error[ERROR_BYTES];
    unsigned rounds = 0; /* as many as there are */
    uint64_t seeds = 20;
    if (read_rounds(o, &rounds, error, sizeof error) != 0 ||
        (o->seeds && units_parse_count("--seeds", o->seeds, 1, 100000, &seeds, error, sizeof error) != 0))
        return cli_refuse(error);
    return cli_finish(tune_check_replay(o->replay, rounds, seeds));
}

int cli_tune(int argc, char **argv)
{
    struct tune_options o = {0};
    char error[ERROR_BYTES];
    char *command = command_line_make(argc, argv); /* before argp sorts the arguments */
    if (!command)
        return cli_refuse("out of memory");
    int status = parse_arguments(argc, argv, &o) == 0 ? CLI_DONE : CLI_UNUSABLE;
    if (status == CLI_DONE && check_combination(&o, error, sizeof error) != 0)
        status = cli_refuse(error);
    if (status == CLI_DONE)
        status = o.replay ? replay(&o) : search(&o, command);
    free(command);
    return status;
}
