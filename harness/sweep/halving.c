#include "harness/sweep/halving.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/kriging.h"
#include "harness/analysis/selection.h"
#include "harness/analysis/statistics.h"
#include "harness/sweep/line.h"

enum { MOST_STAGES = 32, LEAST_EXPLORED = 16 };

struct halving {
    const struct grid *grid;
    struct halving_options options;
    unsigned stages, rounds_of[MOST_STAGES]; /* rounds that a cell has after a stage */
    size_t explored_most;                    /* cells to explore in all */
    double kept_share;                       /* of a stage's cells, those that reach the next */
    size_t sampled;                          /* of these, those that cover the grid */

    unsigned stage, wave;
    size_t *cells; /* of the step; the sample's whole order lies behind them */
    size_t count;
    size_t *alive; /* those of the stage begun, the best first */
    size_t alive_count;
    unsigned *rounds_done; /* of each cell */
    size_t runs;

    struct selection_point *points; /* scratch, as many as the grid has cells */
    size_t *place, *order;
    double *scratch;
};

/* ---- The budget ---- */

/* Doubles up to all rounds: 1, 2, 5, 10. */
static void set_stages(struct halving *h)
{
    unsigned rounds = h->options.rounds;
    while (rounds >> h->stages > 0)
        h->stages++;
    for (unsigned k = 0; k < h->stages; k++)
        h->rounds_of[k] = rounds >> (h->stages - 1 - k);
}

static unsigned rounds_added(const struct halving *h, unsigned stage)
{
    return h->rounds_of[stage] - (stage > 0 ? h->rounds_of[stage - 1] : 0);
}

/* Runs that one explored cell costs in all stages, when that share of a stage's cells reaches the next. */
static double runs_per_cell(const struct halving *h, double kept_share)
{
    double runs = 0, share = 1;
    for (unsigned k = 0; k < h->stages; k++) {
        runs += share * rounds_added(h, k);
        share *= kept_share;
    }
    return runs;
}

/* Half of the cells go on from each stage; more where the runs allow it once that share of the grid is explored. */
static void share_out(struct halving *h, double runs)
{
    double most = ceil((double)h->grid->count * HALVING_MOST_EXPLORED), least_share = 0.5, most_share = 1;

    h->kept_share = 0.5;
    h->explored_most = (size_t)fmin(most, runs / runs_per_cell(h, 0.5));
    if ((double)h->explored_most < most)
        return;
    for (int i = 0; i < 50; i++) {
        h->kept_share = (least_share + most_share) / 2;
        if (most * runs_per_cell(h, h->kept_share) <= runs)
            least_share = h->kept_share;
        else
            most_share = h->kept_share;
    }
}

static int share_runs(struct halving *h, char *error, size_t error_size)
{
    size_t twin_runs = h->grid->twin != GRID_NO_TWIN ? h->options.rounds : 0;
    size_t runs = h->options.most_runs > twin_runs ? h->options.most_runs - twin_runs : 0;
    share_out(h, (double)runs);
    h->sampled = (h->explored_most + 1) / 2;
    if (h->explored_most >= LEAST_EXPLORED && h->explored_most >> (h->stages - 1) > 0)
        return 0;
    return line_error(error, error_size,
                      "%zu runs are too few to search %zu configurations; a whole grid of that size is soon run",
                      h->options.most_runs, h->grid->count);
}

static size_t runs_left(const struct halving *h)
{
    size_t owed = h->grid->twin != GRID_NO_TWIN ? h->options.rounds - h->rounds_done[h->grid->standard] : 0;
    return h->options.most_runs - h->runs - owed;
}

/* ---- Open and close ---- */

static int allocate(struct halving *h)
{
    size_t room = h->grid->count + 1;
    h->cells = malloc(room * sizeof *h->cells);
    h->alive = malloc(room * sizeof *h->alive);
    h->rounds_done = calloc(room, sizeof *h->rounds_done);
    h->points = malloc(room * sizeof *h->points);
    h->place = malloc(room * sizeof *h->place);
    h->order = malloc(room * sizeof *h->order);
    h->scratch = malloc((h->options.rounds + 1) * sizeof *h->scratch);
    return h->cells && h->alive && h->rounds_done && h->points && h->place && h->order && h->scratch ? 0 : -1;
}

