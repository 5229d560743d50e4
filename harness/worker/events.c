/* events.c - logs into the record. */
#include "harness/worker/events.h"

#include "harness/worker/latency.h"

/* One set of percentiles in the record. */
struct latency_fields {
    uint64_t *count, *p50_ns, *p90_ns, *p99_ns, *p999_ns, *p9999_ns, *max_ns;
    struct record_histogram *histogram;
};

static void record_latencies(const struct histogram *h, struct record_bucket *buckets, const struct latency_fields *out)
{
    *out->count = h->count;
    out->histogram->bucket = buckets;
    out->histogram->count = histogram_to_buckets(h, buckets);
    if (h->count == 0)
        return; /* no request: no percentile of one */
    *out->p50_ns = histogram_percentile(h, 50);
    *out->p90_ns = histogram_percentile(h, 90);
    *out->p99_ns = histogram_percentile(h, 99);
    *out->p999_ns = histogram_percentile(h, 99.9);
    *out->p9999_ns = histogram_percentile(h, 99.99);
    *out->max_ns = h->max_ns;
}

#define FIELDS(r, path, histogram_)                                                                              \
    &(struct latency_fields)                                                                                     \
    {                                                                                                            \
        &(r)->path##_count, &(r)->path##_p50_ns, &(r)->path##_p90_ns, &(r)->path##_p99_ns, &(r)->path##_p999_ns, \
            &(r)->path##_p9999_ns, &(r)->path##_max_ns, &(r)->histogram_                                         \
    }

void events_record_requests(const struct requests *requests, const struct pace *pace, struct event_results *results,
                            struct run_record *r)
{
    const struct log *ends = &requests->log;
    struct histogram simple, metered, metered_100ms;
    histogram_open(&simple, results->simple);
    histogram_open(&metered, results->metered);
    histogram_open(&metered_100ms, results->metered_100ms);
    r->request_group = requests->group;
    r->request_log_full = !log_is_whole(ends);
    r->meter_ns += requests_cost_ns(requests);
    if (!log_is_whole(ends))
        return;
    bool paced = pace->per_second > 0;
    bool read = paced ? latency_paced(ends, pace, &simple, &metered)
                      : latency_simple(ends, &simple) && latency_metered(ends, LATENCY_WHOLE_RUN, &metered) &&
                            latency_metered(ends, LATENCY_WINDOW_NS, &metered_100ms);
    if (!read)
        return;
    record_latencies(&simple, results->requests_out, FIELDS(r, request, requests));
    record_latencies(&metered, results->metered_out, FIELDS(r, metered, metered));
    if (!paced)
        record_latencies(&metered_100ms, results->metered_100ms_out, FIELDS(r, metered_100ms, metered_100ms));
}

/* ---- Pauses ---- */

_Static_assert(sizeof(struct meter_entry) == sizeof(struct record_span), "entries become spans in their place");

static size_t take_spans(const struct meter_entry *entries, size_t count, struct record_span *spans)
{
    for (size_t i = 0; i < count; i++) {
        struct meter_entry entry = entries[i];
        spans[i] = (struct record_span){entry.start_ns, entry.duration_and_kind >> METER_KIND_BITS};
    }
    return mmu_merge(spans, count);
}

void events_record_pauses(const struct log *pauses, struct event_results *results, struct run_record *r)
{
    r->pause_log_full = !log_is_whole(pauses);
    if (!log_is_whole(pauses))
        return;
    struct meter_entry *entries = log_map(pauses);
    struct record_span *spans = (struct record_span *)(void *)entries;
    size_t count = (size_t)log_count(pauses);
    if (count > 0 && !entries)
        return;
    count = take_spans(entries, count, spans);
    r->mmu = results->mmu;
    r->bmu = results->bmu;
    r->mmu_count = r->bmu_count = mmu_curves(spans, count, r->wall_ns, results->mmu, results->bmu);
    log_unmap(pauses, entries);
}
