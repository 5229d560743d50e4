/* compare.c - gcsweep compare: two sweeps, or two settings of one, with intervals and verdicts. */
#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/cli/cli.h"
#include "harness/cli/compare_view.h"
#include "harness/store/store.h"
#include "harness/sweep/line.h"
#include "harness/sweep/screen.h"
#include "harness/sweep/units.h"

enum { KEY_MARGIN = 256, KEY_FAIL_OVER, KEY_MEASURE, KEY_FORMAT, SIDES = 2, LINE_BYTES = 4096 };

struct compare_options {
    const char *side[SIDES];
    size_t side_count;
    double margin, fail_over; /* shares; fail_over is NaN where it is not asked */
    bool gate[COMPARED];
    bool measures_given;
    const struct compare_format *format;
};

/* ---- Options ---- */

static int find_measure(const char *name, size_t length)
{
    for (int m = 0; m < COMPARED; m++)
        if (strlen(compared_measures[m].word) == length && strncmp(compared_measures[m].word, name, length) == 0)
            return m;
    return -1;
}

static error_t parse_measures(struct compare_options *o, const char *list, const struct argp_state *state)
{
    char known[200] = "";

    memset(o->gate, 0, sizeof o->gate);
    o->measures_given = true;
    for (size_t m = 0; m < COMPARED; m++)
        line_append(known, sizeof known, "%s%s", m > 0 ? "," : "", compared_measures[m].word);
    for (const char *at = list;; at++) {
        size_t length = strcspn(at, ",");
        int m = find_measure(at, length);
        if (m < 0)
            return cli_refuse_option(state, "--measure: '%s' is no list of %s", list, known);
        o->gate[m] = true;
        at += length;
        if (*at == '\0')
            return 0;
    }
}

static error_t parse_format(struct compare_options *o, const char *name, const struct argp_state *state)
{
    char known[200] = "";

    for (size_t i = 0; i < compare_format_count; i++) {
        if (strcmp(compare_formats[i].name, name) == 0) {
            o->format = &compare_formats[i];
            return 0;
        }
        line_append(known, sizeof known, "%s%s", i > 0 ? ", " : "", compare_formats[i].name);
    }
    return cli_refuse_option(state, "--format: '%s' is none of %s", name, known);
}

static error_t parse_share(const char *option, const char *text, double *out, const struct argp_state *state)
{
    char error[200];

    if (units_parse_percent(text, out, error, sizeof error) != 0)
        return cli_refuse_option(state, "%s: %s", option, error);
    return 0;
}

