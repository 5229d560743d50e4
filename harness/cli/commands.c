/* commands.c - the table of subcommands, and what finds one in it. */
#include <argp.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/cli.h"
#include "harness/cli/completion.h"
#include "harness/cli/manual.h"
#include "harness/sweep/line.h"
#include "version.h"

const struct cli_command cli_commands[] = {
#define COMMAND(name, group, arguments, help) {#name, CLI_##group, arguments, help, &name##_argp, cli_##name},
#include "harness/cli/commands.def"
#undef COMMAND
};
const unsigned cli_command_count = sizeof cli_commands / sizeof cli_commands[0];

const char *const cli_group_names[CLI_GROUPS] = {"Measure", "Decide", "Show", "Check"};

const char *argp_program_version = "gcsweep " GCSWEEP_VERSION;

int cli_refuse(const char *message)
{
    cli_say("%s", message);
    return CLI_UNUSABLE;
}

void cli_say(const char *form, ...)
{
    char *line = NULL;
    va_list arguments;
    va_start(arguments, form);
    if (vasprintf(&line, form, arguments) < 0)
        line = NULL;
    va_end(arguments);
    if (line)
        line_clean(line);
    fprintf(stderr, "gcsweep: %s\n", line ? line : "out of memory");
    free(line);
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

/* argp's own, but for two that nobody is told of: --HANG, which `--H` stands for,
 * sleeps an hour, and --program-name changes what messages begin with. */
enum { KEY_HELP = '?', KEY_VERSION = 'V', KEY_USAGE = 1 << 20 };
static const struct argp_option common_rows[] = {
    {"help", KEY_HELP, NULL, 0, "Give this help list", -1},
    {"usage", KEY_USAGE, NULL, 0, "Give a short usage message", -1},
    {"version", KEY_VERSION, NULL, 0, "Print program version", -1},
    {0},
};

/* getopt says what is wrong with an option; argp would say more. */
static error_t parse_common(int key, char *argument, struct argp_state *state)
{
    (void)argument;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = state->input;
        state->err_stream = NULL;
        return 0;
    case KEY_HELP:
        argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
        return 0;
    case KEY_USAGE:
        argp_state_help(state, state->out_stream, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
        return 0;
    case KEY_VERSION:
        fprintf(state->out_stream, "%s\n", argp_program_version);
        if (!(state->flags & ARGP_NO_EXIT))
            exit(CLI_DONE);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Whether a terminal may show it. Of a word of short options getopt shows one byte. */
static bool is_clean(const char *option)
{
    bool is_short = option[1] != '-';
    char *cleaned = strdup(option);
    if (!cleaned)
        return false;
    line_clean(cleaned);
    bool clean = strcmp(cleaned, option) == 0;
    for (const char *at = option; is_short && *at; at++)
        clean = clean && (unsigned char)*at < 0x80;
    free(cleaned);
    return clean;
}

/* getopt shows an option that it does not know as it came. A "--" ends nothing here: it may be an option's value. */
static int check_options(int argc, char **argv)
{
    char message[512];
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '-' || is_clean(argv[i]))
            continue;
        line_error(message, sizeof message, "'%s' holds a character that no option has", argv[i]);
        fprintf(stderr, "%s: %s\n", argv[0], message);
        return CLI_UNUSABLE;
    }
    return 0;
}

int cli_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    const struct argp_child children[] = {{.argp = argp}, {0}};
    const struct argp quiet = {.options = common_rows, .parser = parse_common, .children = children};
    if (check_options(argc, argv) != 0)
        return CLI_UNUSABLE;
    error_t result = argp_parse(&quiet, argc, argv, ARGP_NO_HELP, NULL, input);
    if (result == ENOMEM)
        return cli_refuse("out of memory"); /* argp itself says nothing then */
    return result == 0 ? 0 : CLI_UNUSABLE;
}

int cli_finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fprintf(stderr, "gcsweep: standard output: %s\n", strerror(errno));
    return CLI_FAILED;
}

const struct cli_command *find_command(const char *name)
{
    for (unsigned i = 0; i < cli_command_count; i++)
        if (strcmp(cli_commands[i].name, name) == 0)
            return &cli_commands[i];
    return NULL;
}

static int help(void)
{
    printf("Usage: gcsweep COMMAND [OPTION...]\n"
           "Measures garbage-collector thresholds and memory allocators side by side.\n\n");
    for (unsigned i = 0; i < cli_command_count; i++) {
        const struct cli_command *c = &cli_commands[i];
        bool first = i == 0 || c->group != cli_commands[i - 1].group;
        printf("%-8s %-9s %-14s %s\n", first ? cli_group_names[c->group] : "", c->name, c->arguments, c->help);
    }
    printf("\n`gcsweep COMMAND --help` has its options, `man gcsweep` examples.\n"
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

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    char full_name[64];
    snprintf(full_name, sizeof full_name, "gcsweep %s", command->name);
    argv[0] = full_name;
    return command->run(argc, argv);
}

/* gcsweep help [COMMAND] */
static int help_of(int argc, char **argv)
{
    const struct cli_command *command = argc > 2 ? find_command(argv[2]) : NULL;
    char flag[] = "--help", *words[] = {argv[0], flag, NULL};
    if (argc > 2 && !command)
        return refuse_command(argv[2]);
    return command ? run_command(command, 2, words) : help();
}

int cli_main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name)
        return refuse_command(NULL);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-?") == 0)
        return help();
    if (strcmp(name, "help") == 0)
        return help_of(argc, argv);
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("%s\n", argp_program_version);
        return cli_finish(CLI_DONE);
    }
    if (strcmp(name, "complete") == 0) { /* for the shells */
        completion_write(argc - 2, (const char *const *)(argv + 2), stdout);
        return cli_finish(CLI_DONE);
    }
    if (strcmp(name, "man") == 0) { /* for the Makefile */
        manual_write(stdout);
        return cli_finish(CLI_DONE);
    }
    const struct cli_command *command = find_command(name);
    return command ? run_command(command, argc - 1, argv + 1) : refuse_command(name);
}
