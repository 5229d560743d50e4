/* compare_words.c - what all formats of a comparison say in the same words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/compare_view.h"
#include "harness/sweep/line.h"

const struct compare_format compare_formats[] = {
    {"human", write_compare_human},
    {"json", write_compare_json},
    {"markdown", write_compare_markdown},
    {"csv", write_compare_csv},
};
const size_t compare_format_count = sizeof compare_formats / sizeof compare_formats[0];

const char *compare_refusal(const struct comparison_row *row)
{
    switch (row->refusal) {
    case REFUSED_NO_OK_RUN:
        return "no ok run on a side";
    case REFUSED_CHECKSUM:
        return "checksums differ: not the same work";
    case REFUSED_NOT:
        break;
    }
    return NULL;
}

const char *compare_broken(enum broken broken)
{
    switch (broken) {
    case BROKEN_NO_OK_RUN:
        return "no run of B is ok";
    case BROKEN_RUNS:
        return "runs of B failed";
    case BROKEN_CHECKSUM:
        return "B did not do the same work as A: checksums differ";
    case BROKEN_NOT:
        break;
    }
    return NULL;
}

void compare_verdict(const struct compared_ratio *r, size_t measure, char *text, size_t size)
{
    bool resolved = r->verdict == VERDICT_LESS || r->verdict == VERDICT_MORE;

    snprintf(text, size, "%s%s", verdict_word(compared_measures[measure].measure, r->verdict),
             resolved && !r->holds ? "?" : "");
}

void compare_row_name(const struct compare_view *v, const struct comparison_row *row, char name[COMPARE_NAME_BYTES])
{
    char subject[3 * RECORD_TEXT_BYTES], label[COMPARE_LABEL_BYTES];

    comparison_subject(v->comparison->a.summary, &row->a, subject, sizeof subject);
    comparison_label(v->comparison, row, label, sizeof label);
    snprintf(name, COMPARE_NAME_BYTES, "%s, %s", subject, label);
}

void compare_missing_name(const struct compare_view *v, const struct compared_runs *missing,
                          char name[COMPARE_NAME_BYTES])
{
    char subject[3 * RECORD_TEXT_BYTES], label[COMPARE_LABEL_BYTES];

    comparison_subject(v->comparison->a.summary, missing, subject, sizeof subject);
    comparison_setting(v->comparison, missing, label, sizeof label);
    snprintf(name, COMPARE_NAME_BYTES, "%s, %s", subject, label);
}

/* ---- Noise ---- */

bool compare_is_invalid(const struct compare_view *v, const struct comparison_row *row)
{
    const struct noise *a = comparison_noise(v->comparison->a.summary, &row->a),
                       *b = comparison_noise(v->comparison->b.summary, &row->b);

    return (a != NULL && a->verdict == NOISE_INVALID) || (b != NULL && b->verdict == NOISE_INVALID);
}

static void noise_text(const struct noise *noise, char *text, size_t size)
{
    char ratio[128];

    if (noise == NULL || noise->verdict == NOISE_UNKNOWN) {
        snprintf(text, size, "unknown");
    } else if (noise->verdict == NOISE_INVALID) {
        ratio_text(&noise->wall, ratio, sizeof ratio);
        snprintf(text, size, "INVALID (%s)", ratio);
    } else {
        snprintf(text, size, "%.1f %%", noise->floor * 100);
    }
}

void compare_noise(const struct compare_view *v, const struct comparison_row *row, char *text, size_t size)
{
    char a[160], b[160];

    noise_text(comparison_noise(v->comparison->a.summary, &row->a), a, sizeof a);
    noise_text(comparison_noise(v->comparison->b.summary, &row->b), b, sizeof b);
    if (v->comparison->paired)
        snprintf(text, size, "%s", a);
    else
        snprintf(text, size, "A %s, B %s", a, b);
}

/* ---- Warnings ---- */

