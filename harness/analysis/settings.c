#include "harness/analysis/settings.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int compare_settings(const struct configuration *x, const struct configuration *y)
{
    const struct run_record *a = x->dimensions, *b = y->dimensions;
    int order = strcmp(a->allocator, b->allocator);

    if (order == 0)
        order = strcmp(a->tuning, b->tuning);
    if (order == 0)
        order = strcmp(a->collector, b->collector);
    return order != 0 ? order : strcmp(a->refcount, b->refcount);
}

bool same_setting(const struct configuration *a, const struct configuration *b)
{
    return compare_settings(a, b) == 0;
}

static int compare_places(const void *a, const void *b)
{
    return compare_settings(*(const struct configuration *const *)a, *(const struct configuration *const *)b);
}

size_t comparable_subjects(const struct summary *s, const struct subject *const *from, size_t count,
                           const struct subject **out)
{
    const struct configuration *reference = NULL;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const struct configuration *baseline = &s->configurations[from[i]->baseline];
        if (baseline->counts && (reference == NULL || strcmp(baseline_word(s, from[i]), "default") == 0))
            reference = baseline;
    }
    for (size_t i = 0; i < count; i++) {
        const struct configuration *baseline = &s->configurations[from[i]->baseline];
        if (baseline->counts && same_setting(baseline, reference))
            out[kept++] = from[i];
    }
    return kept;
}

/* ---- Which settings every subject has ---- */

/* One subject's configurations that count, so sorted that bsearch finds them. */
static size_t sort_places(const struct summary *s, const struct subject *subject, const struct configuration **out)
{
    size_t count = 0;

    for (size_t i = subject->first; i < subject->first + subject->count; i++)
        if (s->configurations[i].counts)
            out[count++] = &s->configurations[i];
    qsort(out, count, sizeof *out, compare_places);
    return count;
}

/* Column `k` of all settings; those that the subject lacks get NULL. */
static int find_in_subject(struct settings *t, size_t k)
{
    const struct subject *subject = t->subjects[k];
    const struct configuration **places = malloc((subject->count + 1) * sizeof *places);

    if (places == NULL)
        return -1;
    size_t count = sort_places(t->summary, subject, places);
    for (size_t i = 0; i < t->count; i++) {
        const struct configuration *first = &t->summary->configurations[t->subjects[0]->first + i];
        const struct configuration **found = bsearch(&first, places, count, sizeof *places, compare_places);
        t->in[i * t->subject_count + k] = found != NULL ? *found : NULL;
    }
    free(places);
    return 0;
}

/* Moves those that every subject has to the front. */
static void drop_those_not_everywhere(struct settings *t)
{
    size_t kept = 0;

    for (size_t i = 0; i < t->count; i++) {
        bool everywhere = true;
        for (size_t k = 0; k < t->subject_count; k++)
            everywhere = everywhere && t->in[i * t->subject_count + k] != NULL;
        if (!everywhere)
            continue;
        memmove(&t->in[kept * t->subject_count], &t->in[i * t->subject_count], t->subject_count * sizeof *t->in);
        kept++;
    }
    t->count = kept;
    for (size_t i = 0; i < kept; i++)
        t->list[i].in = &t->in[i * t->subject_count];
}

/* ---- What they are in each round ---- */

/* The run of a round, searched from *at on, which goes along; NULL for none that knows all. */
static bool find_round(const struct configuration *c, uint64_t round, size_t *at, struct front_round *out)
{
    while (*at < c->run_count && c->runs[*at]->round < round)
        ++*at;
    return *at < c->run_count && c->runs[*at]->round == round && front_round_of(c->runs[*at], out);
}

/* False when a subject has no ok run of that round. `at` holds a place a subject. */
static bool join_round(const struct settings *t, const struct setting *s, uint64_t round, size_t *at,
                       struct front_round *mean, struct front_round *worst)
{
    struct front_round one;

    *worst = *mean = (struct front_round){.round = round};
    for (size_t k = 0; k < t->subject_count; k++) {
        if (!find_round(s->in[k], round, &at[k], &one))
            return false;
        for (enum front_measure m = 0; m < FRONT_MEASURES; m++) {
            mean->value[m] += log(one.value[m]) / (double)t->subject_count;
            worst->value[m] = fmax(worst->value[m], one.value[m]);
        }
    }
    for (enum front_measure m = 0; m < FRONT_MEASURES; m++)
        mean->value[m] = exp(mean->value[m]);
    return true;
}

/* `rounds` has room for twice as many as the first subject has runs of the setting; returns how many it took. */
static size_t join_rounds(const struct settings *t, struct setting *s, struct front_round *rounds, size_t *at)
{
    size_t room = s->in[0]->run_count;

    s->mean = (struct front_point){.rounds = rounds};
    s->worst = (struct front_point){.rounds = rounds + room};
    memset(at, 0, t->subject_count * sizeof *at);
    for (size_t i = 0; i < room; i++)
        s->mean.count +=
            join_round(t, s, s->in[0]->runs[i]->round, at, &rounds[s->mean.count], &rounds[room + s->mean.count]);
    s->worst.count = s->mean.count;
    return 2 * room;
}

