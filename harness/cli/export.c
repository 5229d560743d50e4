/* export.c - gcsweep export: a sweep's results in the format of another tool. */
#include <argp.h>
#include <stdio.h>

#include "harness/analysis/summary.h"
#include "harness/cli/cli.h"
#include "harness/exporters/export_file.h"
#include "harness/exporters/exporter.h"
#include "harness/store/store.h"
#include "harness/sweep/line.h"
#include "harness/sweep/text_stream.h"

enum { KEY_FORMAT = 256, KEY_OUT, KEY_CONFIGURATION, ERROR_BYTES = 1024 };

struct export_options {
    const char *directory;
    const struct exporter *exporter;
    const char *out;           /* NULL: standard output */
    const char *configuration; /* NULL: all */
};

static void append_formats(char *text, size_t size)
{
    for (size_t i = 0; i < exporter_count; i++)
        line_append(text, size, "%s %s", i > 0 ? "," : "", exporters[i]->name);
}

static error_t parse_format(struct export_options *o, const char *name, const struct argp_state *state)
{
    char known[ERROR_BYTES] = "";
    o->exporter = find_exporter(name);
    if (o->exporter != NULL)
        return 0;
    append_formats(known, sizeof known);
    return cli_refuse_option(state, "unknown format '%.100s'; known:%s", name, known);
}

static error_t check(const struct export_options *o, const struct argp_state *state)
{
    char known[ERROR_BYTES] = "";
    if (o->directory == NULL)
        return cli_refuse_option(state, "which results? Name the folder that a sweep wrote with --out");
    if (o->exporter != NULL)
        return 0;
    append_formats(known, sizeof known);
    return cli_refuse_option(state, "which --format? There are:%s", known);
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct export_options *o = state->input;

    switch (key) {
    case KEY_FORMAT:
        return parse_format(o, argument, state);
    case KEY_OUT:
        if (argument[0] == '\0')
            return cli_refuse_option(state, "the name after --out is empty");
        o->out = argument;
        return 0;
    case KEY_CONFIGURATION:
        o->configuration = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (o->directory != NULL)
            return cli_refuse_option(state, "one results folder at a time, and '%s' is a second one", argument);
        if (argument[0] == '\0')
            return cli_refuse_option(state, "the name of the results folder is empty");
        o->directory = argument;
        return 0;
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option option_rows[] = {
    {"format", KEY_FORMAT, "FORMAT", 0, "one of those below", 0},
    {"out", KEY_OUT, "FILE", 0,
     "write the new FILE (standard output otherwise); a folder for a format that holds one configuration a file", 0},
    {"configuration", KEY_CONFIGURATION, "WORDS", 0,
     "only the configurations that have all the words, such as 'gcbench jemalloc 700,10,10' or a parameter's "
     "NAME=VALUE",
     0},
    {0},
};

/* The formats stand below the options; what argp gets it frees. */
static char *list_formats(int key, const char *text, void *input)
{
    struct text_stream stream;
    (void)input;
    FILE *f = key == ARGP_KEY_HELP_POST_DOC ? text_stream_open(&stream) : NULL;
    if (f == NULL)
        return (char *)(size_t)text;
    fputs("Formats:\n", f);
    for (size_t i = 0; i < exporter_count; i++)
        fprintf(f, "  %-25s%s%s;\n  %-25sfailed runs %s\n", exporters[i]->name, exporters[i]->help,
                exporters[i]->one_each ? ", one file each" : "", "", exporters[i]->failed);
    fprintf(f, "\n%s", text);
    char *list = text_stream_close(&stream);
    return list ? list : (char *)(size_t)text;
}

const struct argp export_argp = {
    .options = option_rows,
    .parser = parse,
    .args_doc = "DIR",
    .doc = "Writes the results in DIR in the format of another tool. The A/A pair's second half is in csv and json "
           "only; a failed run is never a time.\v"
           "Exit status: 0 done, 1 standard output could not be written, 2 input that cannot be used.",
    .help_filter = list_formats,
};

/* Runs that failed, or whose configuration gave other results, are told of: their format may not show them. */
static void tell_left_out(const struct export_options *o, const struct export_source *source)
{
    size_t runs = 0, left_out = 0;

    for (size_t i = 0; i < source->configuration_count; i++) {
        runs += source->configurations[i]->run_count;
        left_out += export_runs_left_out(source->configurations[i]);
    }
    if (left_out > 0)
        fprintf(stderr,
                "gcsweep export: %zu of %zu runs failed or computed another result than the rest; in %s such runs %s\n",
                left_out, runs, o->exporter->name, o->exporter->failed);
}

static int export_selected(const struct export_options *o, const struct export_source *source)
{
    char error[ERROR_BYTES];
    int status = CLI_DONE;

    if (o->exporter->of_lists && !result_set_has_lists(source->summary->results)) {
        line_error(error, sizeof error,
                   "%s: the lists of its runs were left out, and %s is made of them; export from the results that it "
                   "is a copy of",
                   o->directory, o->exporter->name);
        return cli_refuse(error);
    }
    if (o->out != NULL) {
        if (export_to_path(o->exporter, source, o->out, error, sizeof error) != 0)
            return cli_refuse(error);
    } else if (o->exporter->one_each && source->configuration_count != 1) {
        line_error(error, sizeof error,
                   "%s holds one configuration and there are %zu: choose one with --configuration, or name a folder "
                   "with --out",
                   o->exporter->name, source->configuration_count);
        return cli_refuse(error);
    } else if (o->exporter->write(source, stdout) != 0) {
        return cli_refuse(result_set_error(source->summary->results));
    } else {
        status = cli_finish(CLI_DONE);
    }
    tell_left_out(o, source);
    return status;
}

static int export_summary(const struct export_options *o, const struct summary *summary)
{
    struct export_source source;
    char error[ERROR_BYTES];

    if (export_select(summary, o->configuration, &source, error, sizeof error) != 0)
        return cli_refuse(error);
    int status = export_selected(o, &source);
    export_source_free(&source);
    return status;
}

int cli_export(int argc, char **argv)
{
    struct export_options options = {0};
    struct result_set results;
    struct summary summary;
    char error[ERROR_BYTES];

    if (cli_parse(&export_argp, argc, argv, &options) != 0)
        return CLI_UNUSABLE;
    if (store_load(options.directory, &results, error, sizeof error) != 0)
        return cli_refuse(error);
    int status;
    if (summarise_uncompared(&results, &summary) == 0) {
        status = export_summary(&options, &summary);
        summary_free(&summary);
    } else {
        status = cli_refuse("out of memory");
    }
    result_set_free(&results);
    return status;
}
