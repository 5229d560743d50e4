#include "harness/analysis/advice.h"

#include <math.h>
#include <stdlib.h>

/* How much of the goal's measure the row takes, against the reference: less is better. */
static double cost(const struct advice_row *row, enum advice_goal goal)
{
    double ratio = row->ratio[goal].estimate;

    return goal == ADVICE_THROUGHPUT ? 1 / ratio : ratio;
}

/* ---- Rows ---- */

static int find_ratios(struct advice *a, struct advice_row *row)
{
    const struct setting *reference = &a->settings.list[a->reference];
    struct interval wall;

    if (front_ratio(&row->setting->mean, &reference->mean, FRONT_WALL_NS, &wall) != 0 ||
        front_ratio(&row->setting->mean, &reference->mean, FRONT_PAUSE_NS, &row->ratio[ADVICE_PAUSE]) != 0 ||
        front_ratio(&row->setting->mean, &reference->mean, FRONT_RSS_BYTES, &row->ratio[ADVICE_RSS]) != 0)
        return -1;
    row->ratio[ADVICE_THROUGHPUT] = interval_inverse(&wall);
    return settings_ratio(&a->settings, row->setting, reference, MEASURE_PAUSE_P99_NS, &row->p99_ratio);
}

static int find_levels(struct advice *a, struct advice_row *row)
{
    const struct setting *s = row->setting;

    row->p99_ns = 0;
    for (size_t k = 0; k < a->settings.subject_count; k++)
        row->p99_ns = fmax(row->p99_ns, s->in[k]->measure[MEASURE_PAUSE_P99_NS].median);
    if (setting_level(s, FRONT_PAUSE_NS, &row->level[ADVICE_PAUSE]) != 0)
        return -1;
    return setting_level(s, FRONT_RSS_BYTES, &row->level[ADVICE_RSS]);
}

static int find_share_of_best(const struct advice *a, struct advice_row *row)
{
    struct interval wall = {0, NAN, NAN, NAN};

    if (a->best < a->settings.count &&
        front_ratio(&row->setting->mean, &a->settings.list[a->best].mean, FRONT_WALL_NS, &wall) != 0)
        return -1;
    row->level[ADVICE_THROUGHPUT] = interval_inverse(&wall);
    return 0;
}

static void decide_who_may_be_advised(struct advice *a)
{
    bool one_collects = false;

    for (size_t i = 0; i < a->settings.count; i++)
        one_collects = one_collects || a->settings.list[i].collects;
    for (size_t i = 0; i < a->settings.count; i++)
        a->rows[i].may_be_advised = a->request.with_disabled || !one_collects || a->settings.list[i].collects;
}

static size_t find_best(const struct advice *a, enum advice_goal goal, bool of_those_that_keep)
{
    size_t best = a->settings.count;

    for (size_t i = 0; i < a->settings.count; i++) {
        const struct advice_row *row = &a->rows[i];
        if (row->may_be_advised && (row->keeps_budgets || !of_those_that_keep) && !isnan(cost(row, goal)) &&
            (best == a->settings.count || cost(row, goal) < cost(&a->rows[best], goal)))
            best = i;
    }
    return best;
}

static int mark_front(struct advice *a)
{
    size_t count = a->settings.count;
    struct front_point *points = malloc((count + 1) * sizeof *points);
    bool *on_front = malloc((count + 1) * sizeof *on_front);
    int status = points != NULL && on_front != NULL ? 0 : -1;

    for (size_t i = 0; i < count && status == 0; i++)
        points[i] = a->settings.list[i].mean;
    if (status == 0)
        status = find_front(points, count, on_front);
    for (size_t i = 0; i < count && status == 0; i++)
        a->rows[i].on_front = on_front[i];
    free(points);
    free(on_front);
    return status;
}

static int fill_rows(struct advice *a)
{
    for (size_t i = 0; i < a->settings.count; i++) {
        a->rows[i].setting = &a->settings.list[i];
        if (find_ratios(a, &a->rows[i]) != 0 || find_levels(a, &a->rows[i]) != 0)
            return -1;
    }
    decide_who_may_be_advised(a);
    a->best = find_best(a, ADVICE_THROUGHPUT, false);
    for (size_t i = 0; i < a->settings.count; i++)
        if (find_share_of_best(a, &a->rows[i]) != 0)
            return -1;
    return mark_front(a);
}

/* ---- Budgets ---- */

static void judge(const struct advice *a, struct advice_row *row)
{
    const double *budget = a->request.budget;

    row->miss[ADVICE_THROUGHPUT] = budget[ADVICE_THROUGHPUT] / row->level[ADVICE_THROUGHPUT].low;
    row->miss[ADVICE_PAUSE] = row->level[ADVICE_PAUSE].high / budget[ADVICE_PAUSE];
    row->miss[ADVICE_RSS] = row->level[ADVICE_RSS].high / budget[ADVICE_RSS];
    if (!a->has_budgets) {
        row->miss[ADVICE_PAUSE] = row->ratio[ADVICE_PAUSE].estimate / ADVICE_SLACK;
        row->miss[ADVICE_RSS] = row->ratio[ADVICE_RSS].estimate / ADVICE_SLACK;
    }
    row->keeps_budgets = true;
    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
        bool asked = a->has_budgets ? !isnan(budget[g]) : g != ADVICE_THROUGHPUT;
        row->keeps_budgets = row->keeps_budgets && (!asked || row->miss[g] <= 1); /* not when NaN */
    }
}

