/* recommend_confirm.c - the advice and the default against each other, on the real CPython and by hyperfine. */
#include "harness/cli/recommend_confirm.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/confirmation.h"
#include "harness/analysis/hyperfine.h"
#include "harness/cli/cli.h"
#include "harness/report/advice_json.h"
#include "harness/report/advice_words.h"
#include "harness/report/confirm_text.h"
#include "harness/store/store.h"
#include "harness/sweep/confirm.h"
#include "harness/sweep/hyperfine.h"
#include "harness/sweep/interrupt.h"
#include "harness/sweep/line.h"

enum { ERROR_BYTES = 1024 };

static int make_pair(const struct advice *a, const char *runtime, struct pair_plan *out, char *error, size_t error_size)
{
    size_t count = a->settings.subject_count;
    const char **labels = malloc(count * sizeof *labels);

    if (labels == NULL) {
        memset(out, 0, sizeof *out);
        return line_error(error, error_size, "out of memory");
    }
    for (size_t i = 0; i < count; i++)
        labels[i] = a->settings.subjects[i]->label;
    int status = pair_plan_make(a->settings.summary->results->plan, labels, count, runtime,
                                a->rows[a->reference].setting->in[0]->dimensions,
                                a->rows[a->chosen].setting->in[0]->dimensions, out, error, error_size);
    free(labels);
    return status;
}

/* Whether both settings are one: then there is nothing to try. */
static bool is_one_setting(const struct pair_plan *p)
{
    return memcmp(&p->setting[PAIR_REFERENCE], &p->setting[PAIR_ADVISED], sizeof p->setting[0]) == 0;
}

static int interrupted(void)
{
    cli_refuse("interrupted; the same command goes on");
    return CLI_INTERRUPTED;
}

static int keep(const struct trial *trial, const char *name, json_t *value)
{
    return json_object_set_new(trial->json, name, value) == 0 ? CLI_DONE : cli_refuse("out of memory");
}

static int say(const struct trial *trial, const char *what)
{
    if (trial->json != NULL)
        return keep(trial, "note", json_string(what));
    printf("%s\n", what);
    return CLI_DONE;
}

/* ---- hyperfine ---- */

static int show_hyperfine(const struct trial *trial, const struct summary *s, const char *directory)
{
    struct hyperfine_rows rows;
    char error[ERROR_BYTES];

    if (hyperfine_load(s, directory, &rows, error, sizeof error) != 0) {
        cli_refuse(error);
        return CLI_FAILED;
    }
    int status = CLI_DONE;
    if (trial->json != NULL)
        status = keep(trial, "hyperfine", hyperfine_to_json(&rows));
    else if (write_hyperfine(&rows, trial->markdown, stdout) != 0)
        status = cli_refuse("out of memory");
    hyperfine_free(&rows);
    return status;
}

/* `s` is what hyperfine's figures are compared with; its folder keeps them. That hyperfine is missing, or fails, is
 * said and no failure: its figures are a second opinion. */
static int time_pair(const struct trial *trial, const struct runner *r, const struct pair_plan *p,
                     const struct summary *s, const char *directory)
{
    char error[ERROR_BYTES];

    if (trial->json == NULL)
        fflush(stdout);
    fprintf(stderr, "gcsweep: hyperfine times %d runs each of %zu commands\n", HYPERFINE_RUNS,
            2 * p->plan.workload_count);
    switch (hyperfine_run(r, p, directory, error, sizeof error)) {
    case 0:
        return show_hyperfine(trial, s, directory);
    case HYPERFINE_MISSING:
        fprintf(stderr, "gcsweep: hyperfine is not installed (Debian package hyperfine): whole processes are not timed "
                        "with it\n");
        return CLI_DONE;
    case HYPERFINE_INTERRUPTED:
        return interrupted();
    default:
        cli_refuse(error);
        return CLI_DONE;
    }
}

/* ---- The real CPython ---- */

static bool is_side(const struct configuration *c, const void *setting)
{
    return pair_setting_is(setting, c->dimensions);
}

