/* completion_values.c - what may stand behind an option, and for a word of a usage line: a row each. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "allocators/allocator.h"
#include "core/collectors/collector.h"
#include "harness/analysis/comparison.h"
#include "harness/cli/choices.h"
#include "harness/cli/compare_view.h"
#include "harness/cli/completion.h"
#include "harness/cli/list_rows.h"
#include "harness/exporters/exporter.h"
#include "harness/sweep/line.h"
#include "harness/sweep/runtimes.h"
#include "harness/worker/tunings/tuning.h"
#include "workloads/workload.h"

enum { WORD_BYTES = 8192 };

/* The same with the first `length` characters of what was typed as part of the lead. */
static struct completion behind(const struct completion *c, size_t length, char lead[WORD_BYTES])
{
    struct completion rest = *c;
    lead[0] = '\0';
    line_append(lead, WORD_BYTES, "%s%.*s", c->lead, (int)length, c->typed);
    rest.lead = lead;
    rest.typed += length;
    return rest;
}

static void offer_words(const struct completion *c, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        completion_offer(c, words[i], i == 0 ? "the default" : NULL);
}

/* ---- Paths ---- */

static void files(const struct completion *c)
{
    completion_offer_paths(c, PATHS_ALL);
}

static void folders(const struct completion *c)
{
    completion_offer_paths(c, PATHS_FOLDERS);
}

static void results(const struct completion *c)
{
    completion_offer_paths(c, PATHS_RESULTS);
}

static void heap_scripts(const struct completion *c)
{
    completion_offer_paths(c, PATHS_HEAP);
}

static void plans(const struct completion *c)
{
    completion_offer_paths(c, PATHS_JSON);
}

/* ---- What is run ---- */

static void known_workloads(const struct completion *c)
{
    for (size_t i = 0; i < workload_count; i++)
        completion_offer(c, workloads[i]->name, workloads[i]->stresses);
}

static void workloads_and_scripts(const struct completion *c)
{
    static const char script[] = "script:";
    char lead[WORD_BYTES];
    known_workloads(c);
    if (strncmp(c->typed, script, sizeof script - 1) == 0) {
        struct completion rest = behind(c, sizeof script - 1, lead);
        heap_scripts(&rest);
    } else {
        completion_offer(c, script, "a heap script");
    }
}

static void runtimes(const struct completion *c)
{
    for (size_t i = 0; i < runtime_row_count; i++)
        completion_offer(c, runtime_rows[i].name, runtime_rows[i].summary);
}

static void known_collectors(const struct completion *c)
{
    for (size_t i = 0; i < collector_count; i++)
        completion_offer(c, collectors[i]->name, collectors[i]->summary);
}

static void known_tunings(const struct completion *c)
{
    for (size_t i = 0; i < tuning_count; i++)
        completion_offer(c, tunings[i]->example, tunings[i]->summary);
}

static void refcounts(const struct completion *c)
{
    for (size_t i = 0; i < refcount_count; i++)
        completion_offer(c, refcount_names[i], NULL);
}

static void known_allocators(const struct completion *c)
{
    for (size_t i = 0; i < allocator_count; i++)
        completion_offer(c, allocators[i]->name, allocators[i]->summary);
}

/* NAME@VARIABLE=: the variables of the allocator that was named last, `name` up to its '@'. */
static void allocator_variables(const struct completion *c, const char *name, size_t length)
{
    for (size_t i = 0; i < allocator_count; i++) {
        const struct allocator *a = allocators[i];
        if (strlen(a->name) != length || strncmp(a->name, name, length) != 0)
            continue;
        for (size_t k = 0; a->variables && a->variables[k]; k++) {
            char variable[WORD_BYTES];
            snprintf(variable, sizeof variable, "%s=", a->variables[k]);
            completion_offer(c, variable, a->name);
        }
    }
}

/* [POOLS+]NAME[@VARIABLE=VALUE]..., as allocator.h has it. */
static void allocators_and_pools(const struct completion *c)
{
    char lead[WORD_BYTES], more_lead[WORD_BYTES], word[WORD_BYTES];
    const char *at = strrchr(c->typed, '@'), *plus = strchr(c->typed, '+');
    size_t start = plus ? (size_t)(plus + 1 - c->typed) : 0;
    struct completion rest = behind(c, start, lead);
    if (at && at >= rest.typed) {
        struct completion variable = behind(&rest, (size_t)(at + 1 - rest.typed), more_lead);
        allocator_variables(&variable, rest.typed, strcspn(rest.typed, "@"));
        return;
    }
    for (size_t i = 0; i < pool_row_count && !plus; i++) {
        completion_offer(c, pool_rows[i].name, pool_rows[i].summary);
        snprintf(word, sizeof word, "%s+", pool_rows[i].name);
        if (strlen(c->typed) >= strlen(pool_rows[i].name))
            completion_offer(c, word, "with another allocator above 512 bytes");
    }
    known_allocators(&rest);
    if (strchr(c->typed, '/'))
        files(&rest);
}

