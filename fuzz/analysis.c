/* analysis.c - compare and recommend over results that hold anything: they
 * answer, and what they write is clean. */
#include "fuzz/target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/made_results.h"
#include "fuzz/shown.h"
#include "harness/analysis/advice.h"
#include "harness/analysis/findings.h"
#include "harness/cli/compare_view.h"
#include "harness/report/advice_json.h"
#include "harness/report/advice_text.h"

enum { ERROR_BYTES = 1024, WORDS_BYTES = 200 };

/* ---- compare ---- */

static void write_views(struct compare_view *v)
{
    for (size_t i = 0; i < compare_format_count; i++) {
        struct shown s;
        shown_open(&s);
        fuzz_expect(compare_formats[i].write(v, s.f) == 0, "a comparison written");
        if (strcmp(compare_formats[i].name, "json") == 0)
            shown_as_json(&s);
        else
            shown_as_text(&s);
    }
}

static void check_rows(const struct comparison *c)
{
    fuzz_expect(c->row_count > 0, "a row at least");
    for (size_t i = 0; i < c->row_count; i++)
        for (size_t m = 0; m < COMPARED; m++) {
            const struct compared_ratio *r = &c->rows[i].measure[m];
            fuzz_expect(isnan(r->p) || (r->p >= 0 && r->p <= 1), "a p from 0 to 1");
            fuzz_expect(isnan(r->p_holm) || r->p_holm >= r->p, "an adjusted p not below p");
            fuzz_expect(isnan(r->ratio.low) || isnan(r->ratio.high) || r->ratio.low <= r->ratio.high,
                        "an interval that begins before it ends");
            comparison_fails(r, 0.05);
        }
}

static void compare(struct feed *f, const struct summary *a, const struct summary *b)
{
    char words[2][WORDS_BYTES], error[ERROR_BYTES] = "";
    const struct comparison_side of_a = {a, made_words(f, words[0], WORDS_BYTES)};
    const struct comparison_side of_b = {b, made_words(f, words[1], WORDS_BYTES)};
    struct comparison c;

    if (compare_summaries(&of_a, &of_b, feed_byte(f) / 1000.0, &c, error, sizeof error) != 0) {
        fuzz_expect_one_line(error);
        return;
    }
    check_rows(&c);
    struct machine_difference machine[MACHINE_DIFFERENCES];
    struct reproduction reproduction;
    bool whole = !of_a.words && !of_b.words && !c.paired;
    fuzz_expect(!whole || reproduce(&c, &reproduction) == 0, "memory");
    size_t machine_count;
    fuzz_expect(find_machine_differences(a, b, machine, &machine_count) == 0, "memory");
    struct compare_view view = {.comparison = &c,
                                .reproduction = whole ? &reproduction : NULL,
                                .machine = machine,
                                .machine_count = machine_count,
                                .fail_over = 0.05,
                                .gate = {true}};
    write_views(&view);
    if (whole)
        reproduction_free(&reproduction);
    comparison_free(&c);
}

/* ---- recommend ---- */

static double draw_budget(struct feed *f)
{
    static const double budgets[] = {NAN, NAN, 1, 1e6, 5e6, 1e8, 1e300, 0.5};
    return budgets[feed_below(f, 8)];
}

static void expect_share(double share)
{
    fuzz_expect(isnan(share) || (share >= 0 && share <= 1), "a share from 0 to 1");
}

static void write_json(json_t *json)
{
    struct shown shown;

    shown_open(&shown);
    fuzz_expect(json != NULL && json_dumpf(json, shown.f, JSON_INDENT(1) | JSON_ENSURE_ASCII) == 0, "advice as JSON");
    json_decref(json);
    shown_as_json(&shown);
}

static void write_all(const struct advice *advice)
{
    for (int markdown = 0; markdown < 2; markdown++) {
        struct shown shown;
        shown_open(&shown);
        fuzz_expect(write_advice(advice, markdown != 0, shown.f) == 0, "advice written");
        shown_as_text(&shown);
    }
    write_json(advice_to_json(advice));
}

static void recommend(struct feed *f, const struct summary *s)
{
    const struct subject **subjects = malloc((s->subject_count + 1) * sizeof *subjects);
    struct advice_request request = {.seed = 1, .with_disabled = feed_below(f, 2) != 0};
    struct advice advice;

    for (size_t i = 0; i < ADVICE_GOALS; i++)
        request.budget[i] = draw_budget(f);
    for (size_t i = 0; i < s->subject_count; i++)
        subjects[i] = &s->subjects[i];
    size_t count = comparable_subjects(s, subjects, s->subject_count, subjects);
    if (count > 0) {
        fuzz_expect(advise(s, subjects, count, &request, &advice) == 0, "memory");
        expect_share(advice.share_kept);
        expect_share(advice.share_chosen);
        write_all(&advice);
        advice_free(&advice);
    }
    struct findings findings;
    if (s->subject_count > 0)
        fuzz_expect(find_findings_of_runtime(s, s->subjects[0].runtime, &findings) == 0, "memory");
    free(subjects);
}

void fuzz_analysis(const uint8_t *bytes, size_t count)
{
    struct feed f = feed_open(bytes, count);
    struct result_set a, b;
    struct summary of_a, of_b;
    bool one_folder = feed_below(&f, 2) != 0;

    made_results(&f, false, &a);
    made_results(&f, false, &b);
    fuzz_expect(summarise(&a, &of_a) == 0 && summarise(&b, &of_b) == 0, "memory");
    size_t choice = feed_below(&f, 3); /* one of the two is quicker */
    if (choice != 1)
        compare(&f, &of_a, one_folder ? &of_a : &of_b);
    if (choice != 0)
        recommend(&f, &of_a);
    summary_free(&of_a);
    summary_free(&of_b);
    result_set_free(&a);
    result_set_free(&b);
}
