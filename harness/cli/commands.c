/* commands.c - the table of subcommands, and what finds one in it. */
#include <argp.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/cli.h"
#include "harness/sweep/line.h"
#include "version.h"

const struct cli_command cli_commands[] = {
    {"run", "WORKLOAD", "one configuration once", cli_run},
    {"sweep", "--out DIR", "many configurations, round by round, into a results folder", cli_sweep},
    {"merge", "DIR DIR...", "results of shards or machines as those of one sweep", cli_merge},
    {"report", "DIR", "tables, pictures and a page of a results folder", cli_report},
    {"export", "DIR --format F", "the results in the format of another tool: hyperfine, benchstat, pyperf, ...",
     cli_export},
    {"recommend", "DIR", "which setting to use, how sure that is, and the lines to paste", cli_recommend},
    {"compare", "A B", "two sweeps, or two settings of one: ratios, intervals, verdicts", cli_compare},
    {"verify", "[WORKLOAD...]", "the model against the real CPython, count by count", cli_verify},
    {"script", "FILE.heap", "a heap script, line by line, on either runtime", cli_script},
    {"list", "WHAT", "workloads, allocators, collectors, tunings or runtimes", cli_list},
    {"doctor", "", "this machine as a benchmark host", cli_doctor},
    {"graph", "FILE.heap", "the objects that a heap script leaves behind, as a picture", cli_graph},
    {"tune", "WORKLOAD", "the Pareto front of a workload's settings without the whole grid", cli_tune},
    {"stress", "", "random mutation of the model with the heap checked", cli_stress},
};
const unsigned cli_command_count = sizeof cli_commands / sizeof cli_commands[0];

const char *argp_program_version = "gcsweep " GCSWEEP_VERSION;

int cli_refuse(const char *message)
{
    fprintf(stderr, "gcsweep: %s\n", message);
    return CLI_UNUSABLE;
}

int cli_refuse_option(const struct argp_state *state, const char *form, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, form);
    vsnprintf(message, sizeof message, form, arguments);
    va_end(arguments);
    line_clean(message);
    fprintf(stderr, "%s: %s\n", state->name, message);
    return EINVAL;
}

/* getopt says what is wrong with an option; argp would say more. */
static error_t parse_quietly(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = state->input;
    state->err_stream = NULL;
    return 0;
}

int cli_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    const struct argp_child children[] = {{.argp = argp}, {0}};
    const struct argp quiet = {.parser = parse_quietly, .children = children};
    return argp_parse(&quiet, argc, argv, 0, NULL, input) == 0 ? 0 : CLI_UNUSABLE;
}

int cli_finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "gcsweep: standard output: %s\n", strerror(errno));
    return CLI_FAILED;
}

static int help(void)
{
    printf("Usage: gcsweep COMMAND [OPTION...]\n"
           "Measures garbage-collector thresholds and memory allocators side by side.\n\n");
    for (unsigned i = 0; i < cli_command_count; i++)
        printf("  %-9s %-14s %s\n", cli_commands[i].name, cli_commands[i].arguments, cli_commands[i].help);
    printf("\n`gcsweep COMMAND --help` lists a command's options.\n\n"
           "Exit status: 0 done, 1 a check did not hold or a run was not ok,\n"
           "2 input that cannot be used, 3 interrupted and resumable.\n");
    return cli_finish(CLI_DONE);
}

static int refuse_command(const char *name)
{
    char message[512];
    if (name)
        line_error(message, sizeof message, "unknown command '%s'; known:", name);
    else
        line_error(message, sizeof message, "which command? There are:");
    for (unsigned i = 0; i < cli_command_count; i++)
        line_append(message, sizeof message, "%s %s", i > 0 ? "," : "", cli_commands[i].name);
    return cli_refuse(message);
}

int cli_main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name)
        return refuse_command(NULL);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-?") == 0 || strcmp(name, "help") == 0)
        return help();
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("%s\n", argp_program_version);
        return cli_finish(CLI_DONE);
    }
    for (unsigned i = 0; i < cli_command_count; i++) {
        if (strcmp(cli_commands[i].name, name) != 0)
            continue;
        char full_name[64];
        snprintf(full_name, sizeof full_name, "gcsweep %s", name);
        argv[1] = full_name;
        return cli_commands[i].run(argc - 1, argv + 1);
    }
    return refuse_command(name);
}
