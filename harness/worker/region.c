/* region.c - reading the edges of the measured part, and their difference. */
#include "harness/worker/region.h"

/* Outermost first, so that the clock is the last before the loop and the
 * first after it. */
static void read_begin(struct region *region, struct mutator *m)
{
    struct region_edge *edge = &region->begin;
    runtime_read(m, &edge->state);
    getrusage(RUSAGE_SELF, &edge->usage);
    counters_start(&region->counters);
    edge->now_ns = meter_now_ns();
}

static void read_end(struct region *region, struct mutator *m)
{
    struct region_edge *edge = &region->end;
    edge->now_ns = meter_now_ns();
    counters_stop(&region->counters);
    getrusage(RUSAGE_SELF, &edge->usage);
    runtime_read(m, &edge->state);
}

static void keep_pace(struct region *region, const struct pace *pace)
{
    region->pace = *pace;
    region->pace.origin_ns -= region->begin.now_ns;
    region->pace.last_ns -= region->begin.now_ns;
}

void region_run(struct region *region, struct mutator *m, const struct workload *w, struct meter *meter,
                struct requests *requests)
{
    read_begin(region, m);
    meter_start(meter, region->begin.now_ns);
    if (requests)
        requests_start(requests, region->begin.now_ns);
    region->result = mutator_guard(m, w->run);
    if (requests)
        requests_catch_up(requests, m);
    read_end(region, m);
    meter_stop(meter);
    if (requests)
        requests_stop(requests);
    keep_pace(region, &m->pace);
}

/* ---- Into the record ---- */

static uint64_t ns_between(struct timeval a, struct timeval b)
{
    int64_t us = (b.tv_sec - a.tv_sec) * INT64_C(1000000) + (b.tv_usec - a.tv_usec);
    return us > 0 ? (uint64_t)us * 1000 : 0;
}

static uint64_t growth(long before, long after)
{
    return after > before ? (uint64_t)(after - before) : 0;
}

static void record_usage(const struct rusage *a, const struct rusage *b, struct run_record *r)
{
    r->user_ns = ns_between(a->ru_utime, b->ru_utime);
    r->system_ns = ns_between(a->ru_stime, b->ru_stime);
    r->faults_minor = growth(a->ru_minflt, b->ru_minflt);
    r->faults_major = growth(a->ru_majflt, b->ru_majflt);
    r->switches_voluntary = growth(a->ru_nvcsw, b->ru_nvcsw);
    r->switches_involuntary = growth(a->ru_nivcsw, b->ru_nivcsw);
}

static void record_generations(const struct region *region, const struct meter *meter, struct run_record *r)
{
    const struct {
        uint64_t *collections, *collected, *uncollectable, *gc_ns, *objects;
    } out[GENERATIONS] = {
        {&r->gen0_collections, &r->gen0_collected, &r->gen0_uncollectable, &r->gen0_gc_ns, &r->gen0_objects},
        {&r->gen1_collections, &r->gen1_collected, &r->gen1_uncollectable, &r->gen1_gc_ns, &r->gen1_objects},
        {&r->gen2_collections, &r->gen2_collected, &r->gen2_uncollectable, &r->gen2_gc_ns, &r->gen2_objects},
    };
    const struct runtime_state *a = &region->begin.state, *b = &region->end.state;
    for (int g = 0; g < GENERATIONS; g++) {
        *out[g].collections = b->generation[g].collections - a->generation[g].collections;
        *out[g].collected = b->generation[g].collected - a->generation[g].collected;
        *out[g].uncollectable = b->generation[g].uncollectable - a->generation[g].uncollectable;
        *out[g].gc_ns = meter->kind[g].sum_ns;
        *out[g].objects = b->generation[g].objects;
    }
    r->count0 = b->count[0];
    r->count1 = b->count[1];
    r->count2 = b->count[2];
    if (b->visited_known)
        r->gc_visited = b->visited - a->visited;
    r->long_lived_total = b->long_lived_total;
    r->long_lived_pending = b->long_lived_pending;
}

