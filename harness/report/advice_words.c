#include "harness/report/advice_words.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/report/format.h"
#include "harness/sweep/line.h"

static const char *const goal_words[ADVICE_GOALS] = {
    [ADVICE_THROUGHPUT] = "the highest throughput",
    [ADVICE_PAUSE] = "the shortest longest pause",
    [ADVICE_RSS] = "the least peak RSS",
};

static const char *const measure_words[ADVICE_GOALS] = {
    [ADVICE_THROUGHPUT] = "throughput",
    [ADVICE_PAUSE] = "longest pause",
    [ADVICE_RSS] = "peak RSS",
};

void advice_label(const struct advice *a, const struct advice_row *row, char *text, size_t size)
{
    configuration_label(a->settings.summary, row->setting->in[0], text, size);
}

const char *advice_reference_word(const struct advice *a)
{
    return baseline_word(a->settings.summary, a->settings.subjects[0]);
}

static uint64_t greatest_rounds(const struct advice *a)
{
    size_t most = 0;

    for (size_t i = 0; i < a->settings.count; i++)
        if (a->settings.list[i].mean.count > most)
            most = a->settings.list[i].mean.count;
    return most;
}

void write_advice_scope(const struct advice *a, char *text, size_t size)
{
    size_t count = a->settings.subject_count;
    uint64_t rounds = greatest_rounds(a);

    text[0] = '\0';
    if (count > 1)
        line_append(text, size, "%zu workloads", count);
    else
        line_append(text, size, "%s", a->settings.subjects[0]->label);
    line_append(text, size, " on %s, %zu setting%s, %" PRIu64 " round%s", a->settings.subjects[0]->runtime,
                a->settings.count, a->settings.count == 1 ? "" : "s", rounds, rounds == 1 ? "" : "s");
    for (size_t i = 0; i < count && count > 1; i++)
        line_append(text, size, "%s%s", i > 0 ? ", " : ": ", a->settings.subjects[i]->label);
}

static void format_budget(enum advice_goal goal, double budget, char *text, size_t size)
{
    char value[FORMAT_BYTES];

    if (goal == ADVICE_THROUGHPUT)
        snprintf(text, size, "throughput at least %.3g of the best", budget);
    else if (goal == ADVICE_PAUSE)
        format_duration(budget, value, sizeof value);
    else
        format_bytes(budget, value, sizeof value);
    if (goal != ADVICE_THROUGHPUT)
        snprintf(text, size, "%s at most %s", measure_words[goal], value);
}

void write_advice_budgets(const struct advice *a, char *text, size_t size)
{
    char one[2 * FORMAT_BYTES];

    text[0] = '\0';
    if (!a->has_budgets) {
        snprintf(text, size, "longest pause and peak RSS at most %.0f %% above the %s's", 100 * (ADVICE_SLACK - 1),
                 advice_reference_word(a));
        return;
    }
    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
        if (isnan(a->request.budget[g]))
            continue;
        format_budget(g, a->request.budget[g], one, sizeof one);
        line_append(text, size, "%s%s", text[0] != '\0' ? ", " : "", one);
    }
}

/* "its longest pause may be 6.10 ms (22 % over)": the end of the interval that the budget is about. */
static void append_miss(const struct advice_row *row, enum advice_goal g, char *text, size_t size)
{
    char value[FORMAT_BYTES];
    const struct interval *level = &row->level[g];

    if (isnan(row->miss[g])) {
        line_append(text, size, "its %s has no interval", measure_words[g]);
        return;
    }
    if (g == ADVICE_THROUGHPUT) {
        line_append(text, size, "its throughput may be as low as %.3g of the best (%.1f %% too low)", level->low,
                    100 * (1 - 1 / row->miss[g]));
        return;
    }
    g == ADVICE_PAUSE ? format_duration(level->high, value, sizeof value)
                      : format_bytes(level->high, value, sizeof value);
    line_append(text, size, "its %s may be %s (%.1f %% over)", measure_words[g], value, 100 * (row->miss[g] - 1));
}

static void write_nearest(const struct advice *a, char *text, size_t size)
{
    char budgets[ADVICE_TEXT_BYTES / 4], label[4 * RECORD_TEXT_BYTES];
    size_t written = 0;

    write_advice_budgets(a, budgets, sizeof budgets);
    snprintf(text, size, "No setting keeps the budgets (%s)", budgets);
    if (greatest_rounds(a) < STATISTICS_LEAST_PAIRS) {
        line_append(text, size, ": with fewer than %d rounds no interval is known, so none is proven to.",
                    STATISTICS_LEAST_PAIRS);
        return;
    }
    if (a->nearest == a->settings.count) {
        line_append(text, size, ".");
        return;
    }
    const struct advice_row *row = &a->rows[a->nearest];
    advice_label(a, row, label, sizeof label);
    line_append(text, size, ". The nearest is %s: ", label);
    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
        if (isnan(a->request.budget[g]) || row->miss[g] <= 1)
            continue;
        line_append(text, size, "%s", written++ > 0 ? " and " : "");
        append_miss(row, g, text, size);
    }
    line_append(text, size, ".");
}

