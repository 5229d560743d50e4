/* advice_resample.c - how often the advice would be the same, had other rounds of the same kind been measured.
 *
 * Source  Efron & Tibshirani, An Introduction to the Bootstrap, 1993, chapter
 *         6: whole rounds are drawn, so that what they share stays together.
 */
#include <math.h>
#include <stdlib.h>

#include "harness/analysis/advice.h"
#include "workloads/random.h"

/* One value a round, sorted; a draw's median is found by walking along it. */
struct item {
    double value;
    size_t round; /* place among the rounds that are drawn */
};

struct series {
    struct item *items;
    size_t count;
    double limit; /* the median's, for a budget */
};

enum { GOAL, KEPT_THROUGHPUT, KEPT_PAUSE, KEPT_RSS, SERIES };

struct rival {
    size_t row;
    struct series series[SERIES]; /* no items: not asked for */
};

struct resampling {
    const struct advice *advice;
    const struct front_point *chosen; /* its rounds are what is drawn */
    struct rival *rivals;             /* the chosen one first */
    size_t rival_count;
    unsigned *times; /* how often the draw has each round */
};

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a, *y = b;

    return (x->value > y->value) - (x->value < y->value);
}

/* The values of `point`, divided by `basis`'s of the same round where there is one, in the rounds drawn from. */
static int make_series(const struct resampling *r, const struct front_point *point, const struct front_point *basis,
                       enum front_measure m, double limit, struct series *out)
{
    *out = (struct series){.items = malloc((r->chosen->count + 1) * sizeof *out->items), .limit = limit};
    if (out->items == NULL)
        return -1;
    for (size_t place = 0, i = 0, k = 0; place < r->chosen->count; place++) {
        uint64_t round = r->chosen->rounds[place].round;
        while (i < point->count && point->rounds[i].round < round)
            i++;
        while (basis != NULL && k < basis->count && basis->rounds[k].round < round)
            k++;
        if (i == point->count || point->rounds[i].round != round ||
            (basis != NULL && (k == basis->count || basis->rounds[k].round != round)))
            continue;
        double divisor = basis != NULL ? basis->rounds[k].value[m] : 1;
        out->items[out->count++] = (struct item){point->rounds[i].value[m] / divisor, place};
    }
    qsort(out->items, out->count, sizeof *out->items, compare_items);
    return 0;
}

static int make_rival(const struct resampling *r, struct rival *rival)
{
    const struct advice *a = r->advice;
    const double *budget = a->request.budget;
    const struct setting *s = a->rows[rival->row].setting, *reference = a->rows[a->reference].setting;
    const enum front_measure goal[] = {FRONT_WALL_NS, FRONT_PAUSE_NS, FRONT_RSS_BYTES};
    int status = make_series(r, &s->mean, r->chosen, goal[a->goal], 1, &rival->series[GOAL]);

    if (!a->has_budgets) {
        if (status == 0)
            status =
                make_series(r, &s->mean, &reference->mean, FRONT_PAUSE_NS, ADVICE_SLACK, &rival->series[KEPT_PAUSE]);
        if (status == 0)
            status =
                make_series(r, &s->mean, &reference->mean, FRONT_RSS_BYTES, ADVICE_SLACK, &rival->series[KEPT_RSS]);
        return status;
    }
    if (status == 0 && !isnan(budget[ADVICE_THROUGHPUT]))
        status = make_series(r, &s->mean, &a->rows[a->best].setting->mean, FRONT_WALL_NS, 1 / budget[ADVICE_THROUGHPUT],
                             &rival->series[KEPT_THROUGHPUT]);
    if (status == 0 && !isnan(budget[ADVICE_PAUSE]))
        status = make_series(r, &s->worst, NULL, FRONT_PAUSE_NS, budget[ADVICE_PAUSE], &rival->series[KEPT_PAUSE]);
    if (status == 0 && !isnan(budget[ADVICE_RSS]))
        status = make_series(r, &s->worst, NULL, FRONT_RSS_BYTES, budget[ADVICE_RSS], &rival->series[KEPT_RSS]);
    return status;
}

/* The lower median of what a draw has of the series; NaN when it has none. */
static double median_of_draw(const struct series *s, const unsigned *times)
{
    size_t total = 0, below = 0;

    for (size_t i = 0; i < s->count; i++)
        total += times[s->items[i].round];
    for (size_t i = 0; i < s->count; i++) {
        below += times[s->items[i].round];
        if (2 * below >= total && total > 0)
            return s->items[i].value;
    }
    return NAN;
}

