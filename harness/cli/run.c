/* run.c - gcsweep run: one configuration once. */
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/cli.h"
#include "harness/cli/options.h"
#include "harness/cli/run_table.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runner.h"

enum { KEY_FORMAT = OPTION_OWN, ERROR_BYTES = 1024 };

struct run_options {
    struct plan_options plan;
    const char *workload;
    bool json;
};

static const struct argp_option rows[] = {
    {"format", KEY_FORMAT, "FORMAT", 0, "human (default) or json: the whole record, one line", 3},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct run_options *o = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->plan;
        return 0;
    case KEY_FORMAT:
        o->json = strcmp(argument, "json") == 0;
        if (!o->json && strcmp(argument, "human") != 0)
            return cli_refuse_option(state, "--format is human or json, not '%s'", argument);
        return 0;
    case ARGP_KEY_ARG:
        if (o->workload)
            return cli_refuse_option(state, "one workload at a time, and '%s' is a second one", argument);
        o->workload = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return cli_refuse_option(state, "which workload? `gcsweep list workloads` names them");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&options_argp, 0, NULL, 0}, {0}};
static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "WORKLOAD",
    .doc = "Runs one configuration once, in a fresh process, and prints what it measured.\v"
           "Exit status: 0 the run is ok, 1 it ended otherwise, 2 input that cannot be used, 3 interrupted.",
    .children = children,
};

/* The plan of one configuration (and its twin, which is not run). */
static int make_plan(struct run_options *o, struct plan *p, struct plan_configuration **list, char *error,
                     size_t error_size)
{
    size_t count;
    if (plan_add_workload(p, o->workload, error, error_size) != 0 ||
        options_apply_dimensions(&o->plan, p, error, error_size) != 0 ||
        options_apply_numbers(&o->plan, p, error, error_size) != 0 || plan_finish(p, error, error_size) != 0 ||
        plan_configurations(p, list, &count, error, error_size) != 0)
        return -1;
    if (count <= 2)
        return 0;
    return line_error(error, error_size, "run takes one value for each option; gcsweep sweep takes several");
}

static int print_json(const struct run_record *record)
{
    size_t length = record_write(record, NULL, 0);
    char *text = malloc(length + 1);
    if (!text) {
        cli_refuse("out of memory");
        return -1;
    }
    record_write(record, text, length + 1);
    puts(text);
    free(text);
    return 0;
}

static int run_once(const struct run_options *o, const struct plan *p, const struct plan_configuration *c)
{
    char error[ERROR_BYTES];
    struct runner runner;
    struct run_record record;
    runner_init(&runner, p);
    if (runner_check(&runner, c, error, sizeof error) != 0)
        return cli_refuse(error);
    runner.interrupted = interrupt_watch();
    int result = runner_run(&runner, p, c, 0, &record, error, sizeof error);
    interrupt_release();
    if (result == RUNNER_INTERRUPTED) {
        cli_refuse("interrupted");
        return CLI_INTERRUPTED;
    }
    if (result != 0) {
        cli_refuse(error);
        return CLI_FAILED;
    }
    bool ok = strcmp(record.status, "ok") == 0;
    int status = ok ? CLI_DONE : CLI_FAILED;
    if (!o->json)
        run_table_print(&record, stdout);
    else if (print_json(&record) != 0)
        status = CLI_FAILED;
    if (!ok)
        fprintf(stderr, "gcsweep: the run ended as %s: %s\n", record.status, record.message);
    record_free(&record);
    return cli_finish(status);
}

int cli_run(int argc, char **argv)
{
    struct run_options o = {0};
    char error[ERROR_BYTES];
    if (cli_parse(&argp, argc, argv, &o) != 0)
        return CLI_UNUSABLE;

    struct plan plan;
    struct plan_configuration *list = NULL;
    plan_init(&plan);
    int status =
        make_plan(&o, &plan, &list, error, sizeof error) == 0 ? run_once(&o, &plan, &list[0]) : cli_refuse(error);
    free(list);
    plan_free(&plan);
    return status;
}
