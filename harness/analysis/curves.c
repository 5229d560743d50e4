#include "harness/analysis/curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/worker/tunings/tuning.h"

enum { POINTS_A_DECADE = 20 };

static int compare_buckets(const void *a, const void *b)
{
    const struct record_bucket *x = a, *y = b;

    return (x->value_ns > y->value_ns) - (x->value_ns < y->value_ns);
}

/* A run's histograms of one kind of time, at most RECORD_GENERATIONS. */
typedef size_t histogram_picker(const struct run_record *run, const struct record_histogram **first);

static size_t pick_pauses(const struct run_record *run, const struct record_histogram **first)
{
    *first = run->pauses;
    return RECORD_GENERATIONS;
}

static size_t pick_service(const struct run_record *run, const struct record_histogram **first)
{
    *first = &run->requests;
    return 1;
}

static size_t pick_metered(const struct run_record *run, const struct record_histogram **first)
{
    *first = &run->metered;
    return 1;
}

/* Visits the histograms of all ok runs: counts the buckets, and copies them when there is a place for them. */
static size_t gather_buckets(const struct configuration *c, histogram_picker *pick, struct record_bucket *out,
                             uint64_t *total)
{
    size_t count = 0;

    *total = 0;
    for (size_t i = 0; i < c->run_count; i++) {
        const struct record_histogram *h;
        size_t histograms = run_is_ok(c->runs[i]) ? pick(c->runs[i], &h) : 0;
        for (size_t k = 0; k < histograms; k++)
            for (size_t b = 0; b < h[k].count; b++, count++) {
                *total += h[k].bucket[b].count;
                if (out != NULL)
                    out[count] = h[k].bucket[b];
            }
    }
    return count;
}

/* The value that the `rank` least of all samples (from 1) do not exceed. `at` and `seen` go on from the last call:
 * ranks must not fall. */
static double value_at_rank(const struct record_bucket *bucket, size_t count, uint64_t rank, size_t *at, uint64_t *seen)
{
    while (*at < count && *seen + bucket[*at].count < rank)
        *seen += bucket[(*at)++].count;
    return (double)bucket[*at < count ? *at : count - 1].value_ns;
}

static void draw_percentiles(const struct record_bucket *bucket, size_t count, uint64_t total, struct curve *out)
{
    size_t at = 0;
    uint64_t seen = 0;
    double last = (double)total;

    for (int step = 0;; step++) {
        double x = fmin(pow(10, (double)step / POINTS_A_DECADE), last);
        double rank = ceil(last * (1 - 1 / x) - 1e-9);
        uint64_t r = x >= last ? total : rank < 1 ? 1 : (uint64_t)rank;
        out->points[out->count++] = (struct curve_point){x, value_at_rank(bucket, count, r, &at, &seen)};
        if (x >= last)
            break;
    }
}

static int percentile_curve(const struct configuration *c, histogram_picker *pick, struct curve *out)
{
    uint64_t total;
    size_t count = gather_buckets(c, pick, NULL, &total);

    *out = (struct curve){NULL, 0};
    if (count == 0 || total == 0)
        return 0;
    size_t points = (size_t)(log10((double)total) * POINTS_A_DECADE) + 3;
    struct record_bucket *bucket = malloc(count * sizeof *bucket);
    out->points = malloc(points * sizeof *out->points);
    if (bucket == NULL || out->points == NULL) {
        free(bucket);
        curve_free(out);
        return -1;
    }
    gather_buckets(c, pick, bucket, &total);
    qsort(bucket, count, sizeof *bucket, compare_buckets);
    draw_percentiles(bucket, count, total, out);
    free(bucket);
    return 0;
}

int pause_curve(const struct configuration *c, struct curve *out)
{
    return percentile_curve(c, pick_pauses, out);
}

int latency_curve(const struct configuration *c, enum latency which, struct curve *out)
{
    return percentile_curve(c, which == LATENCY_METERED ? pick_metered : pick_service, out);
}

