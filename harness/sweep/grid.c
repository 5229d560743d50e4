#include "harness/sweep/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/line.h"
#include "harness/worker/tunings/tuning.h"
#include "workloads/random.h"

static bool is_ordered(enum grid_dimension d)
{
    return d <= GRID_THRESHOLD2;
}

/* ---- Levels ---- */

/* A cell's values before they are levels. */
struct cell_values {
    int number[GRID_FREEZE + 1]; /* the thresholds, and 1 where the heap is frozen */
    const char *text[GRID_DIMENSIONS];
};

static int values_of(const struct plan_configuration *c, struct cell_values *out, char *error, size_t error_size)
{
    struct tuning_setting setting;
    char canonical[PLAN_TEXT_BYTES];

    if (tuning_parse(c->tuning, &setting, canonical, sizeof canonical, error, error_size) != 0)
        return -1;
    if (setting.disabled || setting.every > 0)
        return line_error(error, error_size, "tuning %s is no cell of a grid: its cells are three thresholds each",
                          c->tuning);
    *out = (struct cell_values){
        .text = {[GRID_ALLOCATOR] = c->allocator, [GRID_COLLECTOR] = c->collector, [GRID_REFCOUNT] = c->refcount}};
    for (size_t d = 0; d < GRID_FREEZE; d++)
        out->number[d] = setting.threshold[d];
    out->number[GRID_FREEZE] = setting.freeze;
    return 0;
}

static int compare_values(const struct cell_values *a, const struct cell_values *b, enum grid_dimension d)
{
    if (a->text[d])
        return strcmp(a->text[d], b->text[d]);
    return (a->number[d] > b->number[d]) - (a->number[d] < b->number[d]);
}

/* One cell for each value, sorted: a cell's level is its value's place there. Returns how many. */
static size_t distinct_values(const struct cell_values *values, size_t count, enum grid_dimension d, size_t *first)
{
    size_t distinct = 0;

    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < distinct && compare_values(&values[first[at]], &values[i], d) < 0)
            at++;
        if (at < distinct && compare_values(&values[first[at]], &values[i], d) == 0)
            continue;
        memmove(&first[at + 1], &first[at], (distinct - at) * sizeof *first);
        first[at] = i;
        distinct++;
    }
    return distinct;
}

static void set_levels(struct grid *g, const struct cell_values *values, size_t *first)
{
    for (enum grid_dimension d = 0; d < GRID_DIMENSIONS; d++) {
        g->levels[d] = distinct_values(values, g->count, d, first);
        for (size_t i = 0; i < g->count; i++)
            for (size_t level = 0; level < g->levels[d]; level++)
                if (compare_values(&values[first[level]], &values[i], d) == 0)
                    g->cells[i].level[d] = level;
    }
}

static int check_subject(const struct plan_configuration *first, const struct plan_configuration *c, char *error,
                         size_t error_size)
{
    if (c->workload != first->workload)
        return line_error(error, error_size, "a grid is one workload's with one set of parameters; there are %s and %s",
                          first->key, c->key);
    if (strcmp(c->runtime, first->runtime) != 0)
        return line_error(error, error_size, "a grid is one runtime's; there are %s and %s", first->runtime,
                          c->runtime);
    return 0;
}

static int fill_cells(const struct plan_configuration *configurations, size_t count, struct grid *g,
                      struct cell_values *values, char *error, size_t error_size)
{
    for (size_t i = 0; i < count; i++) {
        const struct plan_configuration *c = &configurations[i];
        if (check_subject(&configurations[0], c, error, error_size) != 0)
            return -1;
        if (c->twin) { /* right behind its original */
            g->twin = i;
            g->standard = g->count - 1;
            continue;
        }
        if (values_of(c, &values[g->count], error, error_size) != 0)
            return -1;
        g->cells[g->count++].configuration = i;
    }
    return 0;
}

