#include "harness/analysis/front.h"

#include <math.h>
#include <stdlib.h>

#include "harness/analysis/measures.h"

bool front_round_of(const struct run_record *run, struct front_round *out)
{
    double pause = measure_of(run, MEASURE_PAUSE_MAX_NS);

    out->round = run->round;
    out->value[FRONT_PAUSE_NS] = pause < FRONT_PAUSE_LEAST_NS ? FRONT_PAUSE_LEAST_NS : pause; /* NaN stays */
    out->value[FRONT_RSS_BYTES] = measure_of(run, MEASURE_RSS_PEAK_BYTES);
    out->value[FRONT_WALL_NS] = measure_of(run, MEASURE_WALL_NS);
    if (!run_is_ok(run) || run->round == RECORD_UNKNOWN)
        return false;
    for (enum front_measure m = 0; m < FRONT_MEASURES; m++)
        if (!(out->value[m] > 0)) /* NaN, too */
            return false;
    return true;
}

int front_prepare(struct front_point *point)
{
    double *values = malloc((point->count + 1) * sizeof *values);

    if (values == NULL)
        return -1;
    for (enum front_measure m = 0; m < FRONT_MEASURES; m++) {
        for (size_t i = 0; i < point->count; i++)
            values[i] = point->rounds[i].value[m];
        point->median[m] = spread_of(values, point->count).median;
    }
    free(values);
    return 0;
}

static bool is_better(const struct front_point *a, const struct front_point *b, enum front_measure m)
{
    return a->median[m] * (1 + FRONT_MARGIN) * (1 + FRONT_MARGIN) < b->median[m];
}

/* What dominance asks of the medians. */
static bool medians_dominate(const struct front_point *a, const struct front_point *b)
{
    bool better = false;

    for (enum front_measure m = 0; m < FRONT_MEASURES; m++) {
        if (!(a->median[m] <= b->median[m] * (1 + FRONT_MARGIN)))
            return false;
        better = better || is_better(a, b, m);
    }
    return better;
}

/* log(a / b) of the rounds that both have; how many. */
static size_t pair_rounds(const struct front_point *a, const struct front_point *b, enum front_measure m, double *logs)
{
    size_t pairs = 0;

    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        const struct front_round *x = &a->rounds[i], *y = &b->rounds[j];
        if (x->round == y->round)
            logs[pairs++] = log(x->value[m] / y->value[m]);
        i += x->round <= y->round;
        j += y->round <= x->round;
    }
    return pairs;
}

int front_ratio(const struct front_point *a, const struct front_point *b, enum front_measure measure,
                struct interval *out)
{
    double *logs = malloc((a->count + 1) * sizeof *logs);
    int status = logs != NULL ? ratio_of_logs(logs, pair_rounds(a, b, measure, logs), out) : -1;

    free(logs);
    return status;
}

int front_dominates(const struct front_point *a, const struct front_point *b, bool *out)
{
    int status = 0;

    *out = false;
    if (!medians_dominate(a, b))
        return 0;
    for (enum front_measure m = 0; status == 0 && !*out && m < FRONT_MEASURES; m++) {
        struct interval ratio;
        if (!is_better(a, b, m))
            continue;
        status = front_ratio(a, b, m, &ratio);
        *out = status == 0 && ratio.high < 1; /* false for NaN */
    }
    return status;
}

/* Points in the order in which they are tried. */
struct ranked {
    const struct front_point *point;
    size_t index;
    double log_product;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;

    if (x->log_product != y->log_product)
        return x->log_product < y->log_product ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* Whether any point has as many rounds as an interval takes. */
static bool any_has_intervals(const struct front_point *points, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (points[i].count >= STATISTICS_LEAST_PAIRS)
            return true;
    return false;
}

/* Those that can be on the front, the smallest product first; how many. */
static size_t rank_points(const struct front_point *points, size_t count, struct ranked *out)
{
    size_t ranked = 0, least = any_has_intervals(points, count) ? STATISTICS_LEAST_PAIRS : 0;

    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (enum front_measure m = 0; m < FRONT_MEASURES; m++)
            sum += log(points[i].median[m]);
        if (!isnan(sum) && points[i].count >= least)
            out[ranked++] = (struct ranked){&points[i], i, sum};
    }
    qsort(out, ranked, sizeof *out, compare_ranked);
    return ranked;
}

static int is_dominated(const struct ranked *ranked, size_t place, bool *out)
{
    int status = 0;

    *out = false;
    for (size_t i = 0, tries = 0; i < place && tries < FRONT_TRIES && !*out && status == 0; i++) {
        if (!medians_dominate(ranked[i].point, ranked[place].point))
            continue;
        tries++;
        status = front_dominates(ranked[i].point, ranked[place].point, out);
    }
    return status;
}

int find_front(const struct front_point *points, size_t count, bool *on_front)
{
    struct ranked *ranked = malloc((count + 1) * sizeof *ranked);
    int status = ranked != NULL ? 0 : -1;
    size_t whole = status == 0 ? rank_points(points, count, ranked) : 0;

    for (size_t i = 0; i < count; i++)
        on_front[i] = false;
    for (size_t i = 0; i < whole && status == 0; i++) {
        bool dominated;
        status = is_dominated(ranked, i, &dominated);
        on_front[ranked[i].index] = !dominated;
    }
    free(ranked);
    return status;
}
