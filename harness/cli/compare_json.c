/* compare_json.c - a comparison with everything that is known of it; what is unknown is null. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/compare_view.h"
#include "harness/sweep/json_build.h"
#include "harness/sweep/line.h"

enum { COMPARE_SCHEMA = 1 };

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count(size_t value)
{
    return json_integer((json_int_t)value);
}

/* A results file may hold any bytes. */
static json_t *text_of(const char *text)
{
    char *copy = strdup(text);

    if (copy == NULL)
        return NULL;
    line_clean(copy);
    json_t *value = json_string(copy);
    free(copy);
    return value;
}

static json_t *interval_json(const struct interval *i)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "estimate", number(i->estimate), "low", number(i->low), "high",
                     number(i->high), "pairs", count(i->pairs));
}

static json_t *noise_json(const struct summary *s)
{
    static const char *const verdicts[] = {
        [NOISE_UNKNOWN] = "unknown", [NOISE_FLOOR] = "floor", [NOISE_INVALID] = "INVALID"};
    json_t *list = json_array();

    for (size_t i = 0; i < s->subject_count; i++) {
        const struct subject *subject = &s->subjects[i];
        list =
            json_with(list, json_pack("{s:o, s:o, s:s, s:o, s:o}", "subject", text_of(subject->label), "runtime",
                                      text_of(subject->runtime), "verdict", verdicts[subject->noise.verdict], "floor",
                                      number(subject->noise.floor), "wall_ratio", interval_json(&subject->noise.wall)));
    }
    return list;
}

static json_t *side_json(const struct comparison_side *side, size_t without_partner)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "results", text_of(side->summary->results->directory), "words",
                     text_of(side->words != NULL ? side->words : ""), "runs_ok", count(side->summary->ok),
                     "runs_failed", count(side->summary->failed), "without_partner", count(without_partner), "noise",
                     noise_json(side->summary));
}

static json_t *runs_json(const struct compared_runs *runs)
{
    return json_pack("{s:o, s:b, s:o, s:o}", "configuration", text_of(runs->configuration->dimensions->configuration),
                     "twin", runs->twin, "ok", count(runs->ok), "failed", count(runs->failed));
}

static json_t *spread_json(const struct spread *s)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "median", number(s->median), "q1", number(s->q1), "q3", number(s->q3),
                     "runs", count(s->count));
}

static json_t *measure_json(const struct comparison_row *row, size_t m)
{
    const struct compared_ratio *r = &row->measure[m];

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:b}", "a", spread_json(&row->a.measure[m]), "b",
                     spread_json(&row->b.measure[m]), "ratio", interval_json(&r->ratio), "p", number(r->p), "p_holm",
                     number(r->p_holm), "verdict", verdict_word(compared_measures[m].measure, r->verdict), "holds",
                     r->holds);
}

static json_t *row_json(const struct compare_view *v, const struct comparison_row *row)
{
    char subject[3 * RECORD_TEXT_BYTES], label[COMPARE_LABEL_BYTES];
    json_t *measures = json_object();

    comparison_subject(v->comparison->a.summary, &row->a, subject, sizeof subject);
    comparison_label(v->comparison, row, label, sizeof label);
    for (size_t m = 0; m < COMPARED; m++)
        measures = json_with_member(measures, measure_names[compared_measures[m].measure], measure_json(row, m));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "subject", text_of(subject), "label", text_of(label), "a",
                     runs_json(&row->a), "b", runs_json(&row->b), "refused",
                     compare_refusal(row) != NULL ? json_string(compare_refusal(row)) : json_null(), "measures",
                     measures);
}

static json_t *rows_json(const struct compare_view *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->comparison->row_count; i++)
        list = json_with(list, row_json(v, &v->comparison->rows[i]));
    return list;
}

static json_t *overall_json(const struct compare_view *v)
{
    json_t *all = json_object();

    for (size_t m = 0; m < COMPARED; m++) {
        const struct compared_ratio *r = &v->comparison->overall[m];
        all =
            json_with_member(all, measure_names[compared_measures[m].measure],
                             json_pack("{s:o, s:o, s:o, s:s}", "configurations", count(v->comparison->overall_rows[m]),
                                       "ratio", interval_json(&r->ratio), "p", number(r->p), "verdict",
                                       verdict_word(compared_measures[m].measure, r->verdict)));
    }
    return all;
}

static json_t *machine_json(const struct compare_view *v)
{
    json_t *list = json_array();

    for (size_t i = 0; i < v->machine_count; i++)
        list = json_with(list, json_pack("{s:o, s:o, s:o}", "name", text_of(v->machine[i].name), "a",
                                         text_of(v->machine[i].a), "b", text_of(v->machine[i].b)));
    return list;
}