static int fill_settings(struct settings *t)
{
    size_t runs = 0, used = 0;
    int status = 0;

    for (size_t i = 0; i < t->count; i++)
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): those that a subject lacks were dropped
        runs += t->list[i].in[0]->run_count;
    t->rounds = malloc((2 * runs + 1) * sizeof *t->rounds);
    size_t *at = malloc(t->subject_count * sizeof *at);
    if (t->rounds == NULL || at == NULL)
        status = -1;
    for (size_t i = 0; i < t->count && status == 0; i++) {
        struct setting *s = &t->list[i];
        used += join_rounds(t, s, &t->rounds[used], at);
        for (size_t k = 0; k < t->subject_count; k++)
            s->collects = s->collects || s->in[k]->measure[MEASURE_COLLECTIONS_0].most > 0 ||
                          s->in[k]->measure[MEASURE_COLLECTIONS_1].most > 0 ||
                          s->in[k]->measure[MEASURE_COLLECTIONS_2].most > 0;
        status = front_prepare(&s->mean) == 0 ? front_prepare(&s->worst) : -1;
    }
    free(at);
    return status;
}

int settings_open(const struct summary *s, const struct subject *const *subjects, size_t count, struct settings *out)
{
    *out = (struct settings){.summary = s, .subject_count = count, .count = subjects[0]->count};
    out->subjects = malloc(count * sizeof *out->subjects);
    out->list = calloc(out->count + 1, sizeof *out->list);
    out->in = malloc((out->count * count + 1) * sizeof *out->in);
    int status = out->subjects != NULL && out->list != NULL && out->in != NULL ? 0 : -1;
    if (status == 0)
        memcpy(out->subjects, subjects, count * sizeof *subjects);
    for (size_t k = 0; k < count && status == 0; k++)
        status = find_in_subject(out, k);
    if (status == 0) {
        drop_those_not_everywhere(out);
        status = fill_settings(out);
    }
    if (status != 0) {
        settings_close(out);
        return -1;
    }
    out->reference = 0;
    while (out->reference < out->count && out->list[out->reference].in[0] != &s->configurations[subjects[0]->baseline])
        out->reference++;
    return 0;
}

void settings_close(struct settings *t)
{
    free(t->subjects);
    free(t->list);
    free(t->in);
    free(t->rounds);
    *t = (struct settings){0};
}

int setting_level(const struct setting *s, enum front_measure measure, struct interval *out)
{
    double *values = malloc((s->worst.count + 1) * sizeof *values);

    if (values == NULL)
        return -1;
    for (size_t i = 0; i < s->worst.count; i++)
        values[i] = s->worst.rounds[i].value[measure];
    gsl_sort(values, 1, s->worst.count);
    *out = quantile_interval(values, s->worst.count, 0.5);
    free(values);
    return 0;
}

/* ---- Ratios of any measure ---- */

struct pairs {
    uint64_t *rounds;
    double *logs;
    size_t count;
};

static int pairs_open(struct pairs *p, size_t room)
{
    p->count = 0;
    p->rounds = malloc((room + 1) * sizeof *p->rounds);
    p->logs = malloc((room + 1) * sizeof *p->logs);
    return p->rounds != NULL && p->logs != NULL ? 0 : -1;
}

static void pairs_close(struct pairs *p)
{
    free(p->rounds);
    free(p->logs);
}

/* Keeps the rounds that both have, and adds the log ratios. */
static void pairs_add(struct pairs *sum, const struct pairs *more)
{
    size_t kept = 0;

    for (size_t i = 0, j = 0; i < sum->count && j < more->count;) {
        if (sum->rounds[i] != more->rounds[j]) {
            sum->rounds[i] < more->rounds[j] ? i++ : j++;
            continue;
        }
        sum->rounds[kept] = sum->rounds[i];
        sum->logs[kept++] = sum->logs[i++] + more->logs[j++];
    }
    sum->count = kept;
}

static int add_subject(struct pairs *sum, const struct configuration *a, const struct configuration *b,
                       enum measure measure, bool first)
{
    struct pairs one;
    int status = pairs_open(&one, a->run_count);

    if (status == 0) {
        struct pairs *into = first ? sum : &one;
        into->count = paired_log_ratios(a, b, measure, into->rounds, into->logs);
        if (!first)
            pairs_add(sum, &one);
    }
    pairs_close(&one);
    return status;
}

int settings_ratio(const struct settings *t, const struct setting *a, const struct setting *b, enum measure measure,
                   struct interval *out)
{
    struct pairs sum;
    int status = pairs_open(&sum, a->in[0]->run_count);

    for (size_t k = 0; k < t->subject_count && status == 0; k++)
        status = add_subject(&sum, a->in[k], b->in[k], measure, k == 0);
    for (size_t i = 0; i < sum.count; i++)
        sum.logs[i] /= (double)t->subject_count;
    if (status == 0)
        status = ratio_of_logs(sum.logs, sum.count, out);
    pairs_close(&sum);
    return status;
}