static bool is_on_the_line(const struct completion *c, const char *word)
{
    for (int i = 0; i < c->word_count; i++)
        if (strcmp(c->words[i], word) == 0)
            return true;
    return false;
}

static bool has_param(const struct workload *w, const char *name)
{
    const struct workload_param *p;
    for (size_t i = 0; (p = workload_param_at(w, i)); i++)
        if (strcmp(p->name, name) == 0)
            return true;
    return false;
}

/* The parameters of the workloads on the line, of all where none is; each once. */
static void params(const struct completion *c)
{
    const struct workload *wanted[workload_count];
    size_t count = 0;
    for (int pass = 0; pass < 2 && count == 0; pass++)
        for (size_t i = 0; i < workload_count; i++)
            if (pass == 1 || is_on_the_line(c, workloads[i]->name))
                wanted[count++] = workloads[i];
    for (size_t i = 0; i < count; i++) {
        const struct workload_param *p;
        for (size_t k = 0; (p = workload_param_at(wanted[i], k)); k++) {
            char word[WORD_BYTES];
            bool seen = false;
            for (size_t earlier = 0; earlier < i && !seen; earlier++)
                seen = has_param(wanted[earlier], p->name);
            snprintf(word, sizeof word, "%s=", p->name);
            if (!seen)
                completion_offer(c, word, p->help);
        }
    }
}

/* ---- What comes out ---- */

static void run_format(const struct completion *c)
{
    offer_words(c, run_formats);
}

static void recommend_format(const struct completion *c)
{
    offer_words(c, recommend_formats);
}

static void compare_format(const struct completion *c)
{
    for (size_t i = 0; i < compare_format_count; i++)
        completion_offer(c, compare_formats[i].name, i == 0 ? "the default" : NULL);
}

static void export_format(const struct completion *c)
{
    for (size_t i = 0; i < exporter_count; i++)
        completion_offer(c, exporters[i]->name, exporters[i]->help);
}

static void freeze(const struct completion *c)
{
    offer_words(c, freeze_choices);
}

/* A list with commas. */
static void compare_measure(const struct completion *c)
{
    char lead[WORD_BYTES];
    const char *comma = strrchr(c->typed, ',');
    struct completion rest = behind(c, comma ? (size_t)(comma + 1 - c->typed) : 0, lead);
    for (size_t i = 0; i < COMPARED; i++)
        completion_offer(&rest, compared_measures[i].word, NULL);
}

/* DIR or DIR:CONFIG */
static void compare_side(const struct completion *c)
{
    char lead[WORD_BYTES];
    const char *colon = strrchr(c->typed, ':');
    if (!colon) {
        results(c);
        return;
    }
    struct completion rest = behind(c, (size_t)(colon + 1 - c->typed), lead);
    allocators_and_pools(&rest);
    known_tunings(&rest);
    completion_offer(&rest, "twin", "the second half of the A/A pair");
}

static void lists(const struct completion *c)
{
    for (size_t i = 0; list_rows[i].name; i++)
        completion_offer(c, list_rows[i].name, NULL);
}

/* ---- The rows ---- */

/* The first row that fits counts: NULL fits all. */
static const struct {
    const char *command, *option, *argument;
    completion_values *values;
} rows[] = {
    {NULL, "allocator", NULL, allocators_and_pools},
    {NULL, "collector", NULL, known_collectors},
    {NULL, "runtime", NULL, runtimes},
    {NULL, "tuning", NULL, known_tunings},
    {NULL, "refcount", NULL, refcounts},
    {NULL, "workload", NULL, workloads_and_scripts},
    {NULL, "param", NULL, params},
    {NULL, "card", NULL, known_workloads},
    {NULL, "freeze", NULL, freeze},
    {NULL, "measure", NULL, compare_measure},
    {"run", "format", NULL, run_format},
    {"recommend", "format", NULL, recommend_format},
    {"compare", "format", NULL, compare_format},
    {"export", "format", NULL, export_format},
    {NULL, "plan", NULL, plans},
    {NULL, "save", "DIR", folders},
    {NULL, "out", "DIR", folders},
    {NULL, NULL, "WORKLOAD", workloads_and_scripts},
    {"compare", NULL, "A", compare_side},
    {"compare", NULL, "B", compare_side},
    {"list", NULL, "WHAT", lists},
    {NULL, NULL, "FILE.heap", heap_scripts},
    {NULL, NULL, "DIR", results},
    {NULL, NULL, "FILE", files},
};

completion_values *completion_find_values(const struct cli_command *command, const char *option, const char *argument)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if ((!rows[i].command || strcmp(rows[i].command, command->name) == 0) &&
            (!rows[i].option || (option && strcmp(rows[i].option, option) == 0)) &&
            (!rows[i].argument || strcmp(rows[i].argument, argument) == 0))
            return rows[i].values;
    return NULL;
}
