/* floating.c - a series of bounded length that keeps its peaks. */
#include "harness/worker/floating.h"

#include <stdbool.h>

static uint64_t cell(const struct floating_series *s, uint64_t t_ns)
{
    return t_ns >> (FLOATING_FIRST_CELL + s->coarser);
}

/* Joins a sample to the last one when both are of one cell. */
static bool try_join(struct floating_series *s, size_t count, const struct record_floating *sample)
{
    struct record_floating *last = count > 0 ? &s->sample[count - 1] : NULL;
    if (!last || cell(s, last->t_ns) != cell(s, sample->t_ns))
        return false;
    if (sample->objects > last->objects)
        *last = *sample;
    return true;
}

static void make_coarser(struct floating_series *s)
{
    size_t kept = 0;
    s->coarser++;
    for (size_t i = 0; i < s->count; i++)
        if (!try_join(s, kept, &s->sample[i]))
            s->sample[kept++] = s->sample[i];
    s->count = kept;
}

void floating_see(struct floating_series *s, uint64_t now_ns, int64_t objects, int64_t bytes)
{
    const struct record_floating sample = {
        .t_ns = now_ns,
        .objects = objects > 0 ? (uint64_t)objects : 0,
        .bytes = bytes > 0 ? (uint64_t)bytes : 0,
    };
    if (try_join(s, s->count, &sample))
        return;
    while (s->count == FLOATING_MOST)
        make_coarser(s);
    if (!try_join(s, s->count, &sample))
        s->sample[s->count++] = sample;
}

void floating_finish(struct floating_series *s, uint64_t start_ns)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++) {
        struct record_floating sample = s->sample[i];
        if (sample.t_ns < start_ns)
            continue;
        sample.t_ns -= start_ns;
        s->sample[kept++] = sample;
    }
    s->count = kept;
}
