/* steady.c - blocks of the tail, and the slopes between them. */
#include "harness/record/steady.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

double theil_sen_slope(const double *y, size_t count)
{
    double slopes[STEADY_BLOCKS * (STEADY_BLOCKS - 1) / 2];
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            slopes[n++] = (y[k] - y[i]) / (double)(k - i);
    return n > 0 ? median(slopes, n) : 0;
}

/* Pairs that rise less those that fall. */
static int excess(const double y[STEADY_BLOCKS])
{
    int n = 0;
    for (size_t i = 0; i < STEADY_BLOCKS; i++)
        for (size_t k = i + 1; k < STEADY_BLOCKS; k++)
            n += (y[k] > y[i]) - (y[k] < y[i]);
    return n;
}

static double highest(const double *y, size_t count)
{
    double most = y[0];
    for (size_t i = 1; i < count; i++)
        most = y[i] > most ? y[i] : most;
    return most;
}

/* By more than `least` over all blocks, between the halves, and more than chance. */
static bool rises(const double y[STEADY_BLOCKS], double least)
{
    enum { HALF = STEADY_BLOCKS / 2 };
    return theil_sen_slope(y, STEADY_BLOCKS) * (STEADY_BLOCKS - 1) > least &&
           highest(y + HALF, HALF) - highest(y, HALF) > least && excess(y) >= STEADY_EXCESS;
}

struct blocks {
    double greatest[STEADY_BLOCKS], median[STEADY_BLOCKS];
};

/* `room` holds a block's objects. Nothing changes between samples: a block
 * begins with what the sample before it said. */
static void cut(const struct record_floating *tail, size_t count, uint64_t begin_ns, uint64_t end_ns, double *room,
                struct blocks *out)
{
    size_t at = 0;
    double last = (double)tail[0].objects;
    for (size_t b = 0; b < STEADY_BLOCKS; b++) {
        double until = (double)begin_ns + (double)(end_ns - begin_ns) * (double)(b + 1) / STEADY_BLOCKS;
        size_t n = 0;
        for (; at < count && ((double)tail[at].t_ns < until || b + 1 == STEADY_BLOCKS); at++)
            room[n++] = last = (double)tail[at].objects;
        if (n == 0)
            room[n++] = last;
        out->median[b] = median(room, n);
        out->greatest[b] = room[n - 1];
    }
}

int64_t is_steady(const struct record_floating *series, size_t count, uint64_t wall_ns)
{
    size_t first = 0;
    while (first < count && series[first].t_ns < wall_ns / 2)
        first++;
    if (wall_ns == RECORD_UNKNOWN || count - first < STEADY_LEAST)
        return RECORD_UNKNOWN_SIGNED;
    double *room = malloc((count - first) * sizeof *room);
    if (!room)
        return RECORD_UNKNOWN_SIGNED;
    struct blocks b;
    cut(&series[first], count - first, wall_ns / 2, wall_ns, room, &b);
    free(room);
    double greatest[STEADY_BLOCKS];
    memcpy(greatest, b.greatest, sizeof greatest);
    double least = STEADY_RISE * median(greatest, STEADY_BLOCKS); /* sorts */
    return !rises(b.greatest, least) && !rises(b.median, least);
}
