/* mmu.c - windows that slide over pauses. */
#include "harness/worker/mmu.h"

static uint64_t end_of(const struct record_span *p)
{
    return p->start_ns + p->duration_ns;
}

size_t mmu_merge(struct record_span *pauses, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct record_span next = pauses[i];
        while (kept > 0 && end_of(&pauses[kept - 1]) > next.start_ns) {
            const struct record_span *last = &pauses[--kept];
            uint64_t end_ns = end_of(&next);
            if (last->start_ns < next.start_ns)
                next = (struct record_span){last->start_ns, end_ns - last->start_ns};
        }
        pauses[kept++] = next;
    }
    return kept;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* How much of a pause lies behind `time`, or before it. */
static uint64_t part_after(const struct record_span *p, uint64_t time)
{
    return end_of(p) > time ? end_of(p) - larger(p->start_ns, time) : 0;
}

static uint64_t part_before(const struct record_span *p, uint64_t time)
{
    return p->start_ns < time ? p->duration_ns - part_after(p, time) : 0;
}

/* Windows that start with a pause, and the first of the run. */
static uint64_t most_from_starts(const struct record_span *p, size_t count, uint64_t length_ns, uint64_t window_ns)
{
    uint64_t most = 0, sum = 0; /* of pauses i to next - 1, whole */
    size_t next = 0;
    for (; next < count && p[next].start_ns < window_ns; next++)
        sum += p[next].duration_ns;
    if (next > 0)
        most = sum - part_after(&p[next - 1], window_ns);
    for (size_t i = 0; i < count && p[i].start_ns + window_ns <= length_ns; i++) {
        uint64_t end_ns = p[i].start_ns + window_ns;
        for (; next < count && p[next].start_ns < end_ns; next++)
            sum += p[next].duration_ns;
        most = larger(most, sum - part_after(&p[next - 1], end_ns));
        sum -= p[i].duration_ns;
    }
    return most;
}

/* Windows that end with a pause, and the last of the run: backwards. */
static uint64_t most_to_ends(const struct record_span *p, size_t count, uint64_t length_ns, uint64_t window_ns)
{
    uint64_t most = 0, sum = 0; /* of pauses next to i, whole */
    size_t next = count;
    for (; next > 0 && end_of(&p[next - 1]) > length_ns - window_ns; next--)
        sum += p[next - 1].duration_ns;
    if (next < count)
        most = sum - part_before(&p[next], length_ns - window_ns);
    for (size_t i = count; i-- > 0 && end_of(&p[i]) >= window_ns;) {
        uint64_t start_ns = end_of(&p[i]) - window_ns;
        for (; next > 0 && end_of(&p[next - 1]) > start_ns; next--)
            sum += p[next - 1].duration_ns;
        most = larger(most, sum - part_before(&p[next], start_ns));
        sum -= p[i].duration_ns;
    }
    return most;
}

uint64_t mmu_most_paused_ns(const struct record_span *pauses, size_t count, uint64_t length_ns, uint64_t window_ns)
{
    if (count == 0)
        return 0;
    return larger(most_from_starts(pauses, count, length_ns, window_ns),
                  most_to_ends(pauses, count, length_ns, window_ns));
}

/* 10 us times 10^(k/10), in whole ns. */
static uint64_t window_at(size_t k)
{
    static const uint64_t in_decade[MMU_A_DECADE] = {MMU_FIRST_NS, 12589, 15849, 19953, 25119,
                                                     31623,        39811, 50119, 63096, 79433};
    uint64_t window_ns = in_decade[k % MMU_A_DECADE];
    for (size_t d = 0; d < k / MMU_A_DECADE; d++)
        window_ns *= 10;
    return window_ns;
}

size_t mmu_curves(const struct record_span *pauses, size_t count, uint64_t length_ns,
                  struct record_utilization mmu[MMU_WINDOWS_MOST], struct record_utilization bmu[MMU_WINDOWS_MOST])
{
    if (length_ns == 0)
        return 0;
    size_t windows = 0;
    /* 10^12 times 10 us is some hundred days: no run is longer. */
    for (uint64_t w = window_at(0); w < length_ns && windows < 12 * MMU_A_DECADE; w = window_at(++windows))
        mmu[windows].window_ns = w;
    mmu[windows++].window_ns = length_ns;
    double least = 1;
    for (size_t i = windows; i-- > 0;) {
        uint64_t paused_ns = mmu_most_paused_ns(pauses, count, length_ns, mmu[i].window_ns);
        mmu[i].utilization = 1 - (double)paused_ns / (double)mmu[i].window_ns;
        least = mmu[i].utilization < least ? mmu[i].utilization : least;
        bmu[i] = (struct record_utilization){mmu[i].window_ns, least};
    }
    return windows;
}