static void choose_goal(struct advice *a)
{
    a->has_budgets = false;
    a->goal = ADVICE_THROUGHPUT;
    for (enum advice_goal g = ADVICE_GOALS; g-- > 0;) {
        if (isnan(a->request.budget[g]))
            a->goal = g;
        else
            a->has_budgets = true;
    }
}

/* The factor by which the budget that is missed most is missed; infinite where a budget cannot be judged. */
static double greatest_miss(const struct advice *a, const struct advice_row *row)
{
    double miss = 0;

    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) {
        if (a->has_budgets && isnan(a->request.budget[g]))
            continue;
        if (!a->has_budgets && g == ADVICE_THROUGHPUT)
            continue;
        miss = isnan(row->miss[g]) ? INFINITY : fmax(miss, row->miss[g]);
    }
    return miss;
}

static size_t find_nearest(const struct advice *a)
{
    size_t nearest = a->settings.count;
    double least = INFINITY;

    for (size_t i = 0; i < a->settings.count; i++) {
        double miss = greatest_miss(a, &a->rows[i]);
        if (!a->rows[i].may_be_advised || !(miss < least))
            continue;
        nearest = i;
        least = miss;
    }
    return nearest;
}

/* ---- The choice ---- */

static double product(const struct advice_row *row)
{
    return cost(row, ADVICE_THROUGHPUT) * cost(row, ADVICE_PAUSE) * cost(row, ADVICE_RSS);
}

/* Of those as good as the best in the goal, the cheapest in the rest. */
static size_t settle_ties(const struct advice *a, size_t best)
{
    size_t chosen = best;

    for (size_t i = 0; i < a->settings.count; i++) {
        const struct advice_row *row = &a->rows[i];
        if (row->may_be_advised && row->keeps_budgets &&
            cost(row, a->goal) <= ADVICE_AS_GOOD * cost(&a->rows[best], a->goal) &&
            product(row) / cost(row, a->goal) < product(&a->rows[chosen]) / cost(&a->rows[chosen], a->goal))
            chosen = i;
    }
    return chosen;
}

static bool is_better_beyond_doubt(const struct advice *a, size_t row)
{
    const struct interval *gain = &a->rows[row].ratio[a->goal];

    return a->goal == ADVICE_THROUGHPUT ? gain->low > 1 : gain->high < 1;
}

static void choose(struct advice *a)
{
    size_t none = a->settings.count, best = find_best(a, a->goal, true);

    a->chosen = a->nearest = a->unresolved = none;
    for (size_t i = 0; i < a->settings.count; i++)
        a->kept += a->rows[i].keeps_budgets && a->rows[i].may_be_advised;
    if (best == none) {
        a->nearest = find_nearest(a);
        return;
    }
    const struct advice_row *reference = &a->rows[a->reference];
    bool can_stay = reference->keeps_budgets && reference->may_be_advised;
    a->chosen = settle_ties(a, best);
    if (!can_stay || a->chosen == a->reference || is_better_beyond_doubt(a, a->chosen))
        return;
    if (is_better_beyond_doubt(a, best)) {
        a->chosen = best;
    } else {
        a->unresolved = a->chosen;
        a->chosen = a->reference;
    }
}

static void find_floors(struct advice *a)
{
    for (enum advice_goal g = 0; g < ADVICE_GOALS; g++)
        a->floor[g] = NAN;
    for (size_t k = 0; k < a->settings.subject_count; k++) {
        const struct noise *n = &a->settings.subjects[k]->noise;
        const struct interval *twin[ADVICE_GOALS] = {&n->wall, &n->longest, &n->rss};
        for (enum advice_goal g = 0; g < ADVICE_GOALS; g++) /* fmax leaves NaN out */
            a->floor[g] = fmax(a->floor[g], fmax(fabs(twin[g]->low - 1), fabs(twin[g]->high - 1)));
    }
}

int advise(const struct summary *s, const struct subject *const *subjects, size_t count,
           const struct advice_request *request, struct advice *out)
{
    *out = (struct advice){.request = *request, .share_kept = NAN, .share_chosen = NAN};
    if (settings_open(s, subjects, count, &out->settings) != 0)
        return -1;
    out->reference = out->settings.reference;
    out->rows = calloc(out->settings.count + 1, sizeof *out->rows);
    choose_goal(out);
    int status = out->rows != NULL ? fill_rows(out) : -1;
    for (size_t i = 0; status == 0 && i < out->settings.count; i++)
        judge(out, &out->rows[i]);
    if (status == 0) {
        choose(out);
        find_floors(out);
        status = advice_resample(out);
    }
    if (status != 0)
        advice_free(out);
    return status;
}

void advice_free(struct advice *advice)
{
    free(advice->rows);
    settings_close(&advice->settings);
    *advice = (struct advice){0};
}