static void warn_of_machines(const struct compare_view *v, compare_warning *say, void *context)
{
    char text[COMPARE_LINE_BYTES] = "The machines or programs differ, so that a difference may be theirs:";

    for (size_t i = 0; i < v->machine_count; i++)
        line_append(text, sizeof text, "%s %s '%s' against '%s'", i > 0 ? ";" : "", v->machine[i].name, v->machine[i].a,
                    v->machine[i].b);
    if (v->machine_count > 0)
        say(context, text);
}

static bool is_compared(const struct comparison *c, bool of_b, const struct subject *subject)
{
    const struct summary *s = of_b ? c->b.summary : c->a.summary;

    for (size_t i = 0; i < c->row_count; i++) {
        size_t index = (size_t)((of_b ? &c->rows[i].b : &c->rows[i].a)->configuration - s->configurations);
        if (index >= subject->first && index < subject->first + subject->count)
            return true;
    }
    return false;
}

static void warn_of_noise(const struct comparison *c, bool of_b, compare_warning *say, void *context)
{
    const struct summary *s = of_b ? c->b.summary : c->a.summary;
    char text[COMPARE_LINE_BYTES], noise[160];

    for (size_t i = 0; i < s->subject_count; i++) {
        if (s->subjects[i].noise.verdict != NOISE_INVALID || !is_compared(c, of_b, &s->subjects[i]))
            continue;
        noise_text(&s->subjects[i].noise, noise, sizeof noise);
        snprintf(text, sizeof text,
                 "%s: the A/A twin of %s on %s differs from its original, %s: something but the settings moves its "
                 "times.",
                 c->paired ? "The sweep"
                 : of_b    ? "B"
                           : "A",
                 s->subjects[i].label, s->subjects[i].runtime, noise);
        say(context, text);
    }
}

static void warn_of_failures(const struct compare_view *v, compare_warning *say, void *context)
{
    const struct comparison *c = v->comparison;
    size_t a_failed = 0, b_failed = 0, a_all = 0, b_all = 0;
    char text[256];

    for (size_t i = 0; i < c->row_count; i++) {
        a_failed += c->rows[i].a.failed;
        b_failed += c->rows[i].b.failed;
        a_all += c->rows[i].a.run_count;
        b_all += c->rows[i].b.run_count;
    }
    snprintf(text, sizeof text, "Runs that were not ok, and are left out: %zu of %zu of A, %zu of %zu of B.", a_failed,
             a_all, b_failed, b_all);
    if (a_failed + b_failed > 0)
        say(context, text);
}

static void warn_of_strangers(const struct compare_view *v, compare_warning *say, void *context)
{
    const struct comparison *c = v->comparison;
    char text[256];

    snprintf(text, sizeof text, "Configurations without a partner, and left out: %zu of A, %zu of B.", c->only_a,
             c->only_b);
    if (c->only_a + c->only_b > 0 && !c->paired)
        say(context, text);
}

static void warn_of_few_runs(const struct compare_view *v, compare_warning *say, void *context)
{
    const struct comparison *c = v->comparison;
    size_t few = 0;
    char text[256];

    /* Wall time is known of every ok run. */
    for (size_t i = 0; i < c->row_count; i++)
        few += c->rows[i].refusal == REFUSED_NOT && c->rows[i].measure[0].verdict == VERDICT_UNKNOWN;
    snprintf(text, sizeof text, "%zu of %zu configurations have no interval: at least %s are needed.", few,
             c->row_count, c->paired ? "6 rounds" : "4 runs on each side");
    if (few > 0)
        say(context, text);
}

void each_noise_warning(const struct compare_view *v, compare_warning *say, void *context)
{
    warn_of_noise(v->comparison, false, say, context);
    if (!v->comparison->paired)
        warn_of_noise(v->comparison, true, say, context);
}

void each_compare_warning(const struct compare_view *v, compare_warning *say, void *context)
{
    warn_of_machines(v, say, context);
    each_noise_warning(v, say, context);
    warn_of_failures(v, say, context);
    warn_of_strangers(v, say, context);
    warn_of_few_runs(v, say, context);
}

/* ---- Sentences ---- */

