/* recommend.c - gcsweep recommend: which setting to use, how sure that is, and the lines to paste. */
#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/advice.h"
#include "harness/cli/choices.h"
#include "harness/cli/cli.h"
#include "harness/cli/command_line.h"
#include "harness/cli/recommend_confirm.h"
#include "harness/report/advice_json.h"
#include "harness/report/advice_text.h"
#include "harness/report/advice_words.h"
#include "harness/store/store.h"
#include "harness/sweep/confirm.h"
#include "harness/sweep/line.h"
#include "harness/sweep/units.h"

enum {
    KEY_MAX_PAUSE = 256,
    KEY_MAX_RSS,
    KEY_MIN_THROUGHPUT,
    KEY_WORKLOAD,
    KEY_RUNTIME,
    KEY_EACH,
    KEY_WITH_DISABLED,
    KEY_SEED,
    KEY_FORMAT,
    KEY_CONFIRM,
    KEY_ROUNDS,
    KEY_HYPERFINE,
    ERROR_BYTES = 1024
};

struct recommend_options {
    const char *directory;
    struct advice_request request;
    const char *workload, *runtime; /* NULL: not given */
    bool each, confirm, hyperfine;
    const char *rounds;  /* of --confirm; NULL: not given */
    int format;          /* of recommend_formats */
    const char *command; /* as typed */
    json_t *json;        /* what --format json prints at the end: {"advice": [...]} */
};

static const struct argp_option rows[] = {
    {"max-pause", KEY_MAX_PAUSE, "TIME", 0, "the longest pause may be this long at most, such as 5ms", 1},
    {"max-rss", KEY_MAX_RSS, "SIZE", 0, "the peak RSS may be this large at most, such as 300M", 1},
    {"min-throughput", KEY_MIN_THROUGHPUT, "SHARE", 0,
     "the throughput must be at least this share of the best setting's, such as 0.95", 1},
    {"with-disabled", KEY_WITH_DISABLED, NULL, 0, "settings that never collected may be advised, too", 1},
    {"workload", KEY_WORKLOAD, "NAME", 0, "only this workload: its name, or its whole label as the tables show it", 2},
    {"runtime", KEY_RUNTIME, "NAME", 0, "only this runtime (default: cpython where the sweep has it, else model)", 2},
    {"each", KEY_EACH, NULL, 0, "one piece of advice for each workload, not one over all of them", 2},
    {"confirm", KEY_CONFIRM, NULL, 0,
     "run the advice and the default on the real CPython, fresh processes in turn, into DIR/confirm; then as "
     "--hyperfine there",
     3},
    {"rounds", KEY_ROUNDS, "N", 0, "rounds of --confirm: 10 (default) or more", 3},
    {"hyperfine", KEY_HYPERFINE, NULL, 0,
     "time the advice and the default as whole processes with hyperfine, into DIR/hyperfine.json", 3},
    {"format", KEY_FORMAT, "FORMAT", 0, "human (default), markdown or json", 4},
    {"seed", KEY_SEED, "N", 0, "seed of the draws that say how sure it is (default 1)", 4},
    {0},
};

static error_t parse_share(struct recommend_options *o, const char *text, struct argp_state *state)
{
    char *end;
    double share = strtod(text, &end);

    if (end == text || *end != '\0' || !(share > 0) || !(share <= 1))
        return cli_refuse_option(state,
                                 "--min-throughput is a share of the best setting's, above 0 and up to 1 such as "
                                 "0.95, not '%s'",
                                 text);
    o->request.budget[ADVICE_THROUGHPUT] = share;
    return 0;
}

static error_t parse_budget(int key, struct recommend_options *o, const char *text, struct argp_state *state)
{
    bool is_pause = key == KEY_MAX_PAUSE;
    const char *name = is_pause ? "--max-pause" : "--max-rss";
    uint64_t value = 0;
    char error[ERROR_BYTES];

    if ((is_pause ? units_parse_duration(text, &value, error, sizeof error)
                  : units_parse_size(text, &value, error, sizeof error)) != 0)
        return cli_refuse_option(state, "%s: %s", name, error);
    if (value == 0)
        return cli_refuse_option(state, "%s: must be more than 0", name);
    o->request.budget[is_pause ? ADVICE_PAUSE : ADVICE_RSS] = (double)value;
    return 0;
}

static error_t parse_seed(struct recommend_options *o, const char *text, struct argp_state *state)
{
    char error[ERROR_BYTES];

    if (units_parse_count("--seed", text, 0, INT64_MAX, &o->request.seed, error, sizeof error) != 0)
        return cli_refuse_option(state, "%s", error);
    return 0;
}