int halving_open(const struct grid *g, const struct halving_options *o, struct halving **out, char *error,
                 size_t error_size)
{
    struct halving *h = calloc(1, sizeof *h);
    if (!h)
        return line_error(error, error_size, "out of memory");
    h->grid = g;
    h->options = *o;
    set_stages(h);
    int status = share_runs(h, error, error_size);
    if (status == 0 && allocate(h) != 0)
        status = line_error(error, error_size, "out of memory");
    if (status == 0)
        *out = h;
    else
        halving_close(h);
    return status;
}

void halving_close(struct halving *h)
{
    free(h->cells);
    free(h->alive);
    free(h->rounds_done);
    free(h->points);
    free(h->place);
    free(h->order);
    free(h->scratch);
    free(h);
}

/* ---- What the runs said ---- */

/* The middle and the ends of a cell's runs so far, those that ended well. */
static struct selection_point point_of(const struct halving *h, size_t cell, const struct hypervolume_point *values)
{
    const struct hypervolume_point *runs = &values[cell * h->options.rounds];
    struct selection_point p;

    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++) {
        size_t known = 0;
        for (unsigned round = 0; round < h->rounds_done[cell]; round++)
            if (!isnan(runs[round].at[m]))
                h->scratch[known++] = runs[round].at[m];
        struct spread s = spread_of(h->scratch, known);
        p.middle.at[m] = s.median;
        p.best.at[m] = s.least;
        p.worst.at[m] = s.most;
    }
    return p;
}

/* Orders the cells of `from`, the best first, into h->order: cells, not places. */
static int order_cells(struct halving *h, const size_t *from, size_t count, size_t wanted,
                       const struct hypervolume_point *values)
{
    for (size_t i = 0; i < count; i++)
        h->points[i] = point_of(h, from[i], values);
    if (select_best(h->points, count, wanted, h->place) != 0)
        return -1;
    for (size_t i = 0; i < count && i < wanted; i++)
        h->order[i] = from[h->place[i]];
    return 0;
}

/* ---- Steps ---- */

static void fill_step(struct halving *h, struct halving_step *step)
{
    unsigned first = h->stage > 0 ? h->rounds_of[h->stage - 1] : 0, rounds = rounds_added(h, h->stage);
    for (size_t i = 0; i < h->count; i++) {
        h->rounds_done[h->cells[i]] += rounds;
        h->runs += rounds * (1 + (size_t)(h->grid->twin != GRID_NO_TWIN && h->cells[i] == h->grid->standard));
    }
    *step = (struct halving_step){h->cells, h->count, first, rounds, h->stage, h->stages};
}

static int sample(struct halving *h)
{
    h->count = h->sampled;
    if (grid_spread(h->grid, h->options.seed, h->cells, h->count) != 0)
        return -1;
    memcpy(h->alive, h->cells, h->count * sizeof *h->alive);
    h->alive_count = h->count;
    return 0;
}

/* Known cells first, then those not explored; how many are known. Cells whose run failed are neither. */
static size_t part_cells(const struct halving *h, const struct hypervolume_point *values, size_t *cells, size_t *count)
{
    size_t known = 0, n;
    for (size_t i = 0; i < h->grid->count; i++)
        if (h->rounds_done[i] > 0 && values[i * h->options.rounds].at[0] > 0)
            cells[known++] = i;
    n = known;
    for (size_t i = 0; i < h->grid->count; i++)
        if (h->rounds_done[i] == 0)
            cells[n++] = i;
    *count = n;
    return known;
}

/* Logarithms of the explored cells' runs, a measure after the other. */
static void take_logarithms(const struct halving *h, const struct hypervolume_point *values, const size_t *cells,
                            size_t known, double *out)
{
    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++)
        for (size_t i = 0; i < known; i++)
            out[m * known + i] = log(values[cells[i] * h->options.rounds].at[m]);
}

