/* list.c - gcsweep list: what there is, one line each. */
#include <argp.h>
#include <stdio.h>
#include <string.h>

#include "allocators/allocator.h"
#include "core/collectors/collector.h"
#include "harness/cli/card.h"
#include "harness/cli/cli.h"
#include "harness/cli/list_rows.h"
#include "harness/sweep/line.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/runner.h"
#include "harness/sweep/runtimes.h"
#include "harness/worker/tunings/tuning.h"
#include "workloads/workload.h"

static void list_workloads(void)
{
    for (size_t i = 0; i < workload_count; i++) {
        const struct workload *w = workloads[i];
        struct record_param params[RECORD_PARAMS];
        struct plan_workload plain = {.scale = 1};
        snprintf(plain.name, sizeof plain.name, "%s", w->name);
        plan_params(&plain, params);
        printf("%-16s %s; from %s; --param", w->name, w->stresses, w->source);
        for (size_t k = 0; k < RECORD_PARAMS && params[k].name[0]; k++)
            printf(" %s=%s", params[k].name, params[k].text);
        putchar('\n');
    }
}

static void list_allocators(void)
{
    char error[RECORD_TEXT_BYTES];
    for (size_t i = 0; i < pool_row_count; i++)
        printf("%-12s %s; it serves up to 512 bytes, the C library's malloc the rest, %s+NAME: NAME; core/pool.h\n",
               pool_rows[i].name, pool_rows[i].summary, pool_rows[i].name);
    for (size_t i = 0; i < allocator_count; i++) {
        const struct allocator *a = allocators[i];
        struct allocator_choice choice;
        bool found = allocator_parse(a->name, &choice, error, sizeof error) == 0 &&
                     allocator_locate(&choice, error, sizeof error) == 0;
        printf("%-12s %s; %s; ", a->name, a->summary, a->source);
        if (found)
            printf("found: %s\n", choice.path[0] ? choice.path : "the C library's own");
        else
            printf("not found; install the package %s\n", a->package ? a->package : "of the C library");
    }
}

static void list_collectors(void)
{
    for (size_t i = 0; i < collector_count; i++)
        printf("%-12s %s; %s\n", collectors[i]->name, collectors[i]->summary, collectors[i]->source);
}

static void list_tunings(void)
{
    for (size_t i = 0; i < tuning_count; i++)
        printf("%-16s %s; such as %s\n", tunings[i]->form, tunings[i]->summary, tunings[i]->example);
}

static void list_runtimes(void)
{
    struct plan plan;
    struct runner runner;
    plan_init(&plan);
    runner_init(&runner, &plan);
    for (size_t i = 0; i < runtime_row_count; i++) {
        const struct runtime_row *row = &runtime_rows[i];
        printf("%-12s %s; %s; ", row->name, row->summary, row->source);
        if (runner.program[i][0])
            printf("found: %s\n", runner.program[i]);
        else
            printf("not found: %s; %s\n", row->program, row->missing);
    }
    plan_free(&plan);
}

const struct list_row list_rows[] = {
    {"workloads", list_workloads}, {"allocators", list_allocators}, {"collectors", list_collectors},
    {"tunings", list_tunings},     {"runtimes", list_runtimes},     {NULL, NULL},
};

enum { KEY_CARD = 1024 };

struct list_options {
    const char *what;
    const char *card; /* the workload; NULL: not asked for */
};

static const struct argp_option rows[] = {
    {"card", KEY_CARD, "NAME", 0,
     "with workloads: the card of one, at its default scale: what it allocates, its live set, its garbage (two runs on "
     "the model)",
     0},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct list_options *o = state->input;
    switch (key) {
    case KEY_CARD:
        o->card = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (o->what)
            return cli_refuse_option(state, "one list at a time, and '%s' is a second one", argument);
        o->what = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp list_argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "WHAT",
    .doc = "Prints what there is, one line each: WHAT is workloads, allocators, collectors, tunings or runtimes; or "
           "one workload's card.\v"
           "Exit status: 0 done, 1 a run of the card did not end ok, 2 input that cannot be used, 3 interrupted.",
};

int cli_list(int argc, char **argv)
{
    struct list_options o = {0};
    if (cli_parse(&list_argp, argc, argv, &o) != 0)
        return CLI_UNUSABLE;
    const char *what = o.what;
    if (o.card && (!what || strcmp(what, "workloads") != 0))
        return cli_refuse("--card NAME belongs to a workload: gcsweep list workloads --card NAME");
    if (o.card)
        return card_print(o.card);
    for (size_t i = 0; what && list_rows[i].name; i++) {
        if (strcmp(list_rows[i].name, what) == 0) {
            list_rows[i].print();
            return cli_finish(CLI_DONE);
        }
    }
    char message[RECORD_TEXT_BYTES];
    if (what)
        line_error(message, sizeof message, "there is no list of '%s'; there are:", what);
    else
        line_error(message, sizeof message, "a list of what? There are:");
    for (size_t i = 0; list_rows[i].name; i++)
        line_append(message, sizeof message, "%s %s", i > 0 ? "," : "", list_rows[i].name);
    return cli_refuse(message);
}
