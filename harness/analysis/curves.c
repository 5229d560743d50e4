#include "harness/analysis/curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/percentiles.h"
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

/* ---- The runs that are drawn ---- */

struct drawn {
    const struct run_record **run;
    size_t count;
};

static int choose_runs(const struct configuration *c, struct drawn *out)
{
    size_t ok = 0, most = c->ok < CURVE_RUNS ? c->ok : CURVE_RUNS;

    *out = (struct drawn){malloc((most + 1) * sizeof *out->run), 0};
    if (out->run == NULL)
        return -1;
    for (size_t i = 0; i < c->run_count && out->count < most; i++)
        if (run_is_ok(c->runs[i]) && ok++ >= out->count * c->ok / most)
            out->run[out->count++] = c->runs[i];
    return 0;
}

/* ---- Percentiles ---- */

/* Buckets of several histograms, one behind the other. */
struct gathered {
    struct record_bucket *bucket;
    size_t count, room;
    uint64_t total; /* of their counts */
};

static int gather(struct gathered *g, const struct record_histogram *h)
{
    if (g->count + h->count > g->room) {
        size_t room = 2 * (g->count + h->count);
        struct record_bucket *grown = realloc(g->bucket, room * sizeof *grown);
        if (grown == NULL)
            return -1;
        g->bucket = grown;
        g->room = room;
    }
    for (size_t b = 0; b < h->count; b++) {
        g->bucket[g->count++] = h->bucket[b];
        g->total += h->bucket[b].count;
    }
    return 0;
}

static int gather_run(const struct result_set *results, const struct run_record *run, histogram_picker *pick,
                      struct gathered *out)
{
    struct whole_run whole;
    const struct record_histogram *h;
    int status = whole_run_read(results, run, &whole);

    if (status != 0)
        return -1;
    size_t histograms = pick(whole.run, &h);
    for (size_t k = 0; k < histograms && status == 0; k++)
        status = gather(out, &h[k]);
    whole_run_free(&whole);
    return status;
}

static int gather_all(const struct result_set *results, const struct configuration *c, histogram_picker *pick,
                      struct gathered *out)
{
    struct drawn drawn;
    int status = choose_runs(c, &drawn);

    for (size_t i = 0; i < drawn.count && status == 0; i++)
        status = gather_run(results, drawn.run[i], pick, out);
    free(drawn.run);
    return status;
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

static int percentile_curve(const struct result_set *results, const struct configuration *c, histogram_picker *pick,
                            struct curve *out)
{
    struct gathered all = {NULL, 0, 0, 0};
    int status = gather_all(results, c, pick, &all);

    *out = (struct curve){NULL, 0};
    if (status == 0 && all.total > 0) {
        size_t points = (size_t)(log10((double)all.total) * POINTS_A_DECADE) + 3;
        out->points = malloc(points * sizeof *out->points);
        status = out->points != NULL ? 0 : -1;
    }
    if (out->points != NULL && all.bucket != NULL) {
        qsort(all.bucket, all.count, sizeof *all.bucket, compare_buckets);
        draw_percentiles(all.bucket, all.count, all.total, out);
    }
    free(all.bucket);
    return status;
}

int pause_curve(const struct result_set *results, const struct configuration *c, struct curve *out)
{
    return percentile_curve(results, c, pick_pauses, out);
}

int pooled_pause_quantile(const struct result_set *results, const struct configuration *c, double p,
                          struct interval *out)
{
    struct gathered all = {NULL, 0, 0, 0};
    int status = gather_all(results, c, pick_pauses, &all);

