#include "harness/report/advice_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/advice_words.h"
#include "harness/report/confirm_text.h"
#include "harness/report/paste.h"
#include "harness/report/words.h"
#include "harness/sweep/json_build.h"
#include "harness/sweep/line.h"

static const char *const goal_names[ADVICE_GOALS] = {"throughput", "longest_pause", "peak_rss"};

/* A text that came from a file and is no UTF-8 is cleaned first. */
static json_t *text(const char *string)
{
    json_t *value = json_string(string);

    if (value != NULL)
        return value;
    char *copy = malloc(strlen(string) + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, string, strlen(string) + 1);
    line_clean(copy);
    value = json_string(copy);
    free(copy);
    return value;
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *interval(const struct interval *i)
{
    return json_pack("{s:o,s:o,s:o,s:I}", "estimate", number(i->estimate), "low", number(i->low), "high",
                     number(i->high), "pairs", (json_int_t)i->pairs);
}

static json_t *lines_to_paste(const struct advice_row *row)
{
    struct paste *p = malloc(sizeof *p);
    json_t *python = json_array(), *out = NULL;

    if (p != NULL) {
        paste_of(row->setting->in[0], p);
        for (size_t i = 0; i < PASTE_LINES && p->python[i][0] != '\0'; i++)
            python = json_with(python, text(p->python[i]));
        out = json_pack("{s:o,s:o,s:b,s:o}", "python", python, "shell", text(p->shell), "environment_is_default",
                        p->environment_is_default, "note", p->note[0] != '\0' ? text(p->note) : json_null());
    } else {
        json_decref(python);
    }
    free(p);
    return out;
}

static json_t *row_to_json(const struct advice *a, size_t index)
{
    const struct advice_row *row = &a->rows[index];
    const struct run_record *d = row->setting->in[0]->dimensions;
    json_t *ratio = json_object(), *budget = json_object();

    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
        ratio = json_with_member(ratio, goal_names[g], interval(&row->ratio[g]));
        if (a->has_budgets ? !isnan(a->request.budget[g]) : g != ADVICE_THROUGHPUT)
            budget = json_with_member(budget, goal_names[g], number(row->miss[g]));
    }
    ratio = json_with_member(ratio, "pause_p99", interval(&row->p99_ratio));
    return json_pack("{s:o,s:o,s:o,s:o,s:b,s:b,s:b,s:b,s:b,s:o,s:o,s:o,s:o,s:o,s:o}", "allocator", text(d->allocator),
                     "tuning", text(d->tuning), "collector", text(d->collector), "refcount", text(d->refcount),
                     "on_front", row->on_front, "collects", row->setting->collects, "keeps_budgets", row->keeps_budgets,
                     "chosen", index == a->chosen, "reference", index == a->reference, "ratio_to_reference", ratio,
                     "share_of_budget_used", budget, "share_of_best_throughput",
                     interval(&row->level[ADVICE_THROUGHPUT]), "longest_pause_ns", interval(&row->level[ADVICE_PAUSE]),
                     "pause_p99_ns", number(row->p99_ns), "rss_peak_bytes", interval(&row->level[ADVICE_RSS]));
}

static json_t *labels(const struct advice *a)
{
    json_t *list = json_array();

    for (size_t i = 0; i < a->settings.subject_count; i++)
        list = json_with(list, text(a->settings.subjects[i]->label));
    return list;
}

static json_t *choice_to_json(const struct advice *a, size_t index)
{
    if (index == a->settings.count)
        return json_null();
    json_t *row = row_to_json(a, index);
    row = json_with_member(row, "paste", lines_to_paste(&a->rows[index]));
    return row;
}

json_t *advice_to_json(const struct advice *a)
{
    char words[ADVICE_TEXT_BYTES];
    json_t *rows = json_array(), *budgets = json_object(), *floors = json_object();

    for (size_t i = 0; i < a->settings.count; i++)
        rows = json_with(rows, row_to_json(a, i));
    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
        budgets = json_with_member(budgets, goal_names[g], number(a->request.budget[g]));
        floors = json_with_member(floors, goal_names[g], number(a->floor[g]));
    }
    write_advice_choice(a, words, sizeof words);
    return json_pack("{s:o,s:s,s:s,s:o,s:o,s:o,s:o,s:s,s:o,s:o,s:i,s:I,s:o,s:o}", "workloads", labels(a), "runtime",
                     a->settings.subjects[0]->runtime, "goal", goal_names[a->goal], "budgets", budgets, "advice",
                     text(words), "chosen", choice_to_json(a, a->chosen), "nearest", choice_to_json(a, a->nearest),
                     "reference_word", advice_reference_word(a), "share_of_draws_that_keep_budgets",
                     number(a->share_kept), "share_of_draws_that_choose_it", number(a->share_chosen), "draws",
                     ADVICE_RESAMPLES, "seed", (json_int_t)a->request.seed, "noise_floor", floors, "settings", rows);
}

json_t *confirmation_to_json(const struct advice *a, const struct confirmation *c, const char *what)
{
    char words[ADVICE_TEXT_BYTES];
    json_t *rows = json_object();

    for (enum confirmed_measure m = 0; m < CONFIRM_MEASURES; m++)
        rows =
            json_with_member(rows, confirmed_measure_names[m],
                             json_pack("{s:o,s:o,s:s}", "promised", interval(&c->row[m].promised), "measured",
                                       interval(&c->row[m].measured), "verdict", confirmed_names[c->row[m].verdict]));
    write_confirmed(a, c, words, sizeof words);
    return json_pack("{s:b,s:b,s:b,s:o,s:o,s:I,s:I,s:o,s:b,s:b,s:o}", "stands", c->stands, "promised", c->promised,
                     "holds", c->holds, "words", text(words), "python", text(c->python), "workloads",
                     (json_int_t)c->workloads, "rounds", (json_int_t)c->rounds, "ratios", rows, "keeps_pause",
                     c->keeps_pause, "keeps_rss", c->keeps_rss, "ran_instead",
                     what[0] != '\0' ? text(what) : json_null());
}

json_t *hyperfine_to_json(const struct hyperfine_rows *rows)
{
    json_t *list = json_array();

    for (size_t i = 0; i < rows->count; i++) {
        const struct hyperfine_row *row = &rows->row[i];
        list = json_with(list, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:b}", "setting",
                                         text(row->setting->dimensions->configuration), "reference",
                                         text(row->reference->dimensions->configuration), "reference_ns",
                                         number(row->reference_ns), "setting_ns", number(row->setting_ns),
                                         "hyperfine_ratio", number(row->theirs), "sweep_ratio", interval(&row->ours),
                                         "difference", number(row->difference), "differs", hyperfine_disagrees(row),
                                         "failed", row->failed));
    }
    return list;
}

static void keep_warning(void *context, const char *sentence)
{
    json_t **list = context;

    *list = json_with(*list, text(sentence));
}

json_t *advice_warnings_to_json(const struct summary *s)
{
    json_t *list = json_array();

    if (each_warning(s, keep_warning, &list) == 0)
        return list;
    json_decref(list);
    return NULL;
}