static void record_pool(const struct pool_counters *pool, struct run_record *r)
{
    if (!pool->known)
        return;
    r->pool_arenas_allocated = pool->arenas_allocated;
    r->pool_arenas_reclaimed = pool->arenas_reclaimed;
    r->pool_arenas_highwater = pool->arenas_highwater;
    r->pool_arenas_now = pool->arenas_now;
    r->pool_pools_used = pool->pools_used;
    r->pool_bytes_in_blocks = pool->bytes_in_blocks;
    r->pool_bytes_free_in_pools = pool->bytes_free_in_pools;
}

static void record_percentiles(const struct histogram *all, struct run_record *r)
{
    r->pause_count = all->count;
    r->pause_total_ns = all->sum_ns;
    if (all->count == 0)
        return; /* no pause: no percentile of one */
    r->pause_min_ns = all->min_ns;
    r->pause_p50_ns = histogram_percentile(all, 50);
    r->pause_p90_ns = histogram_percentile(all, 90);
    r->pause_p99_ns = histogram_percentile(all, 99);
    r->pause_p999_ns = histogram_percentile(all, 99.9);
    r->pause_p9999_ns = histogram_percentile(all, 99.99);
    r->pause_max_ns = all->max_ns;
}

static void record_pauses(const struct meter *meter, struct region_buckets *buckets, struct run_record *r)
{
    struct histogram all;
    histogram_open(&all, buckets->all);
    for (size_t k = 0; k < RECORD_PAUSE_KINDS; k++) {
        const struct histogram *h = &meter->kind[k];
        if (k < RECORD_GENERATIONS)
            histogram_merge(&all, h);
        r->pauses[k].bucket = buckets->kind[k];
        r->pauses[k].count = histogram_to_buckets(h, r->pauses[k].bucket);
    }
    record_percentiles(&all, r);
}

static void record_rate(const struct pace *pace, struct run_record *r)
{
    if (pace->per_second == 0 || pace->turns == 0)
        return;
    r->rate_asked_per_s = pace->per_second;
    r->rate_kept_per_s = pace_kept(pace);
    r->rate_late_share = (double)pace->late / (double)pace->turns;
    r->rate_waited_ns = pace->waited_ns;
}

/* Nobody sees cascades on the real CPython. */
static void record_releases(const struct histogram *releases, struct run_record *r)
{
#ifndef GCSWEEP_RUNTIME_CPYTHON
    r->release_count = releases->count;
    r->release_total_ns = releases->sum_ns;
    if (releases->count == 0)
        return;
    r->release_p50_ns = histogram_percentile(releases, 50);
    r->release_p99_ns = histogram_percentile(releases, 99);
    r->release_max_ns = releases->max_ns;
#else
    (void)releases, (void)r;
#endif
}

void region_record(const struct region *region, const struct meter *meter, struct region_buckets *buckets,
                   struct run_record *r)
{
    uint64_t gc_ns = meter_gc_ns(meter);
    r->region_start_ns = region->begin.now_ns;
    r->wall_ns = region->end.now_ns - region->begin.now_ns;
    r->gc_ns = gc_ns;
    uint64_t still_ns = gc_ns + region->pace.waited_ns;
    r->mutator_ns = r->wall_ns > still_ns ? r->wall_ns - still_ns : 0;
    r->meter_ns = (uint64_t)(meter->pause_cost_ns * (double)meter_pauses(meter));
    if (meter->log)
        r->meter_ns += meter->log->flush_ns;
    record_usage(&region->begin.usage, &region->end.usage, r);
    record_generations(region, meter, r);
    counters_record(&region->counters, r);
    record_pool(&region->end.state.pool, r);
    record_pauses(meter, buckets, r);
    record_rate(&region->pace, r);
    record_releases(&meter->kind[RECORD_RELEASE], r);
}