void write_advice_choice(const struct advice *a, char *text, size_t size)
{
    char budgets[ADVICE_TEXT_BYTES / 4], label[4 * RECORD_TEXT_BYTES], other[4 * RECORD_TEXT_BYTES],
        ratio[FORMAT_BYTES];

    if (a->chosen == a->settings.count) {
        write_nearest(a, text, size);
        return;
    }
    write_advice_budgets(a, budgets, sizeof budgets);
    advice_label(a, &a->rows[a->chosen], label, sizeof label);
    if (a->chosen != a->reference) {
        snprintf(text, size, "Use %s: %s of the %zu setting%s that keep%s %s.", label, goal_words[a->goal], a->kept,
                 a->kept == 1 ? "" : "s", a->kept == 1 ? "s" : "", budgets);
        return;
    }
    snprintf(text, size, "Keep the %s, %s: ", advice_reference_word(a), label);
    if (a->kept == 1) {
        line_append(text, size, "no other setting keeps %s.", budgets);
        return;
    }
    line_append(text, size, "of the %zu settings that keep %s ", a->kept, budgets);
    if (a->unresolved == a->settings.count) {
        line_append(text, size, "none is better by more than %.0f %%.", 100 * (ADVICE_AS_GOOD - 1));
        return;
    }
    advice_label(a, &a->rows[a->unresolved], other, sizeof other);
    ratio_text(&a->rows[a->unresolved].ratio[a->goal], ratio, sizeof ratio);
    line_append(text, size, "none is resolved as better; the best, %s, has %s its %s.", other, ratio,
                measure_words[a->goal]);
}

static void append_floor(const struct advice *a, char *text, size_t size)
{
    double gain = fabs(a->rows[a->chosen].ratio[a->goal].estimate - 1), floor = a->floor[a->goal];

    if (a->chosen == a->reference || isnan(floor))
        return;
    line_append(text, size, " The same setting twice differs in %s by up to %.1f %% here (A/A%s)%s.",
                measure_words[a->goal], 100 * floor, a->settings.subject_count > 1 ? ", the loudest workload" : "",
                gain < floor ? ": the gain is not above that noise" : "");
}

bool write_advice_certainty(const struct advice *a, char *text, size_t size)
{
    if (a->chosen == a->settings.count || isnan(a->share_kept))
        return false;
    snprintf(text, size,
             "How sure: of %d draws of the %" PRIu64 " rounds, it keeps %s in %.0f %%, and in %.0f %% no other that "
             "does is better by more than %.0f %%.",
             ADVICE_RESAMPLES, greatest_rounds(a), a->has_budgets ? "the budgets" : "those bounds", 100 * a->share_kept,
             100 * a->share_chosen, 100 * (ADVICE_AS_GOOD - 1));
    append_floor(a, text, size);
    return true;
}

bool write_advice_left_out(const struct advice *a, char *text, size_t size)
{
    size_t count = 0, fastest = a->settings.count;
    char label[4 * RECORD_TEXT_BYTES], throughput[FORMAT_BYTES], rss[FORMAT_BYTES];

    for (size_t i = 0; i < a->settings.count; i++) {
        if (a->rows[i].may_be_advised)
            continue;
        count++;
        if (fastest == a->settings.count ||
            a->rows[i].ratio[ADVICE_THROUGHPUT].estimate > a->rows[fastest].ratio[ADVICE_THROUGHPUT].estimate)
            fastest = i;
    }
    if (count == 0)
        return false;
    advice_label(a, &a->rows[fastest], label, sizeof label);
    ratio_text(&a->rows[fastest].ratio[ADVICE_THROUGHPUT], throughput, sizeof throughput);
    ratio_text(&a->rows[fastest].ratio[ADVICE_RSS], rss, sizeof rss);
    snprintf(text, size,
             "%zu setting%s never collected and %s not advised (--with-disabled does): what lives in cycles stays for "
             "as long as the program runs, and these runs were short. The fastest, %s, has %s the throughput and %s "
             "the peak RSS.",
             count, count == 1 ? "" : "s", count == 1 ? "is" : "are", label, throughput, rss);
    return true;
}

void write_advice_limits(const struct advice *a, char *text, size_t size)
{
    bool is_model = strcmp(a->settings.subjects[0]->runtime, "model") == 0;

    snprintf(
        text, size,
        "Measured on %s, not on your program%s. Intervals are 95 %% each, not corrected for the number of settings: "
        "the best of many looks a little better than it is.",
        a->settings.subject_count == 1 ? "this workload" : "these workloads",
        is_model ? ", and on the model, whose share of collection is larger than an interpreter's: --confirm "
                   "measures the advice on the real CPython"
                 : "");
}