static json_t *tested_json(const struct compare_view *v)
{
    json_t *tested = json_object();

    for (size_t m = 0; m < COMPARED; m++)
        tested = json_with_member(tested, measure_names[compared_measures[m].measure], count(v->comparison->tested[m]));
    return tested;
}

static json_t *finding(const struct configuration *c, const char *measure, const char *reason)
{
    return json_pack("{s:o, s:o, s:s}", "configuration", text_of(c->dimensions->configuration), "measure",
                     measure != NULL ? json_string(measure) : json_null(), "reason", reason);
}

static json_t *broken_json(const struct compare_view *v)
{
    const struct comparison *c = v->comparison;
    json_t *failed = json_array();

    for (size_t i = 0; i < c->row_count; i++) {
        const char *reason = compare_broken(comparison_broken(&c->rows[i]));
        if (reason != NULL)
            failed = json_with(failed, finding(c->rows[i].b.configuration, NULL, reason));
    }
    for (size_t i = 0; i < c->only_a && !c->paired; i++)
        failed = json_with(failed, finding(c->missing[i].configuration, NULL, "B does not have it"));
    return failed;
}

static json_t *gate_json(const struct compare_view *v)
{
    if (isnan(v->fail_over))
        return json_null();
    json_t *measures = json_array(), *undecided = json_array(), *failed = broken_json(v);

    for (size_t m = 0; m < COMPARED; m++) {
        if (!v->gate[m])
            continue;
        const char *name = measure_names[compared_measures[m].measure];
        measures = json_with(measures, json_string(name));
        for (size_t i = 0; i < v->comparison->row_count; i++) {
            const struct comparison_row *row = &v->comparison->rows[i];
            if (!comparison_fails(&row->measure[m], v->fail_over))
                continue;
            if (compare_is_invalid(v, row))
                undecided = json_with(undecided, finding(row->b.configuration, name, "the A/A twin is off"));
            else
                failed = json_with(failed, finding(row->b.configuration, name, "beyond the limit"));
        }
    }
    return json_pack("{s:o, s:o, s:o, s:o}", "limit", number(v->fail_over), "measures", measures, "failed", failed,
                     "undecided", undecided);
}

static json_t *contradictions_json(const struct reproduction *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->contradicting; i++) {
        const struct reproduction_case *it = &r->contradictions[i];
        list = json_with(list, json_pack("{s:o, s:s, s:o, s:o}", "configuration",
                                         text_of(it->row->a.configuration->dimensions->configuration), "measure",
                                         measure_names[compared_measures[it->measure].measure], "ratio_to_baseline_a",
                                         interval_json(it->first), "ratio_to_baseline_b", interval_json(it->second)));
    }
    return list;
}

static json_t *count_differences_json(const struct reproduction *r)
{
    json_t *list = json_array();

    for (size_t i = 0; i < r->counted - r->counts_equal; i++)
        list = json_with(list, json_pack("{s:o, s:o}", "configuration",
                                         text_of(r->differences[i].row->a.configuration->dimensions->configuration),
                                         "differences", text_of(r->differences[i].text)));
    return list;
}

static json_t *reproduction_json(const struct reproduction *r)
{
    if (r == NULL)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "same", count(r->same), "overlapping",
                     count(r->overlapping), "contradicting", count(r->contradicting), "left_out", count(r->left_out),
                     "contradictions", contradictions_json(r), "counted", count(r->counted), "counts_equal",
                     count(r->counts_equal), "count_differences", count_differences_json(r));
}

static void add_warning(void *context, const char *text)
{
    json_t **list = context;

    *list = json_with(*list, text_of(text));
}

int write_compare_json(const struct compare_view *v, FILE *f)
{
    const struct comparison *c = v->comparison;
    json_t *warnings = json_array();

    each_compare_warning(v, add_warning, &warnings);
    json_t *root =
        json_pack("{s:i, s:o, s:o, s:s, s:f, s:f, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", COMPARE_SCHEMA, "a",
                  side_json(&c->a, c->only_a), "b", side_json(&c->b, c->only_b), "method",
                  c->paired ? "signed-rank, paired by round" : "mann-whitney, unpaired", "confidence", 0.95, "margin",
                  c->margin, "warnings", warnings, "machine_differences", machine_json(v), "tested", tested_json(v),
                  "rows", rows_json(v), "geometric_means", overall_json(v), "fail_over", gate_json(v), "reproduction",
                  reproduction_json(v->reproduction));
    if (root == NULL)
        return -1;
    int result = json_dumpf(root, f, JSON_INDENT(1) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(10));
    fputc('\n', f);
    json_decref(root);
    return result;
}
