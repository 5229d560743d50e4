#include "harness/analysis/measures.h"

#include <math.h>
#include <string.h>

const char *const measure_names[MEASURES] = {
    [MEASURE_WALL_NS] = "wall_ns",
    [MEASURE_THROUGHPUT] = "throughput_per_s",
    [MEASURE_GC_NS] = "gc_ns",
    [MEASURE_GC_SHARE] = "gc_share",
    [MEASURE_PAUSE_COUNT] = "pause_count",
    [MEASURE_PAUSE_P50_NS] = "pause_p50_ns",
    [MEASURE_PAUSE_P99_NS] = "pause_p99_ns",
    [MEASURE_PAUSE_MAX_NS] = "pause_max_ns",
    [MEASURE_RSS_PEAK_BYTES] = "rss_peak_bytes",
    [MEASURE_RSS_GROWTH_BYTES] = "rss_growth_bytes",
    [MEASURE_COLLECTIONS_0] = "collections_gen0",
    [MEASURE_COLLECTIONS_1] = "collections_gen1",
    [MEASURE_COLLECTIONS_2] = "collections_gen2",
    [MEASURE_REQUEST_P99_NS] = "request_p99_ns",
    [MEASURE_REQUEST_MAX_NS] = "request_max_ns",
    [MEASURE_METERED_P99_NS] = "metered_p99_ns",
    [MEASURE_METERED_P999_NS] = "metered_p999_ns",
    [MEASURE_MMU_10MS] = "mmu_10ms",
};

/* Words for less and more of it. */
static const char *const words[MEASURES][2] = {
    [MEASURE_WALL_NS] = {"faster", "slower"},         [MEASURE_THROUGHPUT] = {"slower", "faster"},
    [MEASURE_PAUSE_COUNT] = {"fewer", "more"},        [MEASURE_PAUSE_P50_NS] = {"shorter", "longer"},
    [MEASURE_PAUSE_P99_NS] = {"shorter", "longer"},   [MEASURE_PAUSE_MAX_NS] = {"shorter", "longer"},
    [MEASURE_COLLECTIONS_0] = {"fewer", "more"},      [MEASURE_COLLECTIONS_1] = {"fewer", "more"},
    [MEASURE_COLLECTIONS_2] = {"fewer", "more"},      [MEASURE_REQUEST_P99_NS] = {"faster", "slower"},
    [MEASURE_REQUEST_MAX_NS] = {"faster", "slower"},  [MEASURE_METERED_P99_NS] = {"faster", "slower"},
    [MEASURE_METERED_P999_NS] = {"faster", "slower"},
};

const char *verdict_word(enum measure measure, enum verdict verdict)
{
    const char *const *of = words[measure];

    switch (verdict) {
    case VERDICT_LESS:
        return of[0] != NULL ? of[0] : "less";
    case VERDICT_MORE:
        return of[1] != NULL ? of[1] : "more";
    case VERDICT_EQUIVALENT:
        return "equivalent";
    case VERDICT_NOT_RESOLVED:
        return "not resolved";
    case VERDICT_UNKNOWN:
        break;
    }
    return "-";
}

static double known(uint64_t value)
{
    return value == RECORD_UNKNOWN ? NAN : (double)value;
}

static double pause_of(const struct run_record *run, uint64_t value)
{
    return run->pause_count == 0 ? 0 : known(value);
}

static double pause_p99(const struct run_record *run)
{
    bool few = run->pause_count < MEASURE_P99_LEAST;
    return pause_of(run, few ? run->pause_max_ns : run->pause_p99_ns);
}

static double throughput(const struct run_record *run)
{
    return run->wall_ns == 0 ? NAN : known(run->operations) / known(run->wall_ns) * 1e9;
}

static double rss_growth(const struct run_record *run)
{
    double growth = known(run->rss_peak_bytes) - known(run->rss_baseline_bytes);

    return growth < 0 ? 0 : growth; /* unknown stays unknown */
}

static double latency_of(uint64_t count, uint64_t percentile_ns, uint64_t max_ns)
{
    return known(count < MEASURE_P99_LEAST ? max_ns : percentile_ns);
}

double mmu_of(const struct run_record *run, uint64_t window_ns)
{
    for (size_t i = 0; i < run->mmu_count; i++)
        if (run->mmu[i].window_ns == window_ns)
            return run->mmu[i].utilization;
    return NAN;
}

bool run_kept_its_rate(const struct run_record *run)
{
    return run->rate_asked_per_s == RECORD_UNKNOWN || isnan(run->rate_kept_per_s) ||
           run->rate_kept_per_s >= 0.99 * (double)run->rate_asked_per_s;
}

double measure_of(const struct run_record *run, enum measure measure)
{
    switch (measure) {
    case MEASURE_WALL_NS:
        return known(run->wall_ns);
    case MEASURE_THROUGHPUT:
        return throughput(run);
    case MEASURE_GC_NS:
        return known(run->gc_ns);
    case MEASURE_GC_SHARE:
        return run->wall_ns == 0 ? NAN : known(run->gc_ns) / known(run->wall_ns);
    case MEASURE_PAUSE_COUNT:
        return known(run->pause_count);
    case MEASURE_PAUSE_P50_NS:
        return pause_of(run, run->pause_p50_ns);
    case MEASURE_PAUSE_P99_NS:
        return pause_p99(run);
    case MEASURE_PAUSE_MAX_NS:
        return pause_of(run, run->pause_max_ns);
    case MEASURE_RSS_PEAK_BYTES:
        return known(run->rss_peak_bytes);
    case MEASURE_RSS_GROWTH_BYTES:
        return rss_growth(run);
    case MEASURE_COLLECTIONS_0:
        return known(run->gen0_collections);
    case MEASURE_COLLECTIONS_1:
        return known(run->gen1_collections);
    case MEASURE_COLLECTIONS_2:
        return known(run->gen2_collections);
    case MEASURE_REQUEST_P99_NS:
        return latency_of(run->request_count, run->request_p99_ns, run->request_max_ns);
    case MEASURE_REQUEST_MAX_NS:
        return known(run->request_max_ns);
    case MEASURE_METERED_P99_NS:
        return latency_of(run->metered_count, run->metered_p99_ns, run->metered_max_ns);
    case MEASURE_METERED_P999_NS:
        return latency_of(run->metered_count, run->metered_p999_ns, run->metered_max_ns);
    case MEASURE_MMU_10MS:
        return run->mmu_10ms;
    case MEASURES:
        break;
    }
    return NAN;
}

bool run_is_ok(const struct run_record *run)
{
    return strcmp(run->status, "ok") == 0;
}
