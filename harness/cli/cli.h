/* cli.h - the subcommands of gcsweep, one file each.
 *
 * Each takes its own arguments, argv[0] being "gcsweep NAME", and returns the
 * exit status. Results go to standard output, all else to standard error; an
 * error is one line. argp exits by itself for --help.
 */
#ifndef GCSWEEP_CLI_H
#define GCSWEEP_CLI_H

enum cli_status {
    CLI_DONE = 0,
    CLI_FAILED = 1,      /* a check did not hold, a run ended in a status other than ok */
    CLI_UNUSABLE = 2,    /* input that cannot be used */
    CLI_INTERRUPTED = 3, /* and can be resumed */
};

struct argp;
struct argp_state;

#define COMMAND(name, group, arguments, help) \
    int cli_##name(int argc, char **argv);    \
    extern const struct argp name##_argp;
#include "harness/cli/commands.def"
#undef COMMAND

/* What a command is for, as the help groups them. */
enum cli_group { CLI_MEASURE, CLI_DECIDE, CLI_SHOW, CLI_CHECK, CLI_GROUPS };
extern const char *const cli_group_names[CLI_GROUPS];

struct cli_command {
    const char *name;
    enum cli_group group;
    const char *arguments; /* as in a usage line */
    const char *help;      /* one line */
    const struct argp *argp;
    int (*run)(int argc, char **argv);
};
extern const struct cli_command cli_commands[];
extern const unsigned cli_command_count;
const struct cli_command *find_command(const char *name);

/* Dispatches to the subcommand that argv[1] names: the exit status. */
int cli_main(int argc, char **argv);
/* "gcsweep: MESSAGE" and a line feed on standard error, made one line that a terminal may show; returns CLI_UNUSABLE.
 */
int cli_refuse(const char *message);
/* "gcsweep: " and one line on standard error, without control characters. */
void cli_say(const char *form, ...) __attribute__((format(printf, 1, 2)));
/* Parses a subcommand's arguments: 0, or CLI_UNUSABLE after one line on standard
 * error, without argp's advice to try --help below it. */
int cli_parse(const struct argp *argp, int argc, char **argv, void *input);
/* For argp's parsers, which return its result: "gcsweep NAME: MESSAGE". */
int cli_refuse_option(const struct argp_state *state, const char *form, ...) __attribute__((format(printf, 2, 3)));
/* Flushes standard output: `status`, or CLI_FAILED with one line when it could
 * not be written. */
int cli_finish(int status);

#endif