void compare_method(const struct compare_view *v, char *text, size_t size)
{
    const struct comparison *c = v->comparison;

    snprintf(text, size,
             "Ratios are B / A with intervals of 95 %%, %s. Differences up to %g %% do not count. A question mark: the "
             "difference does not hold among as many as were tested (Holm's adjusted p is 0.05 or more).",
             c->paired ? "paired by round (signed ranks)"
                       : "unpaired, since two sweeps share no rounds (Mann and Whitney): what changed on the machine "
                         "between them looks like a difference",
             c->margin * 100);
}

void compare_totals(const struct compare_view *v, size_t measure, char *text, size_t size)
{
    static const enum verdict order[] = {VERDICT_LESS, VERDICT_MORE, VERDICT_EQUIVALENT, VERDICT_NOT_RESOLVED,
                                         VERDICT_UNKNOWN};
    const struct comparison *c = v->comparison;
    size_t held = 0, resolved = comparison_count(c, measure, VERDICT_LESS) + comparison_count(c, measure, VERDICT_MORE);
    bool first = true;
    char ratio[128];

    snprintf(text, size, "%s:", compared_measures[measure].label);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        size_t count = comparison_count(c, measure, order[i]);
        if (count == 0)
            continue;
        line_append(text, size, "%s %zu %s", first ? "" : ",", count,
                    order[i] == VERDICT_UNKNOWN ? "unknown"
                                                : verdict_word(compared_measures[measure].measure, order[i]));
        first = false;
    }
    for (size_t i = 0; i < c->row_count; i++)
        held += c->rows[i].measure[measure].holds;
    line_append(text, size, "%s %zu tested", first ? "" : ";", c->tested[measure]);
    if (resolved > 0)
        line_append(text, size, ", %zu of %zu difference%s hold%s", held, resolved, resolved == 1 ? "" : "s",
                    resolved == 1 ? "s" : "");
    if (c->overall_rows[measure] < 2)
        return;
    ratio_text(&c->overall[measure].ratio, ratio, sizeof ratio);
    line_append(text, size, "; geometric mean of %zu %s, %s", c->overall_rows[measure], ratio,
                verdict_word(compared_measures[measure].measure, c->overall[measure].verdict));
}

/* ---- Reproduction ---- */

static void say_contradiction(const struct compare_view *v, const struct reproduction_case *it, compare_warning *say,
                              void *context)
{
    char text[COMPARE_LINE_BYTES], name[COMPARE_NAME_BYTES], first[128], second[128];

    compare_row_name(v, it->row, name);
    ratio_text(it->first, first, sizeof first);
    ratio_text(it->second, second, sizeof second);
    snprintf(text, sizeof text, "Contradicted: %s of %s: %s to its baseline in A, %s in B.",
             compared_measures[it->measure].label, name, first, second);
    say(context, text);
}

void each_reproduction_line(const struct compare_view *v, compare_warning *say, void *context)
{
    const struct reproduction *r = v->reproduction;
    char text[COMPARE_LINE_BYTES], name[COMPARE_NAME_BYTES];
    size_t all = r->same + r->overlapping + r->contradicting;

    snprintf(text, sizeof text,
             "Reproduced: of %zu differences from the baseline that A resolved, B has %zu with the same sign, %zu not "
             "resolved but with overlapping intervals, and contradicts %zu.",
             all, r->same, r->overlapping, r->contradicting);
    if (r->left_out > 0)
        line_append(text, sizeof text, " Left out, since B has another baseline or no interval: %zu.", r->left_out);
    say(context, text);
    for (size_t i = 0; i < r->contradicting; i++)
        say_contradiction(v, &r->contradictions[i], say, context);
    snprintf(text, sizeof text,
             "Counts (collections, objects, operations, checksum) are equal in %zu of %zu "
             "configurations.",
             r->counts_equal, r->counted);
    say(context, text);
    for (size_t i = 0; i < r->counted - r->counts_equal; i++) {
        compare_row_name(v, r->differences[i].row, name);
        snprintf(text, sizeof text, "Counts differ: %s: %s.", name, r->differences[i].text);
        say(context, text);
    }
}
