/* report.c - gcsweep report: the tables, the pictures and the page of a sweep. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/analysis/summary.h"
#include "harness/cli/cli.h"
#include "harness/report/report.h"
#include "harness/report/terminal.h"
#include "harness/store/store.h"

enum { KEY_NO_PICTURES = 256, EXIT_MISSING = 1, EXIT_UNUSABLE = 2 };

struct report_options {
    const char *directory;
    bool with_pictures;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct report_options *options = state->input;

    switch (key) {
    case KEY_NO_PICTURES:
        options->with_pictures = false;
        return 0;
    case ARGP_KEY_ARG:
        if (options->directory != NULL)
            argp_failure(state, EXIT_UNUSABLE, 0, "one results folder at a time, and '%s' is a second one", argument);
        options->directory = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_failure(state, EXIT_UNUSABLE, 0, "which results? Name the folder that a sweep wrote with --out");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option option_rows[] = {
    {"no-pictures", KEY_NO_PICTURES, NULL, 0, "Leave the pictures out", 0},
    {0},
};

static const struct argp argp = {
    option_rows,
    parse,
    "DIR",
    "Writes report.html, report.md, summary.csv and plots/ into the results folder DIR, and prints its table.\v"
    "Exit status: 0 done, 1 a picture could not be drawn, 2 DIR holds no results or cannot be written.",
    NULL,
    NULL,
    NULL,
};

static int report_results(const struct report_options *options, const struct summary *s)
{
    struct report_outcome outcome;
    char error[600];

    if (report_write(s, options->directory, options->with_pictures, &outcome, error, sizeof error) != 0) {
        fprintf(stderr, "gcsweep: %s\n", error);
        return EXIT_UNUSABLE;
    }
    if (write_terminal(s, stdout) != 0) {
        fprintf(stderr, "gcsweep: out of memory\n");
        return EXIT_UNUSABLE;
    }
    printf("%s/report.html\n", options->directory);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("gcsweep: standard output");
        return EXIT_MISSING;
    }
    if (outcome.missing_pictures == 0)
        return EXIT_SUCCESS;
    fprintf(stderr, "gcsweep: %zu pictures are missing from the report: %s\n", outcome.missing_pictures,
            outcome.missing_reason);
    return EXIT_MISSING;
}

int cli_report(int argc, char **argv)
{
    struct report_options options = {NULL, true};
    struct result_set results;
    struct summary summary;
    char error[600];

    argp_err_exit_status = EXIT_UNUSABLE;
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    if (store_load(options.directory, &results, error, sizeof error) != 0) {
        fprintf(stderr, "gcsweep: %s\n", error);
        return EXIT_UNUSABLE;
    }
    int status = EXIT_UNUSABLE;
    if (summarise(&results, &summary) == 0) {
        status = report_results(&options, &summary);
        summary_free(&summary);
    } else {
        fprintf(stderr, "gcsweep: out of memory\n");
    }
    result_set_free(&results);
    return status;
}
