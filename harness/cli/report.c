/* report.c - gcsweep report: the tables, the pictures and the page of a sweep. */
#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/analysis/summary.h"
#include "harness/cli/cli.h"
#include "harness/cli/command_line.h"
#include "harness/report/escape.h"
#include "harness/report/report.h"
#include "harness/report/terminal.h"
#include "harness/store/store.h"

enum { KEY_NO_PICTURES = 256 };

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
            return cli_refuse_option(state, "one results folder at a time, and '%s' is a second one", argument);
        if (argument[0] == '\0')
            return cli_refuse_option(state, "the name of the results folder is empty");
        options->directory = argument;
        return 0;
    case ARGP_KEY_NO_ARGS:
        return cli_refuse_option(state, "which results? Name the folder that a sweep wrote with --out");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option option_rows[] = {
    {"no-pictures", KEY_NO_PICTURES, NULL, 0, "leave the pictures out", 0},
    {0},
};

const struct argp report_argp = {
    option_rows,
    parse,
    "DIR",
    "Writes report.html, report.md, summary.csv, results.json and plots/ into the results folder DIR, and prints its "
    "table.\v"
    "Exit status: 0 done, 1 a picture or the style is missing, 2 DIR holds no results or cannot be written.",
    NULL,
    NULL,
    NULL,
};

static int report_results(const struct report_options *options, const struct summary *s)
{
    char again[4 * PATH_MAX + 64] = "gcsweep sweep --like";
    struct report_outcome outcome;
    char error[600];

    command_line_add(again, sizeof again, options->directory);
    command_line_add(again, sizeof again, "--out");
    command_line_add(again, sizeof again, "NEW");
    const struct report_request request = {options->directory, again, options->with_pictures};
    if (report_write(s, &request, &outcome, error, sizeof error) != 0)
        return cli_refuse(error);
    if (write_terminal(s, stdout) != 0)
        return cli_refuse("out of memory");
    escape_plain(stdout, options->directory);
    puts("/report.html");
    if (outcome.missing_pictures == 0 && !outcome.unstyled)
        return cli_finish(CLI_DONE);
    if (outcome.missing_pictures > 0)
        snprintf(error, sizeof error, "%zu pictures are missing from the report: %s", outcome.missing_pictures,
                 outcome.missing_reason);
    else
        snprintf(error, sizeof error, "the page's style is missing from the report: %s", outcome.missing_reason);
    cli_refuse(error);
    return cli_finish(CLI_FAILED);
}

int cli_report(int argc, char **argv)
{
    struct report_options options = {NULL, true};
    struct result_set results;
    struct summary summary;
    char error[600];

    if (cli_parse(&report_argp, argc, argv, &options) != 0)
        return CLI_UNUSABLE;
    if (store_load(options.directory, &results, error, sizeof error) != 0)
        return cli_refuse(error);
    int status;
    if (summarise(&results, &summary) == 0) {
        status = report_results(&options, &summary);
        summary_free(&summary);
    } else {
        status = cli_refuse("out of memory");
    }
    result_set_free(&results);
    return status;
}