static error_t check(const struct compare_options *o, const struct argp_state *state)
{
    if (o->side_count < SIDES)
        return cli_refuse_option(state, "what with what? Name two results folders, or one with two settings: "
                                        "DIR:CONFIG DIR:CONFIG");
    if (o->measures_given && isnan(o->fail_over))
        return cli_refuse_option(state, "--measure says what --fail-over is about, which is not given");
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct compare_options *o = state->input;

    switch (key) {
    case KEY_MARGIN:
        return parse_share("--margin", argument, &o->margin, state);
    case KEY_FAIL_OVER:
        return parse_share("--fail-over", argument, &o->fail_over, state);
    case KEY_MEASURE:
        return parse_measures(o, argument, state);
    case KEY_FORMAT:
        return parse_format(o, argument, state);
    case ARGP_KEY_ARG:
        if (o->side_count == SIDES)
            return cli_refuse_option(state, "two sides at a time, and '%s' is a third one", argument);
        if (argument[0] == '\0')
            return cli_refuse_option(state, "the name of a results folder is empty");
        o->side[o->side_count++] = argument;
        return 0;
    case ARGP_KEY_END:
        return check(o, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option option_rows[] = {
    {"margin", KEY_MARGIN, "X%", 0, "differences up to this do not count (default 1%)", 0},
    {"fail-over", KEY_FAIL_OVER, "X%", 0,
     "exit 1 where B is worse by more than this (the whole interval beyond it, and its p adjusted for all "
     "configurations below 0.05), where it computes something else than A, where its runs fail and A's do not, and "
     "where it lacks a configuration of A",
     0},
    {"measure", KEY_MEASURE, "LIST", 0, "what --fail-over is about: wall (default), gc, p99, max, rss", 0},
    {"format", KEY_FORMAT, "FORMAT", 0, "human (default), json, markdown or csv", 0},
    {0},
};

const struct argp compare_argp = {
    option_rows,
    parse,
    "A B\nDIR:CONFIG DIR:CONFIG",
    "Compares each configuration of A with its like in B: wall time, collection time, 99th percentile and longest of "
    "its pauses, peak RSS. A and B are results folders; after a colon, words choose configurations, such as "
    "DIR:\"pymalloc 700,10,10\", DIR:jemalloc, DIR:slowdown_percent=3, and `twin` the second half of the A/A pair: "
    "what the words of neither side name must be the same on both. Two settings of one folder are compared round by "
    "round.\v"
    "Under --fail-over, what is not resolved does not fail, nor what only B has; where the A/A twin of a workload is "
    "off, its times are warned of and decide nothing.\n"
    "Exit status: 0 done, 1 --fail-over found something, 2 A or B cannot be used or compared, or --fail-over cannot "
    "decide.",
    NULL,
    NULL,
    NULL,
};

/* ---- Two sides ---- */

struct side {
    char directory[PATH_MAX];
    const char *words; /* NULL: all */
    struct result_set results;
    struct summary own;
    bool loaded, summarised;
    const struct summary *summary; /* its own, or the other side's where both name one folder */
};

static bool is_folder(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

/* "DIR:CONFIG". A folder's name may hold colons, and so may a configuration: DIR is the shortest part that is there. */
static int split_side(const char *text, struct side *out, char *error, size_t error_size)
{
    if (strlen(text) >= sizeof out->directory)
        return line_error(error, error_size, "the name of a results folder is too long");
    strcpy(out->directory, text);
    for (char *colon = strchr(out->directory, ':'); colon != NULL && !is_folder(text); colon = strchr(colon + 1, ':')) {
        *colon = '\0';
        if (is_folder(out->directory)) {
            out->words = text + (colon - out->directory) + 1;
            break;
        }
        *colon = ':';
    }
    if (out->words != NULL && out->words[strspn(out->words, " \t")] == '\0')
        return line_error(error, error_size, "'%s': no words after the colon", text);
    return 0;
}

static int load_folder(struct side *out, char *error, size_t error_size)
{
    if (store_load(out->directory, &out->results, error, error_size) != 0)
        return -1;
    out->loaded = true;
    if (summarise(&out->results, &out->own) != 0)
        return line_error(error, error_size, "out of memory");
    out->summarised = true;
    out->summary = &out->own;
    return 0;
}

static int load_sides(const struct compare_options *o, struct side *sides, char *error, size_t error_size)
{
    for (size_t i = 0; i < SIDES; i++)
        if (split_side(o->side[i], &sides[i], error, error_size) != 0)
            return -1;
    if (load_folder(&sides[0], error, error_size) != 0)
        return -1;
    if (strcmp(sides[0].directory, sides[1].directory) != 0)
        return load_folder(&sides[1], error, error_size);
    sides[1].summary = sides[0].summary;
    return 0;
}

static void drop_side(struct side *side)
{
    if (side->summarised)
        summary_free(&side->own);
    if (side->loaded)
        result_set_free(&side->results);
}

/* ---- The whole ---- */

static int write_view(const struct compare_options *o, struct compare_view *v)
{
    const struct comparison *c = v->comparison;
    struct machine_difference machine[MACHINE_DIFFERENCES];
    struct reproduction reproduction;
    bool whole = c->a.words == NULL && c->b.words == NULL && !c->paired;

    if (whole && reproduce(c, &reproduction) != 0)
        return cli_refuse("out of memory");
    v->reproduction = whole ? &reproduction : NULL;
    v->machine = machine;
    bool written = find_machine_differences(c->a.summary, c->b.summary, machine, &v->machine_count) == 0 &&
                   o->format->write(v, stdout) == 0;
    int status = written ? CLI_DONE : cli_refuse("out of memory");
    if (status == CLI_DONE)
        status = cli_finish(CLI_DONE);
    if (whole)
        reproduction_free(&reproduction);
    return status;
}

static int compare_sides(const struct compare_options *o, const struct side *a, const struct side *b)
{
    const struct comparison_side of_a = {a->summary, a->words}, of_b = {b->summary, b->words};
    struct comparison comparison;
    char error[LINE_BYTES];

    if (compare_summaries(&of_a, &of_b, o->margin, &comparison, error, sizeof error) != 0)
        return cli_refuse(error);
    struct compare_view v = {.comparison = &comparison, .fail_over = o->fail_over, .coloured = screen_has_colours()};
    memcpy(v.gate, o->gate, sizeof v.gate);
    int status = write_view(o, &v);
    if (status == CLI_DONE && !isnan(o->fail_over))
        status = compare_gate(&v);
    comparison_free(&comparison);
    return status;
}

int cli_compare(int argc, char **argv)
{
    struct compare_options options = {.margin = 0.01, .fail_over = NAN, .gate = {true}, .format = &compare_formats[0]};
    struct side *sides = calloc(SIDES, sizeof *sides);
    char error[LINE_BYTES];
    int status;

    if (sides == NULL)
        return cli_refuse("out of memory");
    if (cli_parse(&compare_argp, argc, argv, &options) != 0)
        status = CLI_UNUSABLE;
    else if (load_sides(&options, sides, error, sizeof error) != 0)
        status = cli_refuse(error);
    else
        status = compare_sides(&options, &sides[0], &sides[1]);
    drop_side(&sides[0]);
    drop_side(&sides[1]);
    free(sides);
    return status;
}
