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

int cli_run(int argc, char **argv);
int cli_sweep(int argc, char **argv);
int cli_verify(int argc, char **argv);
int cli_merge(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_export(int argc, char **argv);
int cli_recommend(int argc, char **argv);
int cli_script(int argc, char **argv);
int cli_list(int argc, char **argv);
int cli_doctor(int argc, char **argv);
int cli_tune(int argc, char **argv);
int cli_stress(int argc, char **argv);
int cli_graph(int argc, char **argv);
int cli_compare(int argc, char **argv);

struct cli_command {
    const char *name;
    const char *arguments; /* as in a usage line */
    const char *help;      /* one line */
    int (*run)(int argc, char **argv);
};
extern const struct cli_command cli_commands[];
extern const unsigned cli_command_count;

/* Dispatches to the subcommand that argv[1] names: the exit status. */
int cli_main(int argc, char **argv);
/* "gcsweep: MESSAGE" and a line feed on standard error; returns CLI_UNUSABLE. */
int cli_refuse(const char *message);
/* Parses a subcommand's arguments: 0, or CLI_UNUSABLE after one line on standard
 * error, without argp's advice to try --help below it. */
int cli_parse(const struct argp *argp, int argc, char **argv, void *input);
/* For argp's parsers, which return its result: "gcsweep NAME: MESSAGE". */
int cli_refuse_option(const struct argp_state *state, const char *form, ...) __attribute__((format(printf, 2, 3)));
/* Flushes standard output: `status`, or CLI_FAILED with one line when it could
 * not be written. */
int cli_finish(int status);

#endif
