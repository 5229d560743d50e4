/* sampler.c - a process's resident memory over time. */
#include "harness/sweep/sampler.h"

#include <stdlib.h>

void sampler_start(struct sampler *s, uint64_t now_ns, uint64_t grid_ns)
{
    s->count = 0;
    s->grid_ns = grid_ns;
    s->next_ns = now_ns;
    s->peak_bytes = 0;
}

static void halve(struct sampler *s)
{
    for (size_t i = 0; 2 * i < s->count; i++)
        s->sample[i] = s->sample[2 * i];
    s->count = (s->count + 1) / 2;
    s->grid_ns *= 2;
}

void sampler_see(struct sampler *s, uint64_t now_ns, uint64_t bytes)
{
    if (bytes > s->peak_bytes)
        s->peak_bytes = bytes;
    if (now_ns < s->next_ns)
        return;
    if (s->count == SAMPLER_MOST)
        halve(s);
    s->sample[s->count++] = (struct record_sample){.t_ns = now_ns, .bytes = bytes};
    /* The grid stays where it is when a sample comes late. */
    s->next_ns += ((now_ns - s->next_ns) / s->grid_ns + 1) * s->grid_ns;
}

void sampler_fill(const struct sampler *s, uint64_t start_ns, uint64_t end_ns, struct run_record *out)
{
    free(out->samples);
    out->samples = calloc(s->count + 1, sizeof *out->samples);
    out->sample_count = 0;
    uint64_t total = 0;
    for (size_t i = 0; out->samples && i < s->count; i++) {
        const struct record_sample *sample = &s->sample[i];
        if (sample->t_ns < start_ns || sample->t_ns > end_ns)
            continue;
        total += sample->bytes;
        out->samples[out->sample_count++] =
            (struct record_sample){.t_ns = sample->t_ns - start_ns, .bytes = sample->bytes};
    }
    if (out->sample_count > 0)
        out->rss_mean_bytes = total / out->sample_count;
}
