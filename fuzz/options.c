/* options.c - the command line: a subcommand and its arguments, one a line,
 * parsed and checked up to where something would be read, written or started.
 *
 * Those places are external functions that the linker sends here first
 * (options.wrap); they refuse while this target runs and do
 * their work for everybody else. A subcommand that is not among `known` ends
 * with the parsing of its options. */
#include "fuzz/target.h"

#include <argp.h>
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/shown.h"
#include "harness/cli/cli.h"
#include "harness/cli/results_folder.h"
#include "harness/cli/stress_faults.h"
#include "harness/store/merge.h"
#include "harness/stress/stress.h"
#include "harness/sweep/interpreter.h"
#include "harness/sweep/line.h"
#include "harness/sweep/site_run.h"
#include "harness/sweep/sleeper.h"
#include "harness/worker/counters.h"
#include "workloads/script/script_file.h"

enum { ARGUMENTS_MOST = 64 };

static bool active;     /* the wrapped functions refuse */
static bool parse_only; /* the subcommand ends when its options are parsed */

static const char *const known[] = {"run",    "sweep",  "merge", "report", "export", "compare", "recommend",
                                    "verify", "script", "list",  "graph",  "tune",   "stress",  "doctor"};

/* ---- Where a subcommand would go on to read, write or start something ---- */

static int stop(const char *what, char *error, size_t error_size)
{
    return line_error(error, error_size, "%s: not here", what);
}

/* One function of the program: what it gives here, and its own work elsewhere. */
#define WRAP(type, name, parameters, arguments, here)     \
    type __real_##name parameters;                        \
    type __wrap_##name parameters;                        \
    type __wrap_##name parameters                         \
    {                                                     \
        return active ? (here) : __real_##name arguments; \
    }

WRAP(int, store_load, (const char *directory, struct result_set *out, char *error, size_t error_size),
     (directory, out, error, error_size), stop(directory, error, error_size))
WRAP(int, plan_from_file, (const char *path, struct plan *p, char *error, size_t error_size),
     (path, p, error, error_size), (plan_init(p), stop(path, error, error_size)))
WRAP(int, script_file_open, (struct script_file * f, const char *path, char *error, size_t error_size),
     (f, path, error, error_size), stop(path, error, error_size))
WRAP(int, merge_open,
     (const char *const *directories, size_t count, enum merge_lists lists, struct merge **out, char *error,
      size_t error_size),
     (directories, count, lists, out, error, error_size), stop(directories[0], error, error_size))
WRAP(int, results_open,
     (const char *directory, bool resume, enum results_kind kind, const struct plan *p, const struct runner *r,
      const char *command, struct store **out, char *error, size_t error_size),
     (directory, resume, kind, p, r, command, out, error, error_size), stop(directory, error, error_size))
WRAP(int, runner_check, (const struct runner *r, const struct plan_configuration *c, char *error, size_t error_size),
     (r, c, error, error_size), stop(c->key, error, error_size))
WRAP(int, site_run_check, (const struct runner *r, const struct plan_configuration *c, char *error, size_t error_size),
     (r, c, error, error_size), stop(c->key, error, error_size))
WRAP(int, verify_pools, (const struct plan *p), (p), CLI_DONE)
WRAP(int, verify_random, (const struct plan *p, uint64_t scripts, const char *save), (p, scripts, save), CLI_DONE)
WRAP(int, tune_check_replay, (const char *directory, unsigned rounds, uint64_t seeds), (directory, rounds, seeds),
     CLI_DONE)
WRAP(int, card_print, (const char *workload), (workload), CLI_DONE)
WRAP(int, stress_run, (const struct stress_options *options, struct stress_result *result), (options, result),
     (memset(result, 0, sizeof *result), 0))
WRAP(int, stress_faults, (const char *const *names, size_t count, uint64_t points, uint64_t seed),
     (names, count, points, seed), CLI_DONE)
WRAP(int, interpreter_find, (char *path, size_t size, char *error, size_t error_size), (path, size, error, error_size),
     stop("python", error, error_size))
WRAP(int, sleeper_measure, (int cpu, int own_cpu, uint64_t duration_ns, struct sleeper_gaps *out),
     (cpu, own_cpu, duration_ns, out), ENOSYS)
WRAP(int, counters_open, (struct counters * counters, const struct counter_event *events), (counters, events),
     (memset(counters, 0, sizeof *counters), ENOSYS))

/* What stress and doctor call themselves: no file is read, no folder made, no program started, and no pointer of
 * theirs stays in the environment. libFuzzer may have a finding to write. */
WRAP(FILE *, fopen, (const char *path, const char *mode), (path, mode),
     mode[0] == 'r' ? (errno = EACCES, NULL) : __real_fopen(path, mode))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), (errno = EACCES, -1))
WRAP(int, posix_spawn,
     (pid_t * child, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
      char *const *words, char *const *environment),
     (child, path, actions, attributes, words, environment), ENOSYS)
WRAP(int, putenv, (char *text), (text), 0)

/* It would bind this process to one processor. */
void __real_runner_init(struct runner *r, const struct plan *p);
void __wrap_runner_init(struct runner *r, const struct plan *p);
void __wrap_runner_init(struct runner *r, const struct plan *p)
{
    if (active)
        memset(r, 0, sizeof *r);
    else
        __real_runner_init(r, p);
}

/* --help and --version leave the process otherwise. */
error_t __real_argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *index, void *input);
error_t __wrap_argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *index, void *input);
error_t __wrap_argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *index, void *input)
{
    error_t result = __real_argp_parse(argp, argc, argv, flags | (active ? ARGP_NO_EXIT : 0), index, input);
    return active && parse_only && result == 0 ? EINVAL : result;
}

/* ---- The command line ---- */

/* The words of a text, one a line: how many. */
static int split(char *text, char *words[ARGUMENTS_MOST + 2])
{
    int count = 1;

    words[0] = "gcsweep";
    for (char *at = text; at && count <= ARGUMENTS_MOST; count++) {
        words[count] = at;
        at = strchr(at, '\n');
        if (at)
            *at++ = '\0';
    }
    words[count] = NULL;
    return count;
}

static bool is_known(const char *command)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(command, known[i]) == 0)
            return true;
    return false;
}

/* What went to standard output and error is text; a refusal says something. */
static void check(int status, struct shown *output, struct shown *errors)
{
    fuzz_expect(fflush(errors->f) == 0, "errors written");
    bool said = errors->size > 0;
    fuzz_expect(status == CLI_DONE || status == CLI_FAILED || status == CLI_UNUSABLE, "an exit status that is known");
    fuzz_expect(status != CLI_UNUSABLE || said || parse_only, "a refusal with a reason");
    shown_as_text(output);
    shown_as_text(errors);
}

void fuzz_options(const uint8_t *bytes, size_t count)
{
    char *words[ARGUMENTS_MOST + 2], *name = program_invocation_name, *short_name = program_invocation_short_name;
    char *text = malloc(count + 1);
    FILE *own_output = stdout, *own_errors = stderr;
    struct shown output, errors;

    memcpy(text, bytes, count);
    text[count] = '\0';
    int word_count = split(text, words);
    shown_open(&output);
    shown_open(&errors);
    active = true;
    parse_only = !is_known(words[1]);
    stdout = output.f;
    stderr = errors.f;
    int status = cli_main(word_count, words);
    stdout = own_output;
    stderr = own_errors;
    active = false;
    program_invocation_name = name;
    program_invocation_short_name = short_name;
    check(status, &output, &errors);
    free(text);
}
