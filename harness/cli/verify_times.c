/* verify_times.c - gcsweep verify --times: rounds of both runtimes side by side; ratios and their intervals. */
#include "harness/cli/verify_times.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/analysis/times.h"
#include "harness/sweep/line.h"
#include "harness/sweep/screen.h"

enum { DIFFERENCE_BYTES = 2048, CELL_BYTES = 64 };

struct timing {
    const struct runner *runner;
    const struct plan *plan;
    const struct verify_row *rows;
    size_t count;
    unsigned rounds;
    struct times_round *times; /* rounds of row 0, then of row 1, ... */
    size_t *done;              /* rounds of each row that are in `times` */
    bool *differs;             /* the row has been printed as one that differs */
    char *error;
    size_t error_size;
};

static void show_progress(const struct timing *t, unsigned round, size_t row)
{
    if (screen_shows_progress())
        fprintf(stderr, "\r\033[Kverify: round %u of %u, row %zu of %zu", round + 1, t->rounds, row + 1, t->count);
}

/* Who goes first alternates from round to round. A row that differs once is timed no more. */
static int time_row(struct timing *t, unsigned round, size_t row)
{
    struct verify_runs runs;
    char difference[DIFFERENCE_BYTES];
    show_progress(t, round, row);
    int result =
        verify_run_row(t->runner, t->plan, &t->rows[row], round, round % 2 == 1, &runs, t->error, t->error_size);
    if (result != 0)
        return result;
    if (verify_is_equal(&runs, difference, sizeof difference)) {
        t->times[row * t->rounds + t->done[row]++] = times_round_of(&runs.model, &runs.cpython);
    } else {
        screen_clear_progress();
        t->differs[row] = !verify_print_row(&runs);
    }
    verify_free_runs(&runs);
    return 0;
}

static int time_all(struct timing *t)
{
    int result = 0;
    for (unsigned round = 0; round < t->rounds; round++)
        for (size_t row = 0; row < t->count && result == 0; row++)
            if (!t->differs[row])
                result = time_row(t, round, row);
    screen_clear_progress();
    return result;
}

static int print_times(const struct timing *t, size_t row)
{
    struct times times;
    char wall[CELL_BYTES], gc[CELL_BYTES], model[CELL_BYTES], cpython[CELL_BYTES];
    const struct plan_configuration *c = t->rows[row].model;
    if (find_times(&t->times[row * t->rounds], t->done[row], &times) != 0)
        return line_error(t->error, t->error_size, "out of memory");
    ratio_text(&times.wall_ratio, wall, sizeof wall);
    ratio_text(&times.gc_ratio, gc, sizeof gc);
    visit_text(&times.model_visit_ns, model, sizeof model);
    visit_text(&times.cpython_visit_ns, cpython, sizeof cpython);
    printf("equal    %-16s %-17s %-18s run %s; collections %s; visited object %s against %s: %s\n", c->workload->name,
           c->allocator, c->tuning, wall, gc, model, cpython, gc);
    return 0;
}

/* The ratios are all of the model's time over the real CPython's. */
static int print_all(const struct timing *t, size_t *equal_rows)
{
    int result = 0;
    for (size_t row = 0; row < t->count && result == 0; row++)
        if (!t->differs[row]) {
            result = print_times(t, row);
            ++*equal_rows;
        }
    return result;
}

struct times_outcome verify_times(const struct runner *runner, const struct plan *p, const struct verify_row *rows,
                                  size_t count, unsigned rounds, char *error, size_t error_size)
{
    struct times_outcome out = {0};
    struct timing t = {runner, p, rows, count, rounds, NULL, NULL, NULL, error, error_size};
    t.times = calloc(count * rounds + 1, sizeof *t.times);
    t.done = calloc(count + 1, sizeof *t.done);
    t.differs = calloc(count + 1, sizeof *t.differs);
    if (!t.times || !t.done || !t.differs)
        out.result = line_error(error, error_size, "out of memory");
    else if ((out.result = time_all(&t)) == 0)
        out.result = print_all(&t, &out.equal_rows);
    free(t.times);
    free(t.done);
    free(t.differs);
    return out;
}