    if (all.bucket != NULL)
        qsort(all.bucket, all.count, sizeof *all.bucket, compare_buckets);
    *out = percentile_of(&(struct record_histogram){all.count, all.bucket}, 1, p);
    free(all.bucket);
    return status;
}

int latency_curve(const struct result_set *results, const struct configuration *c, enum latency which,
                  struct curve *out)
{
    return percentile_curve(results, c, which == LATENCY_METERED ? pick_metered : pick_service, out);
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

/* The drawn runs' utilization at each window of the first: at[window * runs + run], NaN where a run has no such
 * window. */
struct utilizations {
    uint64_t *window_ns;
    double *at;
    size_t windows, runs;
};

static int take_windows(const struct record_utilization *u, size_t count, struct utilizations *out)
{
    out->window_ns = malloc((count + 1) * sizeof *out->window_ns);
    out->at = malloc((count * out->runs + 1) * sizeof *out->at);
    if (out->window_ns == NULL || out->at == NULL)
        return -1;
    out->windows = count;
    for (size_t i = 0; i < count; i++)
        out->window_ns[i] = u[i].window_ns;
    return 0;
}

static void take_run(const struct record_utilization *u, size_t count, size_t run, struct utilizations *out)
{
    for (size_t i = 0, k = 0; i < out->windows; i++) { /* both rise */
        while (k < count && u[k].window_ns < out->window_ns[i])
            k++;
        out->at[i * out->runs + run] = k < count && u[k].window_ns == out->window_ns[i] ? u[k].utilization : NAN;
    }
}

static int read_utilizations(const struct result_set *results, const struct drawn *drawn, utilization_picker *pick,
                             struct utilizations *out)
{
    int status = 0;

    for (size_t i = 0; i < drawn->count && status == 0; i++) {
        struct whole_run whole;
        size_t count;
        if (whole_run_read(results, drawn->run[i], &whole) != 0)
            return -1;
        const struct record_utilization *u = pick(whole.run, &count);
        if (i == 0)
            status = take_windows(u, count, out);
        if (status == 0)
            take_run(u, count, i, out);
        whole_run_free(&whole);
    }
    return status;
}

static bool all_known(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isnan(values[i]))
            return false;
    return true;
}

static int draw_medians(struct utilizations *u, struct curve *out)
{
    out->points = u->windows > 0 ? malloc(u->windows * sizeof *out->points) : NULL;
    if (out->points == NULL)
        return u->windows > 0 ? -1 : 0;
    for (size_t i = 0; i < u->windows; i++) {
        double *values = &u->at[i * u->runs];
        if (all_known(values, u->runs))
            out->points[out->count++] =
                (struct curve_point){(double)u->window_ns[i], spread_of(values, u->runs).median};
    }
    return 0;
}

static int utilization_curve(const struct result_set *results, const struct configuration *c, utilization_picker *pick,
                             struct curve *out)
{
    struct drawn drawn;

    *out = (struct curve){NULL, 0};
    if (choose_runs(c, &drawn) != 0)
        return -1;
    struct utilizations u = {.runs = drawn.count};
    int status = read_utilizations(results, &drawn, pick, &u);
    if (status == 0)
        status = draw_medians(&u, out);
    free(drawn.run);
    free(u.window_ns);
    free(u.at);
    return status;
}

int mmu_curve(const struct result_set *results, const struct configuration *c, struct curve *out)
{
    return utilization_curve(results, c, pick_mmu, out);
}

int bmu_curve(const struct result_set *results, const struct configuration *c, struct curve *out)
{
    return utilization_curve(results, c, pick_bmu, out);
}

void curve_free(struct curve *curve)
{
    free(curve->points);
    *curve = (struct curve){NULL, 0};
}

static size_t count_below(const struct configuration *c, uint64_t peak_bytes)
{
    size_t below = 0;

    for (size_t i = 0; i < c->run_count; i++)
        below += run_is_ok(c->runs[i]) && c->runs[i]->rss_peak_bytes < peak_bytes;
    return below;
}

/* The peak that `rank` ok runs or fewer are below, and more than `rank` are at or below: by bisection, which needs no
 * memory and never compares each run with each. */
static uint64_t peak_of_rank(const struct configuration *c, size_t rank)
{
    uint64_t low = 0, high = UINT64_MAX;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2 + 1;
        if (count_below(c, middle) > rank)
            high = middle - 1;
        else
            low = middle;
    }
    return low;
}

const struct run_record *median_run(const struct configuration *c)
{
    size_t rank = c->ok > 0 ? (c->ok - 1) / 2 : 0; /* the lower median; ties go by order */
    uint64_t peak_bytes = peak_of_rank(c, rank);
    size_t before = count_below(c, peak_bytes);

    for (size_t i = 0; i < c->run_count; i++)
        if (run_is_ok(c->runs[i]) && c->runs[i]->rss_peak_bytes == peak_bytes && before++ == rank)
            return c->runs[i];
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
