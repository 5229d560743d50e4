#include "harness/analysis/pareto.h"

#include <math.h>

static bool is_whole(const double *point, size_t measures)
{
    for (size_t m = 0; m < measures; m++)
        if (isnan(point[m]))
            return false;
    return true;
}

static bool dominates(const double *a, const double *b, size_t measures)
{
    bool better = false;

    for (size_t m = 0; m < measures; m++) {
        if (!(a[m] <= b[m]))
            return false;
        better = better || a[m] < b[m];
    }
    return better;
}

void pareto_front(const double *points, size_t count, size_t measures, bool *on_front)
{
    for (size_t i = 0; i < count; i++) {
        const double *point = points + i * measures;
        on_front[i] = is_whole(point, measures);
        for (size_t j = 0; j < count && on_front[i]; j++)
            on_front[i] = !dominates(points + j * measures, point, measures);
    }
}
