/* run.c - gcsweep run: one configuration once. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/choices.h"
#include "harness/cli/cli.h"
#include "harness/cli/options.h"
#include "harness/cli/run_table.h"
#include "harness/cli/sites_table.h"
#include "harness/exporters/timeline_file.h"
#include "harness/sweep/census_run.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runner.h"
#include "harness/sweep/site_run.h"
#include "harness/sweep/units.h"

enum { KEY_FORMAT = OPTION_OWN, KEY_SITES, KEY_TIMELINE, KEY_CENSUS, KEY_FAIL_NTH, ERROR_BYTES = 1024 };

struct run_options {
    struct plan_options plan;
    const char *workload;
    const char *timeline; /* a file to write it to; NULL for none */
    bool json;
    bool census;
    struct fault_point fail_nth;
    unsigned sites; /* rows of each table; 0: none asked for */
};

static const struct argp_option rows[] = {
    {"format", KEY_FORMAT, "FORMAT", 0, "human (default) or json: the whole record, one line", 3},
    {"sites", KEY_SITES, "N", 0,
     "also the N lines of the workload with most bytes live at the peak, and the N that allocated most (runtime model; "
     "from a second, untimed run)",
     3},
    {"census", KEY_CENSUS, NULL, 0,
     "also the live set and the floating garbage at their peak, of any workload: from a second, untimed run on the "
     "model, whose heap is marked from the roots before each collection and at the end",
     3},
    {"timeline", KEY_TIMELINE, "FILE", 0,
     "also write every pause and request, and memory over time, into the new FILE: Chrome trace events, which "
     "ui.perfetto.dev opens; an HdrHistogram log where the name ends in .hlog",
     3},
    {"fail-nth", KEY_FAIL_NTH, "N", 0,
     "the Nth block that the heap asks for gets no memory (runtime model); also malloc:N, the Nth request to malloc, "
     "and arena:N, the Nth arena of the pools; N+: and all after it. What that leaves is checked",
     3},
    {0},
};

static error_t parse_sites(struct run_options *o, const char *text, struct argp_state *state)
{
    uint64_t sites = 0;
    char error[ERROR_BYTES];
    if (units_parse_count("--sites", text, 1, SITE_RUN_MOST, &sites, error, sizeof error) != 0)
        return cli_refuse_option(state, "%s", error);
    o->sites = (unsigned)sites;
    return 0;
}

