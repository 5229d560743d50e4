#include "harness/analysis/percentiles.h"

#include <math.h>

/* The rank-th least value, from 1, of all parts. */
static double value_at(const struct record_histogram *parts, size_t part_count, uint64_t rank)
{
    size_t at[PERCENTILES_PARTS] = {0};
    uint64_t seen = 0;

    for (;;) {
        size_t least = part_count;
        for (size_t k = 0; k < part_count; k++)
            if (at[k] < parts[k].count &&
                (least == part_count || parts[k].bucket[at[k]].value_ns < parts[least].bucket[at[least]].value_ns))
                least = k;
        if (least == part_count)
            return NAN;
        const struct record_bucket *bucket = &parts[least].bucket[at[least]++];
        seen += bucket->count;
        if (seen >= rank)
            return (double)bucket->value_ns;
    }
}

struct interval percentile_of(const struct record_histogram *parts, size_t part_count, double p)
{
    uint64_t count = 0;
    size_t low, high;

    for (size_t k = 0; k < part_count; k++)
        for (size_t i = 0; i < parts[k].count; i++)
            count += parts[k].bucket[i].count;
    struct interval out = {(size_t)count, NAN, NAN, NAN};
    if (count == 0)
        return out;
    quantile_ranks((size_t)count, p, &low, &high);
    out.estimate = value_at(parts, part_count, (uint64_t)fmax(1, ceil(p * (double)count)));
    out.low = low > 0 ? value_at(parts, part_count, low) : NAN;
    out.high = high > 0 ? value_at(parts, part_count, high) : NAN;
    return out;
}
