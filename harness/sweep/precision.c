/* precision.c - the widest interval of a sweep that goes on. */
#include "harness/sweep/precision.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/order.h"
#include "harness/analysis/statistics.h"
#include "harness/sweep/plan_label.h"

enum { MEASURES_THAT_DECIDE = 2 };
static const char *const measure_words[MEASURES_THAT_DECIDE] = {"wall", "peak RSS"};

struct precision {
    const struct plan_configuration *list;
    size_t count;
    unsigned rounds;     /* that have room in `log_value` */
    double *log_value;   /* [round][configuration][measure]; NaN: no run that ended ok */
    double *differences; /* room for one comparison's */
    bool *any_ok;        /* of a configuration */
    size_t *rank;        /* among its subject's baselines: the least that has any_ok is it */
};

/* ---- The baseline: as the report chooses it ---- */

static bool same_subject_as(const struct plan_configuration *a, const struct plan_configuration *b)
{
    return a->workload == b->workload && strcmp(a->runtime, b->runtime) == 0;
}

static bool is_default(const struct plan_configuration *c)
{
    const char *const mine[PLAN_DIMENSIONS] = {NULL, c->allocator, c->collector, c->tuning, c->refcount};
    for (size_t i = 1; i < PLAN_DIMENSIONS; i++)
        if (strcmp(mine[i], plan_defaults[i].text) != 0)
            return false;
    return true;
}

/* Only what the report's order looks at. */
static void dimensions_of(const struct plan_configuration *c, struct run_record *out)
{
    record_clear(out);
    snprintf(out->workload, sizeof out->workload, "%s", c->workload->name);
    snprintf(out->runtime, sizeof out->runtime, "%s", c->runtime);
    snprintf(out->allocator, sizeof out->allocator, "%s", c->allocator);
    snprintf(out->collector, sizeof out->collector, "%s", c->collector);
    snprintf(out->tuning, sizeof out->tuning, "%s", c->tuning);
    snprintf(out->refcount, sizeof out->refcount, "%s", c->refcount);
    snprintf(out->configuration, sizeof out->configuration, "%s", c->key);
}

static int rank_all(struct precision *p)
{
    struct run_record *records = malloc((p->count + 1) * sizeof *records);
    struct ordered_run *order = malloc((p->count + 1) * sizeof *order);
    int result = records && order ? 0 : -1;
    for (size_t i = 0; result == 0 && i < p->count; i++) {
        dimensions_of(&p->list[i], &records[i]);
        order_prepare(&records[i], &order[i]);
    }
    if (result == 0)
        qsort(order, p->count, sizeof *order, order_compare);
    for (size_t i = 0; result == 0 && i < p->count; i++) {
        size_t at = (size_t)(order[i].run - records);
        p->rank[at] = is_default(&p->list[at]) ? 0 : i + 1;
    }
    free(records);
    free(order);
    return result;
}

/* A subject's configurations stand together in a plan. */
static size_t subject_end(const struct precision *p, size_t first)
{
    size_t end = first;
    while (end < p->count && same_subject_as(&p->list[end], &p->list[first]))
        end++;
    return end;
}

/* `end` when none of them had a run that ended ok. */
static size_t find_baseline(const struct precision *p, size_t first, size_t end)
{
    size_t best = end;
    for (size_t i = first; i < end; i++)
        if (!p->list[i].twin && p->any_ok[i] && (best == end || p->rank[i] < p->rank[best]))
            best = i;
    return best;
}

/* ---- Values ---- */

struct precision *precision_open(const struct plan_configuration *list, size_t count)
{
    struct precision *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    *p = (struct precision){.list = list, .count = count};
    p->any_ok = calloc(count + 1, sizeof *p->any_ok);
    p->rank = calloc(count + 1, sizeof *p->rank);
    if (p->any_ok && p->rank && rank_all(p) == 0)
        return p;
    precision_free(p);
    return NULL;
}

void precision_free(struct precision *p)
{
    if (!p)
        return;
    free(p->log_value);
    free(p->differences);
    free(p->any_ok);
    free(p->rank);
    free(p);
}

static double *value_at(const struct precision *p, unsigned round, size_t index)
{
    return &p->log_value[((size_t)round * p->count + index) * MEASURES_THAT_DECIDE];
}

static int make_room(struct precision *p, unsigned rounds)
{
    if (rounds <= p->rounds)
        return 0;
    unsigned room = p->rounds * 2 > rounds ? p->rounds * 2 : rounds;
    size_t row = p->count * MEASURES_THAT_DECIDE;
    double *values = realloc(p->log_value, room * row * sizeof *values);
    if (values)
        p->log_value = values;
    double *differences = realloc(p->differences, room * sizeof *differences);
    if (differences)
        p->differences = differences;
    if (!values || !differences)
        return -1;
    for (size_t i = p->rounds * row; i < room * row; i++)
        values[i] = NAN;
    p->rounds = room;
    return 0;
}

int precision_note(struct precision *p, size_t index, unsigned round, const struct store_outcome *outcome)
{
    if (make_room(p, round + 1) != 0)
        return -1;
    if (!outcome->ok)
        return 0;
    p->any_ok[index] = true;
    double *value = value_at(p, round, index);
    value[0] = outcome->wall_ns > 0 ? log(outcome->wall_ns) : NAN;
    value[1] = outcome->rss_peak_bytes > 0 ? log(outcome->rss_peak_bytes) : NAN;
    return 0;
}

/* ---- Widths ---- */

/* Infinite with fewer pairs than an interval takes; NaN without memory. */
static double half_width(struct precision *p, size_t a, size_t b, size_t measure)
{
    size_t pairs = 0;
    for (unsigned round = 0; round < p->rounds; round++) {
        double difference = value_at(p, round, a)[measure] - value_at(p, round, b)[measure];
        if (!isnan(difference))
            p->differences[pairs++] = difference;
    }
    if (pairs < STATISTICS_LEAST_PAIRS)
        return INFINITY;
    struct interval ratio;
    return ratio_of_logs(p->differences, pairs, &ratio) == 0 ? interval_half_width(&ratio) : NAN;
}

static int compare(struct precision *p, size_t index, size_t base, struct precision_width *out)
{
    for (size_t m = 0; m < MEASURES_THAT_DECIDE; m++) {
        double width = half_width(p, index, base, m);
        if (isnan(width))
            return -1;
        if (out->compared++ > 0 && width <= out->half_width)
            continue;
        out->half_width = width;
        out->configuration = index;
        out->measure = measure_words[m];
    }
    return 0;
}

int precision_find(struct precision *p, struct precision_width *out)
{
    *out = (struct precision_width){.half_width = NAN, .measure = measure_words[0]};
    for (size_t first = 0, end; first < p->count; first = end) {
        end = subject_end(p, first);
        size_t baseline = find_baseline(p, first, end);
        for (size_t i = first; i < end; i++) {
            size_t base = p->list[i].twin ? i - 1 : baseline; /* a twin stands right behind its original */
            if (i == baseline || !p->any_ok[i] || !p->any_ok[base])
                continue;
            if (compare(p, i, base, out) != 0)
                return -1;
        }
    }
    return 0;
}

unsigned precision_rounds_needed(double half_width, double target, unsigned rounds, unsigned least, unsigned most)
{
    double ratio = half_width / target;
    double needed = isfinite(ratio) ? ceil((double)rounds * ratio * ratio - 1e-9) : least;
    if (needed < rounds)
        needed = rounds;
    if (needed < least)
        needed = least;
    return needed < most ? (unsigned)needed : most;
}