static error_t parse_directory(struct recommend_options *o, const char *text, struct argp_state *state)
{
    if (o->directory != NULL)
        return cli_refuse_option(state, "one results folder at a time, and '%s' is a second one", text);
    if (text[0] == '\0')
        return cli_refuse_option(state, "the name of the results folder is empty");
    o->directory = text;
    return 0;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct recommend_options *o = state->input;

    switch (key) {
    case KEY_MAX_PAUSE:
    case KEY_MAX_RSS:
        return parse_budget(key, o, argument, state);
    case KEY_MIN_THROUGHPUT:
        return parse_share(o, argument, state);
    case KEY_WITH_DISABLED:
        o->request.with_disabled = true;
        return 0;
    case KEY_WORKLOAD:
        o->workload = argument;
        return 0;
    case KEY_RUNTIME:
        o->runtime = argument;
        return 0;
    case KEY_EACH:
        o->each = true;
        return 0;
    case KEY_CONFIRM:
        o->confirm = true;
        return 0;
    case KEY_ROUNDS:
        o->rounds = argument;
        return 0;
    case KEY_HYPERFINE:
        o->hyperfine = true;
        return 0;
    case KEY_SEED:
        return parse_seed(o, argument, state);
    case KEY_FORMAT:
        return choice_take(state, "format", recommend_formats, argument, &o->format);
    case ARGP_KEY_ARG:
        return parse_directory(o, argument, state);
    case ARGP_KEY_NO_ARGS:
        return cli_refuse_option(state, "which results? Name the folder that a sweep wrote with --out");
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp recommend_argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "DIR",
    .doc =
        "Says which setting of the results folder DIR to use, how sure that is, what it costs and gains against the "
        "default, and which lines to paste. With budgets it takes the fastest setting that keeps them beyond doubt "
        "(with --max-pause and --max-rss bounded: throughput; else the first of throughput, longest pause and peak "
        "RSS that has no budget). Without any, the fastest whose longest pause and peak RSS are at most 5 % above the "
        "default's.\v"
        "Exit status: 0 done, 1 nobody keeps the budgets (the nearest is named), no run counts, or --confirm did not "
        "find "
        "the promised gain or the budgets kept, 2 input that cannot be used, 3 interrupted (the same command goes on).",
};

/* ---- Which workloads ---- */

static const char *choose_runtime(const struct summary *s, const char *asked)
{
    const char *runtime = s->subjects[0].runtime;

    if (asked != NULL)
        return asked;
    for (size_t i = 0; i < s->subject_count; i++)
        if (strcmp(s->subjects[i].runtime, "cpython") == 0)
            runtime = "cpython";
    return runtime;
}

static bool is_asked_for(const struct recommend_options *o, const struct subject *subject, const char *runtime)
{
    return strcmp(subject->runtime, runtime) == 0 &&
           (o->workload == NULL || strcmp(subject->workload, o->workload) == 0 ||
            strcmp(subject->label, o->workload) == 0);
}

/* "results: no workload 'x' on runtime y; there are: ..." */
static int refuse_subjects(const struct recommend_options *o, const struct summary *s, const char *runtime)
{
    char error[ERROR_BYTES * 4];

    line_error(error, sizeof error, "%s: no %s%s%s on runtime %s; there are:", o->directory,
               o->workload != NULL ? "workload '" : "workload", o->workload != NULL ? o->workload : "",
               o->workload != NULL ? "'" : "", runtime);
    for (size_t i = 0; i < s->subject_count; i++)
        line_append(error, sizeof error, "%s %s on %s", i > 0 ? "," : "", s->subjects[i].label, s->subjects[i].runtime);
    line_clean(error);
    return cli_refuse(error);
}

/* ---- Advice ---- */

static int show(const struct recommend_options *o, const struct advice *a)
{
    char text[ADVICE_TEXT_BYTES];

    if (o->format != RECOMMEND_FORMAT_JSON && write_advice(a, o->format == RECOMMEND_FORMAT_MARKDOWN, stdout) != 0)
        return cli_refuse("out of memory");
    if (a->chosen < a->settings.count)
        return CLI_DONE;
    write_advice_choice(a, text, sizeof text);
    cli_refuse(text);
    return CLI_FAILED;
}

/* The advice that was given, tried where that was asked for. `json` is its object, NULL in the other formats. */
static int try_advice(const struct recommend_options *o, const struct advice *a, json_t *json)
{
    struct trial trial = {o->directory, o->command, PLAN_DEFAULT_ROUNDS, o->format == RECOMMEND_FORMAT_MARKDOWN, json};
    uint64_t rounds = trial.rounds;
    char error[ERROR_BYTES];

    if (o->rounds != NULL && units_parse_count("--rounds", o->rounds, CONFIRM_LEAST_ROUNDS, PLAN_MOST_ROUNDS, &rounds,
                                               error, sizeof error) != 0)
        return cli_refuse(error);
    trial.rounds = (unsigned)rounds;
    int status = o->hyperfine && !o->confirm ? recommend_hyperfine(&trial, a) : CLI_DONE;
    return o->confirm ? recommend_confirm(&trial, a) : status;
}

static int advise_on(const struct recommend_options *o, const struct summary *s, const struct subject *const *subjects,
                     size_t count)
{
    struct advice advice;

    if (advise(s, subjects, count, &o->request, &advice) != 0)
        return cli_refuse("out of memory");
    int status = show(o, &advice);
    json_t *json = o->json != NULL ? advice_to_json(&advice) : NULL;
    if (status == CLI_DONE && (o->json == NULL || json != NULL))
        status = try_advice(o, &advice, json);
    if (o->json != NULL && json_array_append_new(json_object_get(o->json, "advice"), json) != 0)
        status = cli_refuse("out of memory");
    advice_free(&advice);
    return status;
}

static int advise_on_all(const struct recommend_options *o, const struct summary *s, const struct subject **subjects)
{
    const char *runtime = s->subject_count > 0 ? choose_runtime(s, o->runtime) : "model";
    size_t asked = 0;
    int status = CLI_DONE;

    for (size_t i = 0; i < s->subject_count; i++)
        if (is_asked_for(o, &s->subjects[i], runtime))
            subjects[asked++] = &s->subjects[i];
    if (asked == 0)
        return refuse_subjects(o, s, runtime);
    size_t count = comparable_subjects(s, subjects, asked, subjects);
    if (count == 0) {
        char error[ERROR_BYTES];
        line_error(error, sizeof error, "%s: no run that counts, so no advice", o->directory);
        cli_refuse(error);
        return CLI_FAILED;
    }
    if (!o->each)
        return advise_on(o, s, subjects, count);
    for (size_t i = 0; i < count; i++) {
        int one = advise_on(o, s, &subjects[i], 1);
        status = one > status ? one : status;
    }
    return status;
}

static int print_json(const struct recommend_options *o, const struct summary *s)
{
    if (json_object_set_new(o->json, "warnings", advice_warnings_to_json(s)) != 0)
        return cli_refuse("out of memory");
    int status = json_dumpf(o->json, stdout, JSON_INDENT(1) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9));

    fputc('\n', stdout);
    return status == 0 ? CLI_DONE : cli_refuse("out of memory");
}

