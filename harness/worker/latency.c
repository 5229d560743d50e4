/* latency.c - one pass over the ends of all requests. */
#include "harness/worker/latency.h"

static bool read_end(struct log_reader *r, uint64_t i, uint64_t *out)
{
    const uint64_t *end = log_reader_at(r, i);
    if (end)
        *out = *end;
    return end != NULL;
}

/* When request i starts: when the one before ends. */
static bool read_start(struct log_reader *r, uint64_t i, uint64_t *out)
{
    *out = 0;
    return i == 0 || read_end(r, i - 1, out);
}

bool latency_simple(const struct log *ends, struct histogram *out)
{
    struct log_reader r;
    log_reader_open(&r, ends);
    uint64_t start = 0, end;
    for (uint64_t i = 0; i < log_count(ends); i++, start = end) {
        if (!read_end(&r, i, &end))
            return false;
        histogram_add(out, end - start);
    }
    return true;
}

/* The first request that does not start before a time that only grows. */
struct edge {
    struct log_reader reader;
    uint64_t index, start;
};

static void edge_open(struct edge *e, const struct log *ends)
{
    log_reader_open(&e->reader, ends);
    e->index = e->start = 0;
}

static bool edge_advance(struct edge *e, uint64_t count, uint64_t time)
{
    while (e->start < time && e->index + 1 < count)
        if (!read_start(&e->reader, ++e->index, &e->start))
            return false;
    return true;
}

static uint64_t sum_or_most(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* (i - a) of (b - a) equal parts of the time between, rounded down; in two
 * steps, since the product may pass 64 bits. */
static uint64_t synthetic_start(const struct edge *a, const struct edge *b, uint64_t i)
{
    if (b->index == a->index)
        return a->start;
    uint64_t parts = b->index - a->index, span = b->start - a->start, k = i - a->index;
    return a->start + span / parts * k + span % parts * k / parts;
}

bool latency_metered(const struct log *ends, uint64_t window_ns, struct histogram *out)
{
    struct edge a, b;
    struct log_reader r;
    uint64_t count = log_count(ends), half = window_ns / 2, start = 0, end;
    edge_open(&a, ends);
    edge_open(&b, ends);
    log_reader_open(&r, ends);
    for (uint64_t i = 0; i < count; i++, start = end) {
        if (!read_end(&r, i, &end) || !edge_advance(&a, count, start > half ? start - half : 0) ||
            !edge_advance(&b, count, sum_or_most(start, half)))
            return false;
        uint64_t synthetic = synthetic_start(&a, &b, i);
        histogram_add(out, end - (synthetic < start ? synthetic : start));
    }
    return true;
}

bool latency_paced(const struct log *ends, const struct pace *pace, struct histogram *simple, struct histogram *metered)
{
    struct log_reader r;
    log_reader_open(&r, ends);
    uint64_t before = 0, end;
    for (uint64_t i = 0; i < log_count(ends); i++, before = end) {
        if (!read_end(&r, i, &end))
            return false;
        uint64_t planned = pace_planned_ns(pace, i);
        histogram_add(simple, end - (before > planned ? before : planned));
        histogram_add(metered, end - planned);
    }
    return true;
}
