/* stress.c - gcsweep stress: random mutation of the model, checked against an oracle. */
#include "harness/cli/cli.h"
#include "harness/stress/stress.h"

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KEY_SECONDS = 's', KEY_SEED = 'S', KEY_BATCHES = 'b' };

static const struct argp_option known_options[] = {
    {"seconds", KEY_SECONDS, "N", 0, "End after N seconds (30; 0: no limit, with --batches)", 0},
    {"seed", KEY_SEED, "S", 0, "Seed of all that is random (1)", 0},
    {"batches", KEY_BATCHES, "N", 0, "End after the session in which batch N is done (no limit)", 0},
    {0},
};

struct arguments {
    struct stress_options stress;
    bool seconds_given;
};

static bool parse_integer(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

static bool parse_seconds(const char *text, double *out)
{
    char *end;
    *out = strtod(text, &end);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && *out >= 0 && *out <= 1e7;
}

static error_t parse(int key, char *text, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_SECONDS:
        if (!parse_seconds(text, &a->stress.seconds))
            return cli_refuse_option(state, "--seconds is a number from 0 to 10000000, not '%s'", text);
        a->seconds_given = true;
        return 0;
    case KEY_SEED:
        if (!parse_integer(text, &a->stress.seed))
            return cli_refuse_option(state, "--seed is an integer from 0 to 2^64 - 1, not '%s'", text);
        return 0;
    case KEY_BATCHES:
        if (!parse_integer(text, &a->stress.batches) || a->stress.batches == 0)
            return cli_refuse_option(state, "--batches is an integer of at least 1, not '%s'", text);
        return 0;
    case ARGP_KEY_ARG:
        return cli_refuse_option(state, "stress takes no argument, but got '%s'", text);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void show_progress(void *context, const struct stress_result *r)
{
    (void)context;
    fprintf(stderr, "\rstress: %" PRIu64 " batches, %" PRIu64 " mutations, %" PRIu64 " collections", r->batches,
            r->mutations, r->collections);
}

static void print_result(const struct stress_options *options, const struct stress_result *r)
{
    printf("stress: seed %" PRIu64 ": %" PRIu64 " mutations, %" PRIu64 " objects, %" PRIu64 " batches in %" PRIu64
           " heaps, %" PRIu64 " collections, %" PRIu64 " full checks: all held\n",
           options->seed, r->mutations, r->objects, r->batches, r->sessions, r->collections, r->full_checks);
}

int cli_stress(int argc, char **argv)
{
    static const struct argp parser = {
        .options = known_options,
        .parser = parse,
        .doc = "Changes the model's heap at random and checks it against an oracle after each batch.\v"
               "Exit status: 0 when all held, 1 when a check failed, 2 for unusable options.",
    };
    struct arguments a = {.stress = {.seed = 1, .seconds = 30}};
    if (cli_parse(&parser, argc, argv, &a) != 0)
        return CLI_UNUSABLE;
    if (a.stress.batches > 0 && !a.seconds_given)
        a.stress.seconds = 0;
    if (a.stress.batches == 0 && a.stress.seconds <= 0)
        return cli_refuse("--seconds 0 needs --batches, or stress never ends");

    /* First, so that a crash can be run again. */
    fprintf(stderr, "stress: seed %" PRIu64 "\n", a.stress.seed);
    bool terminal = isatty(STDERR_FILENO);
    struct stress_result result;
    a.stress.on_progress = terminal ? show_progress : NULL;
    int status = stress_run(&a.stress, &result);
    if (terminal)
        fputs("\r\033[K", stderr);
    if (status != 0) {
        fprintf(stderr, "gcsweep stress: seed %" PRIu64 ", batch %" PRIu64 ": %s\n", a.stress.seed, result.failed_batch,
                result.failure);
        return CLI_FAILED;
    }
    print_result(&a.stress, &result);
    return cli_finish(CLI_DONE);
}
