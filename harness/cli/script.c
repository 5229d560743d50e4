/* script.c - gcsweep script: a heap script, line by line. */
#include <argp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/cli.h"
#include "harness/cli/options.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/script_show.h"

enum { ERROR_BYTES = 1024 };

struct script_options {
    struct plan_options limits;
    const char *path;
    const struct runtime_row *runtime;
};

static const struct argp_option rows[] = {
    {"runtime", OPTION_RUNTIME, "NAME", 0, "model (default) or cpython", 0},
    {"timeout", OPTION_TIMEOUT, "TIME", 0, "such as 90s, 10m (default 60s)", 0},
    {"memory-limit", OPTION_MEMORY_LIMIT, "SIZE", 0,
     "resident, such as 500M, 4G; 0 for none (default: 80 % of what is available)", 0},
    {0},
};

static error_t take_runtime(struct script_options *o, const char *name, struct argp_state *state)
{
    o->runtime = find_runtime(name);
    if (o->runtime)
        return 0;
    char known[256] = "";
    for (size_t i = 0; i < runtime_row_count; i++)
        line_append(known, sizeof known, "%s%s", i > 0 ? ", " : "", runtime_rows[i].name);
    return cli_refuse_option(state, "unknown runtime '%s'; known: %s", name, known);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct script_options *o = state->input;
    switch (key) {
    case OPTION_RUNTIME:
        return take_runtime(o, argument, state);
    case OPTION_TIMEOUT:
        o->limits.timeout = argument;
        return 0;
    case OPTION_MEMORY_LIMIT:
        o->limits.memory_limit = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (o->path)
            return cli_refuse_option(state, "one script at a time, and '%s' is a second one", argument);
        o->path = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return cli_refuse_option(state, "which script? A file, or - for standard input");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp script_argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "FILE.heap",
    .doc = "Runs a heap script (`-`: standard input) in a fresh process and shows the lines that it prints.\v"
           "Exit status: 0 done, 1 out of memory or over a limit, 2 the script is wrong, or cannot be read, 3 "
           "interrupted.",
};

/* A reader that went away ends us as it ends any program in a pipe. */
static int leave_pipe(void)
{
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
    return CLI_FAILED;
}

static int show(const struct script_options *o, const struct plan *limits)
{
    char error[ERROR_BYTES];
    struct runner runner;
    struct script_ending ending;
    runner_init(&runner, limits);
    if (!runner.program[o->runtime - runtime_rows][0]) {
        line_error(error, sizeof error, "runtime %s: %s is not there; %s", o->runtime->name, o->runtime->program,
                   o->runtime->missing);
        return cli_refuse(error);
    }
    runner.interrupted = interrupt_watch();
    int result = script_show(&runner, o->runtime->name, o->path, &ending, error, sizeof error);
    interrupt_release();
    if (result == RUNNER_INTERRUPTED) {
        cli_refuse("interrupted");
        return CLI_INTERRUPTED;
    }
    if (result != 0) {
        cli_refuse(error);
        return CLI_FAILED;
    }
    if (ending.reader_gone)
        return leave_pipe();
    if (ending.status != 0)
        cli_refuse(ending.message);
    return ending.status;
}

int cli_script(int argc, char **argv)
{
    struct script_options o = {.runtime = &runtime_rows[0]};
    char error[ERROR_BYTES];
    if (cli_parse(&script_argp, argc, argv, &o) != 0)
        return CLI_UNUSABLE;
    struct plan limits;
    plan_init(&limits);
    int status =
        options_apply_numbers(&o.limits, &limits, error, sizeof error) == 0 ? show(&o, &limits) : cli_refuse(error);
    plan_free(&limits);
    return status;
}
