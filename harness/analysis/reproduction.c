#include "harness/analysis/reproduction.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/difference.h"

/* The configuration that its ratios are to; NULL for the baseline itself, which has nothing to reproduce. */
static const struct configuration *baseline_of(const struct summary *s, const struct configuration *c)
{
    size_t index = (size_t)(c - s->configurations);

    for (size_t i = 0; i < s->subject_count; i++) {
        const struct subject *subject = &s->subjects[i];
        if (index >= subject->first && index < subject->first + subject->count)
            return subject->baseline == index ? NULL : &s->configurations[subject->baseline];
    }
    return NULL;
}

static bool same_baseline(const struct configuration *a, const struct configuration *b)
{
    return a != NULL && b != NULL && strcmp(a->dimensions->configuration, b->dimensions->configuration) == 0;
}

static void judge(const struct comparison *c, const struct reproduction_case *it, struct reproduction *out)
{
    enum verdict first = verdict_of(it->first, c->margin), second = verdict_of(it->second, c->margin);

    if (second == first)
        out->same++;
    else if (it->first->low <= it->second->high && it->second->low <= it->first->high)
        out->overlapping++;
    else
        out->contradictions[out->contradicting++] = *it;
}

static void judge_row(const struct comparison *c, const struct comparison_row *row, struct reproduction *out)
{
    const struct configuration *a = row->a.configuration, *b = row->b.configuration;
    const struct configuration *base = baseline_of(c->a.summary, a);

    for (size_t m = 0; m < COMPARED && base != NULL; m++) {
        enum measure measure = compared_measures[m].measure;
        const struct reproduction_case it = {row, m, &a->ratio[measure], &b->ratio[measure]};
        enum verdict first = verdict_of(it.first, c->margin);
        if (first != VERDICT_LESS && first != VERDICT_MORE)
            continue;
        if (!same_baseline(base, baseline_of(c->b.summary, b)) || isnan(it.second->low))
            out->left_out++;
        else
            judge(c, &it, out);
    }
}

static const struct run_record *first_ok_run(const struct compared_runs *runs)
{
    for (size_t i = 0; i < runs->run_count; i++)
        if (run_is_ok(runs->runs[i]))
            return runs->runs[i];
    return NULL;
}

static void count_row(const struct comparison_row *row, struct reproduction *out)
{
    const struct run_record *a = first_ok_run(&row->a), *b = first_ok_run(&row->b);
    struct count_difference *difference = &out->differences[out->counted - out->counts_equal];

    if (a == NULL || b == NULL)
        return;
    out->counted++;
    if (find_differences(a, b, difference->text, sizeof difference->text) == 0)
        out->counts_equal++;
    else
        difference->row = row;
}

int reproduce(const struct comparison *c, struct reproduction *out)
{
    *out = (struct reproduction){.contradictions = calloc(c->row_count * COMPARED, sizeof *out->contradictions),
                                 .differences = calloc(c->row_count + 1, sizeof *out->differences)};
    if (out->contradictions == NULL || out->differences == NULL) {
        reproduction_free(out);
        return -1;
    }
    for (size_t i = 0; i < c->row_count; i++) {
        judge_row(c, &c->rows[i], out);
        count_row(&c->rows[i], out);
    }
    return 0;
}

void reproduction_free(struct reproduction *r)
{
    free(r->contradictions);
    free(r->differences);
    *r = (struct reproduction){0};
}
