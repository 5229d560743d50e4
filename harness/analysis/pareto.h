/* pareto.h - which settings nobody beats.
 *
 * A point is dominated when another is at least as good in every measure and
 * better in one. What is not dominated is the front. All measures count as
 * "less is better": negate those of which more is better.
 */
#ifndef GCSWEEP_PARETO_H
#define GCSWEEP_PARETO_H

#include <stdbool.h>
#include <stddef.h>

/* `points` holds `count` rows of `measures` values. A point with a NaN in it
 * is not on the front and dominates nothing. Equal points are on it together. */
void pareto_front(const double *points, size_t count, size_t measures, bool *on_front);

#endif
