/* histogram.h - how often a time was seen, to three significant digits.
 *
 * Log-linear: below 2048 ns each value has a bucket of its own; above, each
 * power of two is cut into 1024 buckets. A bucket answers with its highest
 * value, so that
 *
 *     0 <= answer - value <= value / 1024     for 0 to 2^42 - 1 ns (73 minutes)
 *
 * A longer time counts in the last bucket; min, max and sum are exact always.
 *
 * Units      ns.
 * Ownership  the buckets are the caller's (so that they can be mapped and
 *            touched ahead of a measurement); nothing here allocates.
 * Threads    one at a time.
 * Source     Gil Tene's HdrHistogram, with significant digits and range fixed.
 */
#ifndef GCSWEEP_HISTOGRAM_H
#define GCSWEEP_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "harness/record/record.h"

enum {
    HISTOGRAM_DIGITS = 3,      /* significant, decimal */
    HISTOGRAM_HALF_BITS = 10,  /* 2^10 buckets in each power of two */
    HISTOGRAM_RANGE_BITS = 42, /* values below 2^42 */
    HISTOGRAM_BUCKETS = (HISTOGRAM_RANGE_BITS - HISTOGRAM_HALF_BITS + 1) << HISTOGRAM_HALF_BITS
};

struct histogram {
    uint64_t *bucket;                       /* HISTOGRAM_BUCKETS of them */
    uint64_t count, sum_ns, min_ns, max_ns; /* min and max are RECORD_UNKNOWN and 0 while count is 0 */
};

/* `buckets`: HISTOGRAM_BUCKETS zeroes. */
void histogram_open(struct histogram *h, uint64_t *buckets);
void histogram_clear(struct histogram *h);
/* The bucket that counts a value, and the highest value that a bucket counts. */
size_t histogram_bucket_of(uint64_t value_ns);
uint64_t histogram_highest(size_t bucket);
void histogram_add(struct histogram *h, uint64_t value_ns);
void histogram_merge(struct histogram *into, const struct histogram *from);
/* The least recorded value that at least `percent` (0 to 100) of all are not
 * above (nearest rank); RECORD_UNKNOWN of an empty histogram. */
uint64_t histogram_percentile(const struct histogram *h, double percent);
/* Writes the filled buckets, lowest first; at most HISTOGRAM_BUCKETS. The
 * number written. */
size_t histogram_to_buckets(const struct histogram *h, struct record_bucket *out);
/* Adds what histogram_to_buckets wrote. Of these values min, max and sum are
 * known to the bucket only. */
void histogram_add_buckets(struct histogram *h, const struct record_histogram *from);

#endif
