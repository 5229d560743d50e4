/* merge.c - gcsweep merge: results of shards or machines as one sweep's. */
#include <argp.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/cli/cli.h"
#include "harness/cli/command_line.h"
#include "harness/cli/options.h"
#include "harness/cli/results_folder.h"
#include "harness/store/merge.h"
#include "harness/sweep/line.h"

enum { KEY_OUT = OPTION_OWN, KEY_WITHOUT_LISTS, MOST_SOURCES = 1000, ERROR_BYTES = 1024 };

struct merge_options {
    const char *directory[MOST_SOURCES];
    size_t count;
    const char *out;
    enum merge_lists lists;
};

static const struct argp_option rows[] = {
    {"out", KEY_OUT, "DIR", 0, "the results folder to make", 0},
    {"without-lists", KEY_WITHOUT_LISTS, NULL, 0,
     "leave out the histograms, curves and samples of the runs, which are most of a results file: one DIR is enough "
     "then, and what is made is small enough to publish",
     0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct merge_options *o = state->input;
    switch (key) {
    case KEY_OUT:
        o->out = argument;
        return 0;
    case KEY_WITHOUT_LISTS:
        o->lists = MERGE_WITHOUT_LISTS;
        return 0;
    case ARGP_KEY_ARG:
        if (argument[0] == '\0')
            return cli_refuse_option(state, "the name of a results folder is empty");
        if (o->count == MOST_SOURCES)
            return cli_refuse_option(state, "more than %d folders", MOST_SOURCES);
        o->directory[o->count++] = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp merge_argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "DIR [DIR...]",
    .doc =
        "Puts the results of several sweeps of one plan into one folder: shards (gcsweep sweep --shard), or whole "
        "sweeps of several machines (gcsweep sweep --like), whose rounds then follow one another."
        "\vWithout lists, sweep --like, compare, recommend, export and report work as before, but for what is made of "
        "lists: formats that hold every pause, and a report's pictures of pauses, latency, utilization and memory over "
        "time.\n"
        "Runs are compared within one round only, and a round is one machine's: no pair crosses machines.\n"
        "Exit status: 0 done, 2 results that do not belong together or cannot be written; then nothing is.",
};

static int merge(const struct merge_options *o, const char *command)
{
    char error[ERROR_BYTES];
    struct merge_outcome outcome;
    struct merge *m;
    if (!o->out || !o->out[0])
        return cli_refuse("where to? --out DIR names the results folder");
    if (o->count < 1 || (o->count < 2 && o->lists == MERGE_LISTS))
        return cli_refuse("which results? Two folders at least that sweeps wrote with --out, or one to copy "
                          "--without-lists");
    if (merge_open(o->directory, o->count, o->lists, &m, error, sizeof error) != 0)
        return cli_refuse(error);
    bool merged = results_make_folder(o->out, error, sizeof error) == 0 &&
                  merge_write(m, o->out, command, &outcome, error, sizeof error) == 0;
    merge_free(m);
    if (!merged)
        return cli_refuse(error);
    cli_say("%zu runs in %" PRIu64 " rounds of %zu folder%s%s; results in %s", outcome.runs, outcome.rounds, o->count,
            o->count == 1 ? "" : "s", o->lists == MERGE_WITHOUT_LISTS ? ", without their lists" : "", o->out);
    return CLI_DONE;
}

int cli_merge(int argc, char **argv)
{
    struct merge_options *o = calloc(1, sizeof *o);
    char *command = command_line_make(argc, argv); /* before argp sorts the arguments */
    int status = CLI_UNUSABLE;
    if (!o || !command)
        cli_refuse("out of memory");
    else if (cli_parse(&merge_argp, argc, argv, o) == 0)
        status = merge(o, command);
    free(command);
    free(o);
    return status;
}
