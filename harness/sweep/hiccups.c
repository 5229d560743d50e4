/* hiccups.c - the machine's own gaps while a run is measured. */
#include "harness/sweep/hiccups.h"

#include <stdlib.h>

#include "harness/sweep/host.h"
#include "harness/sweep/sleeper.h"

int hiccups_open(struct hiccups *h)
{
    h->buckets = calloc(HISTOGRAM_BUCKETS, sizeof *h->buckets);
    if (!h->buckets)
        return -1;
    histogram_open(&h->lateness, h->buckets);
    return 0;
}

void hiccups_close(struct hiccups *h)
{
    free(h->buckets);
    h->buckets = NULL;
}

void hiccups_note(struct hiccups *h, uint64_t due_ns, uint64_t now_ns)
{
    if (h->buckets)
        histogram_add(&h->lateness, now_ns > due_ns ? now_ns - due_ns : 0);
}

void hiccups_sleep(struct hiccups *h, unsigned steps)
{
    sleeper_be_exact(true);
    for (unsigned i = 0; i < steps; i++) {
        uint64_t due = host_now_ns() + HICCUP_STEP_NS;
        hiccups_note(h, due, sleeper_wait_until(due));
    }
    sleeper_be_exact(false);
}

unsigned hiccups_steps_after(uint64_t run_ns)
{
    uint64_t steps = run_ns / 50 / HICCUP_STEP_NS;
    return steps < 2 ? 2 : steps > 50 ? 50 : (unsigned)steps;
}

/* ---- Into the record ---- */

/* Buckets of gaps, malloc'd, in place of buckets of lateness. */
static struct record_histogram make_gaps(const struct histogram *lateness)
{
    struct record_histogram gaps = {0};
    struct record_bucket *bucket = malloc(HISTOGRAM_BUCKETS * sizeof *bucket);
    if (!bucket)
        return gaps;
    gaps.count = histogram_to_buckets(lateness, bucket);
    for (size_t i = 0; i < gaps.count; i++)
        bucket[i].value_ns -= lateness->min_ns;
    struct record_bucket *shrunk = gaps.count > 0 ? realloc(bucket, gaps.count * sizeof *bucket) : NULL;
    gaps.bucket = shrunk ? shrunk : bucket;
    return gaps;
}

static uint64_t count_over(const struct record_histogram *gaps, uint64_t limit_ns)
{
    uint64_t count = 0;
    for (size_t i = 0; i < gaps->count; i++)
        count += gaps->bucket[i].value_ns > limit_ns ? gaps->bucket[i].count : 0;
    return count;
}

void hiccups_fill(const struct hiccups *h, bool beside, struct run_record *out)
{
    const struct histogram *lateness = &h->lateness;
    if (!h->buckets || lateness->count == 0)
        return;
    free(out->noise.bucket);
    out->noise = make_gaps(lateness);
    if (!out->noise.bucket)
        return;
    out->noise_wakings = lateness->count;
    out->noise_beside = beside;
    out->noise_p50_gap_ns = histogram_percentile(lateness, 50) - lateness->min_ns;
    out->noise_p99_gap_ns = histogram_percentile(lateness, 99) - lateness->min_ns;
    out->noise_max_gap_ns = lateness->max_ns - lateness->min_ns;
    out->noise_gaps_over_10us = count_over(&out->noise, 10000);
    out->noise_gaps_over_100us = count_over(&out->noise, 100000);
    out->noise_gaps_over_1ms = count_over(&out->noise, 1000000);
}
