/* grid.h - a plan's configurations as cells of a grid: which are near each other.
 *
 * Dimensions  the three thresholds, whose values are in order, and whether the
 *             heap is frozen, allocator, collector and refcount, whose values
 *             are not.
 * Distance    the sum over the dimensions: steps apart as a share of all steps
 *             for a threshold, 1 for two values of the others.
 * Neighbours  differ in one dimension alone: by one step in a threshold, in any
 *             way in another.
 * Ownership   grid_free; a grid refers to no configuration after it was made.
 * Threads     none shared.
 */
#ifndef GCSWEEP_GRID_H
#define GCSWEEP_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/sweep/plan.h"

enum grid_dimension {
    GRID_THRESHOLD0,
    GRID_THRESHOLD1,
    GRID_THRESHOLD2,
    GRID_FREEZE,
    GRID_ALLOCATOR,
    GRID_COLLECTOR,
    GRID_REFCOUNT,
    GRID_DIMENSIONS
};

#define GRID_NO_TWIN SIZE_MAX

struct grid_cell {
    size_t configuration; /* its index among the plan's configurations */
    size_t level[GRID_DIMENSIONS];
};

struct grid {
    struct grid_cell *cells; /* in the plan's order, without the twin */
    size_t count;
    size_t levels[GRID_DIMENSIONS];
    size_t standard; /* the cell that has a twin: the one with the defaults in most dimensions */
    size_t twin;     /* the twin's index among the configurations, GRID_NO_TWIN where there is none */
};

/* The configurations of one workload on one runtime. 0, or -1 with one line in
 * `error`: a tuning that is not three thresholds, a second workload or runtime. */
int grid_make(const struct plan_configuration *configurations, size_t count, struct grid *out, char *error,
              size_t error_size);
void grid_free(struct grid *g);

bool grid_neighbours(const struct grid *g, size_t a, size_t b);
double grid_distance(const struct grid *g, size_t a, size_t b);

/* How alike two cells are (kriging.h), 1 to 0; `grid` is a struct grid. Half of
 * it is the mean likeness of their values in each dimension, so that what an
 * allocator does at one threshold says something of every threshold; half is
 * the product, which is local. A threshold's likeness falls with the steps, fast
 * for threshold 0; another dimension's values are all equally unlike. */
double grid_likeness(const void *grid, size_t a, size_t b, double reach);

/* Fills `cells` with `count` different cells that cover the grid: the standard
 * one, then each time the one that is farthest from all before; of equals the
 * seed picks. The first n of a longer list are the list of n. `count` is at most
 * the grid's. 0, or -1 without memory. */
int grid_spread(const struct grid *g, uint64_t seed, size_t *cells, size_t count);

#endif
