/* histogram.c - buckets of a log-linear histogram. */
#include "harness/record/histogram.h"

#include <math.h>
#include <string.h>

enum { HALF = 1 << HISTOGRAM_HALF_BITS };

void histogram_open(struct histogram *h, uint64_t *buckets)
{
    *h = (struct histogram){.bucket = buckets, .min_ns = RECORD_UNKNOWN};
}

void histogram_clear(struct histogram *h)
{
    memset(h->bucket, 0, HISTOGRAM_BUCKETS * sizeof h->bucket[0]);
    histogram_open(h, h->bucket);
}

/* How far a value is shifted right to leave at most HISTOGRAM_HALF_BITS + 1
 * bits: the buckets of one shift are 2^shift wide. */
static unsigned shift_of(uint64_t value_ns)
{
    unsigned bits = 64 - (unsigned)__builtin_clzll(value_ns | HALF);
    return bits - HISTOGRAM_HALF_BITS - 1;
}

size_t histogram_bucket_of(uint64_t value_ns)
{
    if (value_ns >> HISTOGRAM_RANGE_BITS)
        return HISTOGRAM_BUCKETS - 1;
    unsigned shift = shift_of(value_ns);
    return ((size_t)shift << HISTOGRAM_HALF_BITS) + (size_t)(value_ns >> shift);
}

uint64_t histogram_highest(size_t bucket)
{
    if (bucket < 2 * HALF)
        return bucket;
    size_t shift = (bucket >> HISTOGRAM_HALF_BITS) - 1;
    uint64_t start = bucket - (shift << HISTOGRAM_HALF_BITS);
    return ((start + 1) << shift) - 1;
}

void histogram_add(struct histogram *h, uint64_t value_ns)
{
    h->bucket[histogram_bucket_of(value_ns)]++;
    h->count++;
    h->sum_ns += value_ns;
    if (value_ns < h->min_ns)
        h->min_ns = value_ns;
    if (value_ns > h->max_ns)
        h->max_ns = value_ns;
}

static void widen(struct histogram *h, uint64_t count, uint64_t sum_ns, uint64_t min_ns, uint64_t max_ns)
{
    h->count += count;
    h->sum_ns += sum_ns;
    if (min_ns < h->min_ns)
        h->min_ns = min_ns;
    if (max_ns > h->max_ns)
        h->max_ns = max_ns;
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        into->bucket[i] += from->bucket[i];
    widen(into, from->count, from->sum_ns, from->min_ns, from->max_ns);
}

uint64_t histogram_percentile(const struct histogram *h, double percent)
{
    if (h->count == 0)
        return RECORD_UNKNOWN;
    /* 99.9 % of 1,000 is rank 999, whatever 0.999 is in binary. */
    double exact = percent / 100 * (double)h->count;
    double rank = ceil(exact - exact * 1e-12);
    uint64_t seen = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += h->bucket[i];
        if (seen > 0 && (double)seen >= rank) {
            uint64_t value = histogram_highest(i);
            return i == HISTOGRAM_BUCKETS - 1 || value > h->max_ns ? h->max_ns : value;
        }
    }
    return h->max_ns;
}

size_t histogram_to_buckets(const struct histogram *h, struct record_bucket *out)
{
    size_t used = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        if (h->bucket[i])
            out[used++] = (struct record_bucket){histogram_highest(i), h->bucket[i]};
    return used;
}

void histogram_add_buckets(struct histogram *h, const struct record_histogram *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct record_bucket *b = &from->bucket[i];
        h->bucket[histogram_bucket_of(b->value_ns)] += b->count;
        widen(h, b->count, b->value_ns * b->count, b->value_ns, b->value_ns);
    }
}