/* ---- Utilization ---- */

typedef const struct record_utilization *utilization_picker(const struct run_record *run, size_t *count);

static const struct record_utilization *pick_mmu(const struct run_record *run, size_t *count)
{
    *count = run->mmu_count;
    return run->mmu;
}

static const struct record_utilization *pick_bmu(const struct run_record *run, size_t *count)
{
    *count = run->bmu_count;
    return run->bmu;
}

/* NaN where the run has no such window. */
static double utilization_at(const struct run_record *run, utilization_picker *pick, uint64_t window_ns)
{
    size_t count;
    const struct record_utilization *u = pick(run, &count);

    for (size_t i = 0; i < count; i++)
        if (u[i].window_ns == window_ns)
            return u[i].utilization;
    return NAN;
}

/* The median of all ok runs; NaN when one has no such window. */
static double median_utilization(const struct configuration *c, utilization_picker *pick, uint64_t window_ns,
                                 double *values)
{
    size_t n = 0;

    for (size_t i = 0; i < c->run_count; i++)
        if (run_is_ok(c->runs[i])) {
            values[n] = utilization_at(c->runs[i], pick, window_ns);
            if (isnan(values[n++]))
                return NAN;
        }
    return spread_of(values, n).median;
}

static int utilization_curve(const struct configuration *c, utilization_picker *pick, struct curve *out)
{
    const struct run_record *first = median_run(c);
    size_t count = 0;
    const struct record_utilization *u = first != NULL ? pick(first, &count) : NULL;

    *out = (struct curve){NULL, 0};
    if (count == 0)
        return 0;
    double *values = malloc(c->run_count * sizeof *values);
    out->points = malloc(count * sizeof *out->points);
    if (values == NULL || out->points == NULL) {
        free(values);
        curve_free(out);
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        double median = median_utilization(c, pick, u[i].window_ns, values);
        if (!isnan(median))
            out->points[out->count++] = (struct curve_point){(double)u[i].window_ns, median};
    }
    free(values);
    return 0;
}

int mmu_curve(const struct configuration *c, struct curve *out)
{
    return utilization_curve(c, pick_mmu, out);
}

int bmu_curve(const struct configuration *c, struct curve *out)
{
    return utilization_curve(c, pick_bmu, out);
}

void curve_free(struct curve *curve)
{
    free(curve->points);
    *curve = (struct curve){NULL, 0};
}

const struct run_record *median_run(const struct configuration *c)
{
    /* The run with as many ok runs below it as the lower median has; ties go by order. */
    for (size_t i = 0; i < c->run_count; i++) {
        const struct run_record *run = c->runs[i];
        size_t below = 0;
        if (!run_is_ok(run))
            continue;
        for (size_t k = 0; k < c->run_count; k++) {
            const struct run_record *other = c->runs[k];
            if (run_is_ok(other) && (other->rss_peak_bytes < run->rss_peak_bytes ||
                                     (other->rss_peak_bytes == run->rss_peak_bytes && k < i)))
                below++;
        }
        if (below == (c->ok - 1) / 2)
            return run;
    }
    return NULL;
}

int threshold0_of(const struct configuration *c)
{
    struct tuning_setting setting;
    char canonical[RECORD_TEXT_BYTES], error[256];

    if (tuning_parse(c->dimensions->tuning, &setting, canonical, sizeof canonical, error, sizeof error) != 0)
        return 0;
    return setting.disabled || setting.freeze || setting.every > 0 ? 0 : setting.threshold[0];
}

bool differs_in_tuning_only(const struct configuration *c, const struct configuration *baseline)
{
    const struct run_record *a = c->dimensions, *b = baseline->dimensions;

    return strcmp(a->allocator, b->allocator) == 0 && strcmp(a->collector, b->collector) == 0 &&
           strcmp(a->refcount, b->refcount) == 0;
}