static bool keeps_in_draw(const struct rival *rival, const unsigned *times)
{
    for (int i = KEPT_THROUGHPUT; i < SERIES; i++)
        if (rival->series[i].items != NULL && !(median_of_draw(&rival->series[i], times) <= rival->series[i].limit))
            return false;
    return true;
}

/* Whether a draw finds nobody who keeps the budgets and is better than the chosen one by more than a tie. */
static bool is_best_in_draw(const struct resampling *r)
{
    for (size_t i = 1; i < r->rival_count; i++)
        if (median_of_draw(&r->rivals[i].series[GOAL], r->times) * ADVICE_AS_GOOD < 1 &&
            keeps_in_draw(&r->rivals[i], r->times))
            return false;
    return true;
}

static void draw(struct resampling *r, struct random *random)
{
    size_t count = r->chosen->count;

    for (size_t i = 0; i < count; i++)
        r->times[i] = 0;
    for (size_t i = 0; i < count; i++)
        r->times[random_next_below(random, count)]++;
}

static void count_draws(struct resampling *r, struct advice *a)
{
    struct random random;
    unsigned kept = 0, best = 0;

    random_seed(&random, a->request.seed);
    for (unsigned i = 0; i < ADVICE_RESAMPLES; i++) {
        draw(r, &random);
        if (!keeps_in_draw(&r->rivals[0], r->times))
            continue;
        kept++;
        best += is_best_in_draw(r);
    }
    a->share_kept = (double)kept / ADVICE_RESAMPLES;
    a->share_chosen = (double)best / ADVICE_RESAMPLES;
}

/* ---- Who might have been chosen ---- */

struct contender {
    size_t row;
    double cost;
};

static int compare_contenders(const void *a, const void *b)
{
    const struct contender *x = a, *y = b;

    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Those that may be advised and do not miss a budget by far, the best in the goal first. */
static size_t find_contenders(const struct advice *a, struct contender *out)
{
    static const double far_off = 1.5;
    size_t count = 0;

    for (size_t i = 0; i < a->settings.count; i++) {
        const struct advice_row *row = &a->rows[i];
        bool near = row->may_be_advised && i != a->chosen;
        for (enum advice_goal g = 0; g < ADVICE_GOALS; g++)
            near = near && !(row->miss[g] > far_off);
        double ratio = row->ratio[a->goal].estimate;
        if (near && !isnan(ratio))
            out[count++] = (struct contender){i, a->goal == ADVICE_THROUGHPUT ? 1 / ratio : ratio};
    }
    qsort(out, count, sizeof *out, compare_contenders);
    return count < ADVICE_RIVALS - 1 ? count : ADVICE_RIVALS - 1;
}

static int make_rivals(struct resampling *r)
{
    const struct advice *a = r->advice;
    struct contender *contenders = malloc((a->settings.count + 1) * sizeof *contenders);
    size_t count = contenders != NULL ? find_contenders(a, contenders) : 0;
    int status = -1;

    r->rivals = calloc(count + 1, sizeof *r->rivals);
    if (contenders != NULL && r->rivals != NULL) {
        status = 0;
        r->rival_count = count + 1;
        r->rivals[0].row = a->chosen;
        for (size_t i = 0; i < count; i++)
            r->rivals[i + 1].row = contenders[i].row;
    }
    for (size_t i = 0; i < r->rival_count && status == 0; i++)
        status = make_rival(r, &r->rivals[i]);
    free(contenders);
    return status;
}

int advice_resample(struct advice *a)
{
    a->share_kept = a->share_chosen = NAN;
    if (a->chosen == a->settings.count || a->rows[a->chosen].setting->mean.count == 0)
        return 0;
    struct resampling r = {.advice = a, .chosen = &a->rows[a->chosen].setting->mean};
    r.times = malloc(r.chosen->count * sizeof *r.times);
    int status = r.times != NULL ? make_rivals(&r) : -1;
    if (status == 0)
        count_draws(&r, a);
    for (size_t i = 0; i < r.rival_count; i++)
        for (int k = 0; k < SERIES; k++)
            free(r.rivals[i].series[k].items);
    free(r.rivals);
    free(r.times);
    return status;
}