static int recommend_from(const struct recommend_options *o, const struct summary *s)
{
    const struct subject **subjects = malloc((s->subject_count + 1) * sizeof *subjects);

    if (subjects == NULL)
        return cli_refuse("out of memory");
    bool markdown = o->format == RECOMMEND_FORMAT_MARKDOWN;
    int status = o->json == NULL && write_advice_warnings(s, markdown, stdout) != 0 ? cli_refuse("out of memory")
                                                                                    : advise_on_all(o, s, subjects);
    if (o->json != NULL && status != CLI_UNUSABLE) {
        int printed = print_json(o, s);
        status = printed > status ? printed : status;
    }
    free(subjects);
    return status;
}

static int recommend(const struct recommend_options *o)
{
    struct result_set results;
    struct summary s;
    char error[ERROR_BYTES];

    if (store_load(o->directory, &results, error, sizeof error) != 0)
        return cli_refuse(error);
    int status = CLI_UNUSABLE;
    if (summarise_uncompared(&results, &s) == 0) {
        status = recommend_from(o, &s);
        summary_free(&s);
    } else {
        cli_refuse("out of memory");
    }
    result_set_free(&results);
    return cli_finish(status);
}

static int check_combination(const struct recommend_options *o)
{
    if (o->each && (o->confirm || o->hyperfine))
        return cli_refuse("--each gives several pieces of advice; --confirm and --hyperfine try one: name it with "
                          "--workload");
    if (o->rounds != NULL && !o->confirm)
        return cli_refuse("--rounds is of --confirm");
    return CLI_DONE;
}

int cli_recommend(int argc, char **argv)
{
    struct recommend_options o = {.request = {.budget = {NAN, NAN, NAN}, .seed = 1}};
    char *command = command_line_make(argc, argv); /* before argp sorts the arguments */

    if (command == NULL)
        return cli_refuse("out of memory");
    o.command = command;
    int status = cli_parse(&recommend_argp, argc, argv, &o) == 0 ? check_combination(&o) : CLI_UNUSABLE;
    if (status == CLI_DONE) {
        if (o.format == RECOMMEND_FORMAT_JSON)
            o.json = json_pack("{s:i,s:[]}", "schema", ADVICE_SCHEMA, "advice");
        bool has_room = o.format != RECOMMEND_FORMAT_JSON || o.json != NULL;
        status = has_room ? recommend(&o) : cli_refuse("out of memory");
        json_decref(o.json);
    }
    free(command);
    return status;
}
