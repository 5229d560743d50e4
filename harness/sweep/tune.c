#include "harness/sweep/tune.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/grid.h"
#include "harness/sweep/halving.h"
#include "harness/sweep/line.h"
#include "harness/sweep/measured.h"

struct tune {
    const struct plan *plan;
    struct sweep *sweep;
    const struct plan_configuration *configurations; /* the sweep's */
    struct grid grid;
    struct halving *halving;
    struct measured measured;
    const char *directory;
    size_t *chosen; /* configurations of a step */
    struct tune_result *result;
    char *error;
    size_t error_size;
};

size_t tune_most_runs(const struct plan *p, size_t grid_cells)
{
    return (size_t)(TUNE_SHARE * (double)grid_cells * p->rounds);
}

static int open_halving(const struct plan *p, const struct grid *g, struct halving **out, char *error,
                        size_t error_size)
{
    const struct halving_options o = {p->rounds, p->seed, tune_most_runs(p, g->count)};
    return halving_open(g, &o, out, error, error_size);
}

int tune_check(const struct plan *p, char *error, size_t error_size)
{
    struct plan_configuration *list;
    struct grid grid;
    struct halving *h;
    size_t count;
    if (plan_configurations(p, &list, &count, error, error_size) != 0)
        return -1;
    int status = grid_make(list, count, &grid, error, error_size);
    if (status == 0) {
        status = open_halving(p, &grid, &h, error, error_size);
        if (status == 0)
            halving_close(h);
        grid_free(&grid);
    }
    free(list);
    return status;
}

/* ---- Steps ---- */

static void say_step(const struct tune *t, const struct halving_step *step)
{
    unsigned rounds = step->first_round + step->rounds;
    if (step->stage == 0)
        fprintf(stderr, "gcsweep: exploring %zu of %zu configurations, %zu so far, one run each\n", step->count,
                t->grid.count, t->result->explored);
    else
        fprintf(stderr, "gcsweep: stage %u of %u: %zu configurations go on to %u runs each\n", step->stage + 1,
                step->stages, step->count, rounds);
}

/* The configurations of a step, the twin beside its original; how many. */
static size_t choose(struct tune *t, const struct halving_step *step)
{
    size_t count = 0;
    for (size_t i = 0; i < step->count; i++) {
        t->chosen[count++] = t->grid.cells[step->cells[i]].configuration;
        if (step->cells[i] == t->grid.standard && t->grid.twin != GRID_NO_TWIN)
            t->chosen[count++] = t->grid.twin;
    }
    return count;
}

static int read_runs(struct tune *t)
{
    struct result_set results;
    if (store_load(t->directory, &results, t->error, t->error_size) != 0)
        return -1;
    int status = measured_read(&t->measured, t->configurations, &results);
    result_set_free(&results);
    return status == 0 ? 0 : line_error(t->error, t->error_size, "out of memory");
}

static int take_step(struct tune *t, const struct halving_step *step, enum sweep_stop *stopped)
{
    size_t count = choose(t, step);
    if (step->stage == 0)
        t->result->explored += step->count;
    t->result->finalists = step->count;
    t->result->runs += count * step->rounds;
    say_step(t, step);
    if (sweep_rounds(t->sweep, t->chosen, count, step->first_round, step->rounds, stopped, t->error, t->error_size) !=
        0)
        return -1;
    return *stopped == SWEEP_DONE ? read_runs(t) : 0;
}

static int take_steps(struct tune *t, enum sweep_stop *stopped)
{
    struct halving_step step;
    int more;

    *stopped = SWEEP_DONE;
    while ((more = halving_next(t->halving, t->measured.values, &step)) == 1) {
        if (take_step(t, &step, stopped) != 0)
            return -1;
        if (*stopped != SWEEP_DONE)
            return 0;
    }
    return more == 0 ? 0 : line_error(t->error, t->error_size, "out of memory");
}

/* ---- The whole ---- */

static int open_tune(struct tune *t)
{
    const struct plan *p = t->plan;
    size_t count;
    t->configurations = sweep_configurations(t->sweep, &count);
    if (grid_make(t->configurations, count, &t->grid, t->error, t->error_size) != 0 ||
        open_halving(p, &t->grid, &t->halving, t->error, t->error_size) != 0)
        return -1;
    t->chosen = malloc((count + 1) * sizeof *t->chosen);
    if (!t->chosen || measured_make(&t->grid, p->rounds, &t->measured) != 0)
        return line_error(t->error, t->error_size, "out of memory");
    t->result->grid_cells = t->grid.count;
    sweep_expect(t->sweep, tune_most_runs(p, t->grid.count), p->rounds);
    return 0;
}

static void close_tune(struct tune *t)
{
    if (t->halving)
        halving_close(t->halving);
    measured_free(&t->measured);
    grid_free(&t->grid);
    free(t->chosen);
}

static int write_facts(const struct tune *t, struct store *s, enum sweep_stop stopped)
{
    char text[256], rounds[32];
    snprintf(text, sizeof text, "%zu of %zu configurations explored, %zu run %u times: %zu of %zu runs",
             t->result->explored, t->grid.count, t->result->finalists, t->plan->rounds, t->result->runs,
             t->grid.count * t->plan->rounds);
    if (stopped != SWEEP_DONE)
        snprintf(text, sizeof text, TUNE_UNFINISHED);
    snprintf(rounds, sizeof rounds, "%u", stopped == SWEEP_DONE ? t->plan->rounds : 0);
    if (store_set_fact(s, TUNE_FACT, text, t->error, t->error_size) != 0)
        return -1;
    return store_set_fact(s, "rounds_done", rounds, t->error, t->error_size);
}

int tune_run(const struct plan *p, const struct runner *r, struct store *s, const char *directory,
             struct tune_result *out, char *error, size_t error_size)
{
    enum sweep_stop stopped = SWEEP_INTERRUPTED;
    struct tune t = {.plan = p, .directory = directory, .result = out, .error = error, .error_size = error_size};
    memset(out, 0, sizeof *out);
    if (sweep_open(p, r, s, &t.sweep, error, error_size) != 0)
        return -1;
    int status = open_tune(&t);
    if (status == 0)
        status = write_facts(&t, s, SWEEP_INTERRUPTED);
    if (status == 0)
        status = take_steps(&t, &stopped);
    char ignored[RECORD_TEXT_BYTES];
    bool failed = status != 0;
    int closed =
        sweep_close(t.sweep, stopped, &out->sweep, failed ? ignored : error, failed ? sizeof ignored : error_size);
    if (!failed && closed == 0)
        closed = write_facts(&t, s, stopped);
    close_tune(&t);
    return failed ? -1 : closed;
}
