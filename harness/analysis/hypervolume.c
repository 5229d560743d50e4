/* hypervolume.c - a sweep along the third measure over a staircase of the first two. */
#include "harness/analysis/hypervolume.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The part of the plane that is covered so far: corners with x ascending, y descending. */
struct corner {
    double x, y;
};
struct staircase {
    struct corner *corner;
    size_t count;
    double area;
};

static int by_third(const void *a, const void *b)
{
    const struct hypervolume_point *p = a, *q = b;
    return (p->at[2] > q->at[2]) - (p->at[2] < q->at[2]);
}

static bool is_inside(const struct hypervolume_point *p, const struct hypervolume_point *reference)
{
    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++)
        if (!(p->at[m] < reference->at[m])) /* false for NaN, too */
            return false;
    return true;
}

/* The first corner that is not left of x. */
static size_t find_corner(const struct staircase *s, double x)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->corner[middle].x < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Adds what (x, y) covers beyond the corners, and takes those away that it covers itself. */
static void add_corner(struct staircase *s, double x, double y, const struct hypervolume_point *reference)
{
    size_t first = find_corner(s, x), behind = first;
    double ceiling = first > 0 ? s->corner[first - 1].y : reference->at[1], left = x;

    if (ceiling <= y || (first < s->count && s->corner[first].x <= x && s->corner[first].y <= y))
        return;
    for (; behind < s->count && s->corner[behind].y >= y; behind++) {
        s->area += (s->corner[behind].x - left) * (ceiling - y);
        left = s->corner[behind].x;
        ceiling = s->corner[behind].y;
    }
    double right = behind < s->count ? s->corner[behind].x : reference->at[0];
    s->area += (right - left) * (ceiling - y);
    memmove(&s->corner[first + 1], &s->corner[behind], (s->count - behind) * sizeof *s->corner);
    s->corner[first] = (struct corner){x, y};
    s->count = s->count - (behind - first) + 1;
}

/* `inside` is sorted by its third measure. */
static double sweep_volume(const struct hypervolume_point *inside, size_t count, struct corner *room,
                           const struct hypervolume_point *reference)
{
    struct staircase s = {.corner = room};
    double volume = 0;

    for (size_t i = 0; i < count; i++) {
        add_corner(&s, inside[i].at[0], inside[i].at[1], reference);
        double next = i + 1 < count ? inside[i + 1].at[2] : reference->at[2];
        volume += s.area * (next - inside[i].at[2]);
    }
    return volume;
}

int hypervolume(const struct hypervolume_point *points, size_t count, const struct hypervolume_point *reference,
                double *out)
{
    struct hypervolume_point *inside = malloc((count + 1) * sizeof *inside);
    struct corner *room = malloc((count + 1) * sizeof *room);
    int status = inside != NULL && room != NULL ? 0 : -1;

    *out = NAN;
    if (status == 0) {
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
            if (is_inside(&points[i], reference))
                inside[kept++] = points[i];
        qsort(inside, kept, sizeof *inside, by_third);
        *out = sweep_volume(inside, kept, room, reference);
    }
    free(inside);
    free(room);
    return status;
}

int hypervolume_gain(const struct hypervolume_point *points, size_t count, const struct hypervolume_point *added,
                     const struct hypervolume_point *reference, double *out)
{
    *out = 0;
    if (!is_inside(added, reference))
        return 0;
    struct hypervolume_point *shared = malloc((count + 1) * sizeof *shared);
    if (shared == NULL)
        return -1;
    double own = 1, covered;
    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++)
        own *= reference->at[m] - added->at[m];
    /* A point and `added` both cover what is beyond the worse of the two in each measure. */
    for (size_t i = 0; i < count; i++)
        for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++)
            shared[i].at[m] = points[i].at[m] < added->at[m] ? added->at[m] : points[i].at[m];
    int status = hypervolume(shared, count, reference, &covered);
    free(shared);
    *out = own > covered ? own - covered : 0;
    return status;
}

/* ---- The cube ---- */

static bool is_positive(const struct hypervolume_point *value)
{
    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++)
        if (!(value->at[m] > 0) || isinf(value->at[m]))
            return false;
    return true;
}

struct hypervolume_space hypervolume_space(const struct hypervolume_point *values, size_t count, bool linear)
{
    struct hypervolume_space space = {.linear = linear};
    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++)
        space.best.at[m] = space.worst.at[m] = NAN;
    for (size_t i = 0; i < count; i++) {
        if (!is_positive(&values[i]))
            continue;
        for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++) {
            space.best.at[m] = fmin(space.best.at[m], values[i].at[m]); /* of a NaN and a number: the number */
            space.worst.at[m] = fmax(space.worst.at[m], values[i].at[m]);
        }
    }
    return space;
}

struct hypervolume_point hypervolume_in_space(const struct hypervolume_space *space,
                                              const struct hypervolume_point *value)
{
    struct hypervolume_point p;
    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++) {
        double best = space->best.at[m], worst = space->worst.at[m], x = value->at[m];
        double span = space->linear ? worst - best : log(worst / best);
        double from = !(x > 0) ? NAN : space->linear ? x - best : log(x / best);
        p.at[m] = span > 0 ? from / span : from - from; /* NaN stays NaN */
    }
    return p;
}

struct hypervolume_point hypervolume_reference(void)
{
    struct hypervolume_point reference;
    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++)
        reference.at[m] = 1 + HYPERVOLUME_MARGIN;
    return reference;
}