int grid_make(const struct plan_configuration *configurations, size_t count, struct grid *out, char *error,
              size_t error_size)
{
    *out = (struct grid){.twin = GRID_NO_TWIN};
    struct cell_values *values = calloc(count + 1, sizeof *values);
    size_t *first = malloc((count + 1) * sizeof *first);
    out->cells = calloc(count + 1, sizeof *out->cells);
    int status = -1;
    if (!values || !first || !out->cells)
        line_error(error, error_size, "out of memory");
    else
        status = fill_cells(configurations, count, out, values, error, error_size);
    if (status == 0)
        set_levels(out, values, first);
    else
        grid_free(out);
    free(values);
    free(first);
    return status;
}

void grid_free(struct grid *g)
{
    free(g->cells);
    *g = (struct grid){0};
}

/* ---- Near and far ---- */

bool grid_neighbours(const struct grid *g, size_t a, size_t b)
{
    const size_t *x = g->cells[a].level, *y = g->cells[b].level;
    size_t differ = 0;

    for (enum grid_dimension d = 0; d < GRID_DIMENSIONS; d++) {
        if (x[d] == y[d])
            continue;
        if (is_ordered(d) && x[d] + 1 != y[d] && y[d] + 1 != x[d])
            return false;
        differ++;
    }
    return differ == 1;
}

/* The share of the whole range that two values are apart. */
static double apart(const struct grid *g, size_t a, size_t b, enum grid_dimension d)
{
    size_t x = g->cells[a].level[d], y = g->cells[b].level[d];
    if (x == y)
        return 0;
    return is_ordered(d) ? fabs((double)x - (double)y) / (double)(g->levels[d] - 1) : 1;
}

double grid_distance(const struct grid *g, size_t a, size_t b)
{
    double sum = 0;
    for (enum grid_dimension d = 0; d < GRID_DIMENSIONS; d++)
        sum += apart(g, a, b, d);
    return sum;
}

double grid_likeness(const void *grid, size_t a, size_t b, double reach)
{
    /* How unlike the ends of each dimension are: exp(-3), exp(-1), ... at reach 1. */
    static const double unlike[GRID_DIMENSIONS] = {3, 1, 1, 0.5, 1, 1, 1};
    const struct grid *g = grid;
    double sum = 0, exponent = 0;
    size_t varying = 0;

    for (enum grid_dimension d = 0; d < GRID_DIMENSIONS; d++) {
        if (g->levels[d] < 2)
            continue;
        double x = unlike[d] * apart(g, a, b, d) / reach;
        exponent += x;
        sum += exp(-x);
        varying++;
    }
    if (varying == 0)
        return 1;
    return 0.5 * sum / (double)varying + 0.5 * exp(-exponent);
}

/* ---- Covering the grid ---- */

struct candidate {
    double nearest;  /* distance to the nearest cell that was taken; below 0: taken itself */
    uint64_t ticket; /* decides between equals */
};

static void take(const struct grid *g, struct candidate *candidates, size_t taken)
{
    for (size_t i = 0; i < g->count; i++)
        candidates[i].nearest = fmin(candidates[i].nearest, grid_distance(g, i, taken));
    candidates[taken].nearest = -1;
}

static size_t farthest(const struct grid *g, const struct candidate *candidates)
{
    size_t best = 0;
    for (size_t i = 1; i < g->count; i++) {
        const struct candidate *c = &candidates[i], *b = &candidates[best];
        /* Sums of shares in any order: equal but for the last bit. */
        if (c->nearest > b->nearest + 1e-9 || (c->nearest > b->nearest - 1e-9 && c->ticket > b->ticket))
            best = i;
    }
    return best;
}

int grid_spread(const struct grid *g, uint64_t seed, size_t *cells, size_t count)
{
    struct candidate *candidates = malloc((g->count + 1) * sizeof *candidates);
    if (!candidates)
        return -1;
    struct random random;
    random_seed(&random, seed);
    for (size_t i = 0; i < g->count; i++)
        candidates[i] = (struct candidate){INFINITY, random_next(&random)};
    for (size_t n = 0; n < count; n++) {
        cells[n] = n == 0 ? g->standard : farthest(g, candidates);
        take(g, candidates, cells[n]);
    }
    free(candidates);
    return 0;
}