/* What is expected of explored cells, and what may be hoped of the others: one deviation less. */
static void expect(const struct halving *h, size_t known, size_t count, const double *means, const double *deviations)
{
    for (size_t i = 0; i < count; i++) {
        struct hypervolume_point p;
        for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++) {
            double hope = i < known ? 0 : HALVING_HOPE * deviations[m * count + i];
            p.at[m] = exp(means[m * count + i] - hope);
        }
        h->points[i] = (struct selection_point){p, p, p};
    }
}

static int expect_cells(const struct halving *h, const struct hypervolume_point *values, const size_t *cells,
                        size_t known, size_t count)
{
    enum { MEASURES_EACH = HYPERVOLUME_MEASURES };
    double *room = malloc((known + 2 * count) * MEASURES_EACH * sizeof *room);
    if (!room)
        return -1;
    double *means = room + known * MEASURES_EACH, *deviations = means + count * MEASURES_EACH;
    take_logarithms(h, values, cells, known, room);
    const struct kriging_data data = {grid_likeness, h->grid, cells, known, room, MEASURES_EACH};
    int status = kriging_predict(&data, cells, count, means, deviations);
    if (status == 0)
        expect(h, known, count, means, deviations);
    free(room);
    return status;
}

/* Those not explored that come first among all, by what may be hoped of them. */
static int choose_wave(struct halving *h, const struct hypervolume_point *values, size_t most)
{
    size_t *cells = h->order, count, known = part_cells(h, values, cells, &count);
    if (known > 0 && expect_cells(h, values, cells, known, count) != 0)
        return -1;
    if (known == 0 || select_best(h->points, count, count, h->place) != 0)
        return known == 0 ? 0 : -1;
    for (size_t i = 0; i < count && h->count < most; i++)
        if (h->place[i] >= known)
            h->cells[h->count++] = cells[h->place[i]];
    return 0;
}

static int explore(struct halving *h, const struct hypervolume_point *values)
{
    size_t left = h->explored_most - h->alive_count, most = left / (HALVING_WAVES + 1 - h->wave);
    h->count = 0;
    if (choose_wave(h, values, most) != 0)
        return -1;
    memcpy(&h->alive[h->alive_count], h->cells, h->count * sizeof *h->alive);
    h->alive_count += h->count;
    return 0;
}

static size_t survivors(const struct halving *h)
{
    if (h->stage + 1 < h->stages)
        return (size_t)(h->kept_share * (double)h->alive_count);
    size_t affordable = runs_left(h) / rounds_added(h, h->stage);
    return affordable < h->alive_count ? affordable : h->alive_count;
}

/* The original of the twin stays, in the last place where it is not among the best. */
static void keep_standard(const struct halving *h, size_t *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (cells[i] == h->grid->standard)
            return;
    cells[count - 1] = h->grid->standard;
}

static int halve(struct halving *h, const struct hypervolume_point *values)
{
    size_t kept = survivors(h);
    if (order_cells(h, h->alive, h->alive_count, kept, values) != 0)
        return -1;
    keep_standard(h, h->order, kept);
    memcpy(h->alive, h->order, kept * sizeof *h->alive);
    memcpy(h->cells, h->order, kept * sizeof *h->cells);
    h->alive_count = h->count = kept;
    return 0;
}

int halving_next(struct halving *h, const struct hypervolume_point *values, struct halving_step *step)
{
    int status;
    if (h->runs == 0)
        status = sample(h);
    else if (h->stage == 0 && h->wave < HALVING_WAVES && h->alive_count < h->explored_most) {
        h->wave++;
        status = explore(h, values);
    } else if (h->stage + 1 < h->stages) {
        h->stage++;
        status = halve(h, values);
    } else
        return 0;
    if (status == 0)
        fill_step(h, step);
    return status == 0 ? 1 : -1;
}

const size_t *halving_finalists(const struct halving *h, size_t *count)
{
    *count = h->alive_count;
    return h->alive;
}

const unsigned *halving_rounds(const struct halving *h)
{
    return h->rounds_done;
}

size_t halving_runs(const struct halving *h)
{
    return h->runs;
}
