/* derive.c - the scalars that follow from a record's lists. */
#include "harness/record/derive.h"

#include <math.h>

static uint64_t longest_of(const struct run_record *r, size_t generation)
{
    const struct record_histogram *h = &r->pauses[generation];
    if (r->pause_count == RECORD_UNKNOWN)
        return RECORD_UNKNOWN;
    return h->count == 0 ? 0 : h->bucket[h->count - 1].value_ns; /* lowest first */
}

static double mmu_at(const struct run_record *r, uint64_t window_ns)
{
    for (size_t i = 0; i < r->mmu_count; i++)
        if (r->mmu[i].window_ns == window_ns)
            return r->mmu[i].utilization;
    return NAN;
}

/* NULL where the run had none, or none of it is known. */
static const struct record_pause *longest_full_collection(const struct run_record *r)
{
    for (size_t i = 0; i < r->longest_count; i++) /* longest first */
        if (r->longest[i].kind == RECORD_GENERATIONS - 1)
            return &r->longest[i];
    return NULL;
}

static uint64_t last_sample_until(const struct run_record *r, uint64_t t_ns)
{
    uint64_t bytes = RECORD_UNKNOWN;
    for (size_t i = 0; i < r->sample_count && r->samples[i].t_ns <= t_ns; i++)
        bytes = r->samples[i].bytes;
    return bytes;
}

static uint64_t first_sample_from(const struct run_record *r, uint64_t t_ns)
{
    for (size_t i = 0; i < r->sample_count; i++)
        if (r->samples[i].t_ns >= t_ns)
            return r->samples[i].bytes;
    return RECORD_UNKNOWN;
}

void record_derive(struct run_record *r)
{
    const struct record_pause *full = longest_full_collection(r);
    r->gen0_pause_max_ns = longest_of(r, 0);
    r->gen1_pause_max_ns = longest_of(r, 1);
    r->gen2_pause_max_ns = longest_of(r, 2);
    r->mmu_10ms = mmu_at(r, DERIVE_MMU_WINDOW_NS);
    r->rss_before_full_bytes = full ? last_sample_until(r, full->start_ns) : RECORD_UNKNOWN;
    r->rss_after_full_bytes = full ? first_sample_from(r, full->start_ns + full->duration_ns) : RECORD_UNKNOWN;
}