static error_t parse_fail_nth(struct run_options *o, const char *text, struct argp_state *state)
{
    char error[ERROR_BYTES];
    if (fault_point_parse(text, &o->fail_nth, error, sizeof error) != 0)
        return cli_refuse_option(state, "--fail-nth: %s", error);
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct run_options *o = state->input;
    int format;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &o->plan;
        return 0;
    case KEY_FORMAT:
        if (choice_take(state, "format", run_formats, argument, &format) != 0)
            return EINVAL;
        o->json = format == RUN_FORMAT_JSON;
        return 0;
    case KEY_SITES:
        return parse_sites(o, argument, state);
    case KEY_TIMELINE:
        o->timeline = argument;
        return 0;
    case KEY_FAIL_NTH:
        return parse_fail_nth(o, argument, state);
    case KEY_CENSUS:
        o->census = true;
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
const struct argp run_argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "WORKLOAD",
    .doc = "Runs one configuration once, in a fresh process, and prints what it measured. A workload is one of gcsweep "
           "list workloads or a heap script, script:FILE.heap.\v"
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

/* The record's object, and the sites as one more of its members. */
static int print_json(const struct run_record *record, const struct site_run *sites)
{
    size_t length = record_write(record, NULL, 0);
    char *text = malloc(length + 1);
    if (!text) {
        cli_refuse("out of memory");
        return -1;
    }
    record_write(record, text, length + 1);
    int result = 0;
    if (sites) {
        text[length - 1] = '\0';
        printf("%s,\"sites\":", text);
        result = sites_table_print_json(sites, stdout);
        puts("}");
    } else {
        puts(text);
    }
    free(text);
    if (result != 0)
        cli_refuse("out of memory");
    return result;
}

static int print(const struct run_options *o, const struct run_record *record, const struct site_run *sites)
{
    if (o->json)
        return print_json(record, sites);
    if (run_table_print(record, stdout) != 0) {
        cli_refuse("out of memory");
        return -1;
    }
    if (sites)
        sites_table_print(sites, stdout);
    return 0;
}

/* After a run that was ok: its sites, where they were asked for, and the output. */
static int print_run(const struct run_options *o, const struct runner *r, const struct plan *p,
                     const struct plan_configuration *c, const struct run_record *record)
{
    char error[ERROR_BYTES];
    struct site_run sites;
    bool ok = strcmp(record->status, "ok") == 0;
    int result = o->sites > 0 && ok ? site_run(r, p, c, o->sites, &sites, error, sizeof error) : 0;
    if (result == RUNNER_INTERRUPTED)
        return CLI_INTERRUPTED;
    bool have_sites = o->sites > 0 && ok && result == 0;
    int printed = print(o, record, have_sites ? &sites : NULL);
    if (have_sites)
        site_run_free(&sites);
    if (printed != 0)
        return CLI_FAILED;
    if (result != 0)
        cli_refuse(error);
    if (ok && record->message[0])
        cli_say("%s", record->message);
    if (!ok)
        cli_say("the run ended as %s: %s", record->status, record->message);
    return ok && result == 0 ? CLI_DONE : CLI_FAILED;
}

/* As census_run; 0 where none was asked for, or the run did not end well. */
static int add_census(const struct run_options *o, const struct runner *r, const struct plan *p,
                      const struct plan_configuration *c, struct run_record *record, char *error, size_t error_size)
{
    struct census_result census;
    if (!o->census || strcmp(record->status, "ok") != 0)
        return 0;
    int result = census_run(r, p, c, false, &census, error, error_size);
    if (result == 0)
        census_record(&census, record);
    return result;
}

/* `timeline`: NULL for none. */
static int run_watched(const struct run_options *o, struct runner *r, const struct plan *p,
                       const struct plan_configuration *c, struct timeline_file *timeline)
{
    char error[ERROR_BYTES];
    struct run_record record;
    int result = runner_run(r, p, c, 0, &record, error, sizeof error);
    if (result == RUNNER_INTERRUPTED)
        return CLI_INTERRUPTED;
    if (result != 0) {
        cli_refuse(error);
        return CLI_FAILED;
    }
    int counted = add_census(o, r, p, c, &record, error, sizeof error);
    if (counted == RUNNER_INTERRUPTED) {
        record_free(&record);
        return CLI_INTERRUPTED;
    }
    if (counted != 0)
        cli_refuse(error);
    int status = print_run(o, r, p, c, &record);
    if (counted != 0)
        status = status == CLI_DONE ? CLI_FAILED : status;
    if (timeline && timeline_file_write(timeline, &record, error, sizeof error) != 0) {
        cli_refuse(error);
        status = status == CLI_DONE ? CLI_FAILED : status;
    }
    record_free(&record);
    return status;
}

static int run_once(const struct run_options *o, const struct plan *p, const struct plan_configuration *c)
{
    char error[ERROR_BYTES];
    struct runner runner;
    runner_init(&runner, p);
    runner.fail_nth = o->fail_nth;
    if (o->fail_nth.nth > 0 && strcmp(c->runtime, "model") != 0)
        return cli_refuse("--fail-nth needs --runtime model: nothing can be made to fail in the real CPython");
    if ((o->sites > 0 && site_run_check(&runner, c, error, sizeof error) != 0) ||
        runner_check(&runner, c, error, sizeof error) != 0)
        return cli_refuse(error);
    struct timeline_file timeline;
    if (o->timeline && timeline_file_open(&timeline, o->timeline, error, sizeof error) != 0)
        return cli_refuse(error);
    runner.timeline_fd = o->timeline ? timeline.fd : -1;
    runner.interrupted = interrupt_watch();
    int status = run_watched(o, &runner, p, c, o->timeline ? &timeline : NULL);
    interrupt_release();
    if (o->timeline)
        timeline_file_close(&timeline);
    if (status == CLI_INTERRUPTED)
        cli_refuse("interrupted");
    return cli_finish(status);
}

int cli_run(int argc, char **argv)
{
    struct run_options o = {0};
    char error[ERROR_BYTES];
    if (cli_parse(&run_argp, argc, argv, &o) != 0)
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