/* What is run, where CPython cannot have what was advised. */
static void write_nearest(const struct advice *a, const struct pair_plan *p, char *text, size_t size)
{
    struct pair_setting nearest;
    char label[4 * RECORD_TEXT_BYTES];

    text[0] = '\0';
    if (!pair_setting_on("cpython", a->rows[a->chosen].setting->in[0]->dimensions, &nearest))
        return;
    advice_label(a, &a->rows[a->chosen], label, sizeof label);
    snprintf(text, size, "CPython cannot have %.300s: the nearest it can, %.120s %.120s, was run.", label,
             p->setting[PAIR_ADVISED].allocator, p->setting[PAIR_ADVISED].tuning);
}

static int show_confirmation(const struct trial *trial, const struct advice *a, const struct pair_plan *p,
                             const struct summary *measured)
{
    const struct confirmation_sides sides = {is_side, &p->setting[PAIR_ADVISED], &p->setting[PAIR_REFERENCE]};
    struct confirmation c;
    char what[ADVICE_TEXT_BYTES];

    write_nearest(a, p, what, sizeof what);
    if (confirm_advice(a, measured, &sides, &c) != 0)
        return cli_refuse("out of memory");
    int status = CLI_DONE;
    if (trial->json != NULL)
        status = keep(trial, "confirmation", confirmation_to_json(a, &c, what));
    else if (write_confirmation(a, &c, what, trial->markdown, stdout) != 0)
        status = cli_refuse("out of memory");
    if (status != CLI_DONE)
        return status;
    return c.stands ? CLI_DONE : CLI_FAILED;
}

/* After the rounds: what they say, then what hyperfine says. */
static int judge(const struct trial *trial, const struct advice *a, const struct runner *r, const struct pair_plan *p,
                 const char *directory)
{
    struct result_set results;
    struct summary s;
    char error[ERROR_BYTES];
    int status = CLI_FAILED;

    if (store_load(directory, &results, error, sizeof error) != 0) {
        cli_refuse(error);
        return CLI_FAILED;
    }
    if (summarise_uncompared(&results, &s) == 0) {
        status = show_confirmation(trial, a, p, &s);
        int timed = time_pair(trial, r, p, &s, directory);
        status = timed > status ? timed : status;
        summary_free(&s);
    } else {
        cli_refuse("out of memory");
    }
    result_set_free(&results);
    return status;
}

static int confirm_pair(const struct trial *trial, const struct advice *a, struct pair_plan *p)
{
    char error[ERROR_BYTES], directory[PATH_MAX];
    struct runner runner;

    if (snprintf(directory, sizeof directory, "%s/confirm", trial->directory) >= (int)sizeof directory)
        return cli_refuse("the name of the results folder is too long");
    p->plan.rounds = trial->rounds;
    runner_init(&runner, &p->plan);
    if (confirm_check(&runner, p, error, sizeof error) != 0)
        return cli_refuse(error);
    fflush(stdout); /* what is known comes before what takes long */
    runner.interrupted = interrupt_watch();
    int status = confirm_run(&runner, p, directory, trial->command, error, sizeof error);
    if (status == CONFIRM_INTERRUPTED)
        status = interrupted();
    else if (status != 0)
        status = cli_refuse(error);
    else
        status = judge(trial, a, &runner, p, directory);
    interrupt_release();
    return status;
}

int recommend_confirm(const struct trial *trial, const struct advice *a)
{
    struct pair_plan p;
    char error[ERROR_BYTES];
    int status;

    if (make_pair(a, "cpython", &p, error, sizeof error) != 0) {
        status = cli_refuse(error);
    } else if (is_one_setting(&p)) {
        status = say(trial, "Nothing to try: on the real CPython the advice is the setting that it has already.");
    } else {
        status = confirm_pair(trial, a, &p);
    }
    pair_plan_free(&p);
    return status;
}

int recommend_hyperfine(const struct trial *trial, const struct advice *a)
{
    struct pair_plan p;
    char error[ERROR_BYTES];
    int status;

    if (make_pair(a, a->settings.subjects[0]->runtime, &p, error, sizeof error) != 0) {
        status = cli_refuse(error);
    } else if (is_one_setting(&p)) {
        status = say(trial, "Nothing to time: the advice is the setting that it would be compared with.");
    } else {
        struct runner runner;
        runner_init(&runner, &p.plan);
        runner.interrupted = interrupt_watch();
        status = time_pair(trial, &runner, &p, a->settings.summary, trial->directory);
        interrupt_release();
    }
    pair_plan_free(&p);
    return status;
}
