/* test_halving.c - which cells of a grid a search runs: on surfaces without processes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/grid.h"
#include "harness/sweep/halving.h"
#include "workloads/random.h"

static char error[1024];

/* ---- A grid: 7 x 3 x 3 thresholds, frozen or not, 4 allocators ---- */

struct fixture {
    struct plan plan;
    struct plan_configuration *configurations;
    size_t count;
    struct grid grid;
};

static void add(struct plan *p, const char *dimension, const char *text)
{
    if (plan_add(p, dimension, text, error, sizeof error) != 0)
        fail_msg("%s", error);
}

static int open_grid(void **state)
{
    static const char *const levels0[] = {"100", "700", "5000", "30000", "200000", "1500000", "10000000"};
    static const char *const levels[] = {"5", "10", "50"};
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    plan_init(&f->plan);
    if (plan_add_workload(&f->plan, "chain", error, sizeof error) != 0)
        return -1;
    for (size_t a = 0; a < 7; a++)
        for (size_t b = 0; b < 3; b++)
            for (size_t c = 0; c < 3; c++) {
                char tuning[64];
                snprintf(tuning, sizeof tuning, "freeze+%s,%s,%s", levels0[a], levels[b], levels[c]);
                add(&f->plan, "tuning", tuning + strlen("freeze+"));
                add(&f->plan, "tuning", tuning);
            }
    add(&f->plan, "allocator", "pymalloc");
    add(&f->plan, "allocator", "system");
    add(&f->plan, "allocator", "jemalloc");
    add(&f->plan, "allocator", "mimalloc");
    if (plan_finish(&f->plan, error, sizeof error) != 0 ||
        plan_configurations(&f->plan, &f->configurations, &f->count, error, sizeof error) != 0 ||
        grid_make(f->configurations, f->count, &f->grid, error, sizeof error) != 0)
        fail_msg("%s", error);
    return 0;
}

static int drop_grid(void **state)
{
    struct fixture *f = *state;
    grid_free(&f->grid);
    free(f->configurations);
    plan_free(&f->plan);
    free(f);
    return 0;
}

/* ---- The grid ---- */

static void a_grid_has_a_cell_for_each_configuration_but_the_twin(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(f->count, 505);
    assert_int_equal(f->grid.count, 504);
    const size_t levels[GRID_DIMENSIONS] = {7, 3, 3, 2, 4, 1, 1};
    assert_memory_equal(f->grid.levels, levels, sizeof levels);
    const struct plan_configuration *c = &f->configurations[f->grid.cells[f->grid.standard].configuration];
    assert_string_equal(c->tuning, "700,10,10");
    assert_string_equal(c->allocator, "pymalloc");
    assert_true(f->configurations[f->grid.twin].twin);
}

/* Thresholds are numbers: 5000 lies between 700 and 30000. */
static void neighbours_are_one_step_away_in_one_dimension(void **state)
{
    struct fixture *f = *state;
    size_t found = 0;
    for (size_t i = 0; i < f->grid.count; i++) {
        if (!grid_neighbours(&f->grid, f->grid.standard, i))
            continue;
        found++;
        const struct plan_configuration *c = &f->configurations[f->grid.cells[i].configuration];
        bool allocator = strcmp(c->allocator, "pymalloc") != 0 && strcmp(c->tuning, "700,10,10") == 0;
        static const char *const near[] = {"100,10,10", "5000,10,10", "700,5,10",        "700,50,10",
                                           "700,10,5",  "700,10,50",  "freeze+700,10,10"};
        bool tuning = false;
        for (size_t k = 0; k < sizeof near / sizeof near[0]; k++)
            tuning = tuning || strcmp(c->tuning, near[k]) == 0;
        assert_true(allocator || tuning);
    }
    assert_int_equal(found, 2 + 2 + 2 + 1 + 3);
    assert_false(grid_neighbours(&f->grid, 0, 0));
}

static void a_spread_sample_has_every_value_and_leaves_no_cell_far_away(void **state)
{
    struct fixture *f = *state;
    enum { SAMPLE = 60 };
    for (uint64_t seed = 1; seed <= 20; seed++) {
        size_t cells[SAMPLE], again[SAMPLE / 2];
        assert_int_equal(grid_spread(&f->grid, seed, cells, SAMPLE), 0);
        assert_int_equal(grid_spread(&f->grid, seed, again, SAMPLE / 2), 0);
        assert_memory_equal(cells, again, sizeof again);
        assert_int_equal(cells[0], f->grid.standard);
        unsigned seen[GRID_DIMENSIONS][7] = {{0}};
        for (size_t i = 0; i < SAMPLE; i++) {
            for (size_t k = 0; k < i; k++)
                assert_int_not_equal(cells[i], cells[k]);
            for (size_t d = 0; d < GRID_DIMENSIONS; d++)
                seen[d][f->grid.cells[cells[i]].level[d]]++;
        }
        for (size_t d = 0; d < GRID_DIMENSIONS; d++)
            for (size_t level = 0; level < f->grid.levels[d]; level++)
                assert_true(seen[d][level] > 0);
        for (size_t i = 0; i < f->grid.count; i++) {
            double nearest = INFINITY;
            for (size_t k = 0; k < SAMPLE; k++)
                nearest = fmin(nearest, grid_distance(&f->grid, i, cells[k]));
            assert_true(nearest <= 1.0 + 1e-9);
        }
    }
}

static void seeds_give_different_samples(void **state)
{
    struct fixture *f = *state;
    size_t one[30], two[30];
    assert_int_equal(grid_spread(&f->grid, 1, one, 30), 0);
    assert_int_equal(grid_spread(&f->grid, 2, two, 30), 0);
    assert_memory_not_equal(one, two, sizeof one);
}

static void a_tuning_that_is_not_three_thresholds_is_refused(void **state)
{
    (void)state;
    struct plan_workload w = {.name = "chain", .scale = 1};
    struct plan_configuration c[] = {
        {.workload = &w, .runtime = "model", .allocator = "system", .tuning = "700,10,10", .refcount = "plain"},
        {.workload = &w, .runtime = "model", .allocator = "system", .tuning = "manual:100", .refcount = "plain"},
    };
    struct grid g;
    c[0].collector = c[1].collector = "cpython-3.11";
    assert_int_equal(grid_make(c, 2, &g, error, sizeof error), -1);
    assert_non_null(strstr(error, "manual:100"));
    c[1].tuning = "disabled";
    assert_int_equal(grid_make(c, 2, &g, error, sizeof error), -1);
    c[1].tuning = "800,10,10";
    c[1].runtime = "cpython";
    assert_int_equal(grid_make(c, 2, &g, error, sizeof error), -1);
    assert_non_null(strstr(error, "cpython"));
}

/* ---- A response surface ---- */

/* Rare collections: long pauses and more memory, but less time; allocators trade
 * memory for time; freezing shortens pauses. `noise` is a run's spread, `seed` whose. */
static struct hypervolume_point surface(const struct grid *g, size_t cell, double noise, struct random *r)
{
    const size_t *x = g->cells[cell].level;
    double rare = (double)x[GRID_THRESHOLD0] / 6, old = (double)(x[GRID_THRESHOLD1] + x[GRID_THRESHOLD2]) / 4;
    static const double memory[] = {1, 1.15, 1.3, 1.1}, time[] = {1, 0.95, 0.85, 1.05};
    struct hypervolume_point p = {{
        1e5 * exp(6 * rare + 1.5 * old - 0.3 * (double)x[GRID_FREEZE]),
        1e7 * memory[x[GRID_ALLOCATOR]] * (1 + exp(3 * rare - 2) + 0.1 * old),
        1e8 * time[x[GRID_ALLOCATOR]] * (1 + 2 * exp(-4 * rare - old)),
    }};
    const double share[] = {1, 0.05, 0.3};
    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++)
        p.at[m] *= exp(noise * share[m] * (random_next_unit(r) + random_next_unit(r) - 1));
    return p;
}

struct search {
    const struct grid *grid;
    struct hypervolume_point *values; /* all cells and rounds, drawn beforehand */
    struct halving_options options;
    struct halving *halving;
};

static void open_search(struct search *s, const struct grid *g, unsigned rounds, size_t most_runs, uint64_t seed,
                        double noise)
{
    struct random r;
    random_seed(&r, 99);
    s->grid = g;
    s->options = (struct halving_options){rounds, seed, most_runs};
    s->values = malloc(g->count * rounds * sizeof *s->values);
    assert_non_null(s->values);
    for (size_t i = 0; i < g->count * rounds; i++)
        s->values[i] = surface(g, i / rounds, noise, &r);
    if (halving_open(g, &s->options, &s->halving, error, sizeof error) != 0)
        fail_msg("%s", error);
}

static void close_search(struct search *s)
{
    halving_close(s->halving);
    free(s->values);
}

static struct hypervolume_point truth(const struct grid *g, size_t cell)
{
    struct random r;
    random_seed(&r, 1);
    return surface(g, cell, 0, &r);
}

/* The finalists' volume as a share of the whole grid's, both without noise. */
static double share_of_volume(const struct search *s)
{
    const struct grid *g = s->grid;
    size_t count;
    const size_t *cells = halving_finalists(s->halving, &count);
    struct hypervolume_point *all = malloc((g->count + count) * sizeof *all), *found = all + g->count;
    const struct hypervolume_point reference = hypervolume_reference();
    assert_non_null(all);
    for (size_t i = 0; i < g->count; i++)
        all[i] = truth(g, i);
    struct hypervolume_space space = hypervolume_space(all, g->count, false);
    for (size_t i = 0; i < g->count; i++)
        all[i] = hypervolume_in_space(&space, &all[i]);
    for (size_t i = 0; i < count; i++)
        found[i] = all[cells[i]];
    double whole, part;
    assert_int_equal(hypervolume(all, g->count, &reference, &whole), 0);
    assert_int_equal(hypervolume(found, count, &reference, &part), 0);
    free(all);
    return part / whole;
}

/* Checks each step against what was asked for before; returns the runs, the twin's included. */
static size_t run_to_the_end(struct search *s)
{
    const struct grid *g = s->grid;
    unsigned *done = calloc(g->count, sizeof *done);
    size_t runs = 0;
    struct halving_step step;
    int result;
    assert_non_null(done);
    while ((result = halving_next(s->halving, s->values, &step)) == 1) {
        bool standard = false;
        for (size_t i = 0; i < step.count; i++) {
            assert_int_equal(done[step.cells[i]], step.first_round);
            done[step.cells[i]] += step.rounds;
            standard = standard || step.cells[i] == g->standard;
        }
        assert_true(standard || (step.stage == 0 && done[g->standard] == 1));
        runs += step.rounds * (step.count + standard);
        assert_int_equal(runs, halving_runs(s->halving));
    }
    assert_int_equal(result, 0);
    size_t count;
    const size_t *cells = halving_finalists(s->halving, &count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(done[cells[i]], s->options.rounds);
    free(done);
    return runs;
}

static void a_search_follows_the_worked_example(void **state)
{
    struct fixture *f = *state;
    struct search s;
    struct halving_step step;
    size_t explored = 0, count;
    open_search(&s, &f->grid, 6, 604, 1, 0.2);
    while (halving_next(s.halving, s.values, &step) == 1) {
        assert_int_equal(step.stages, 3);
        if (step.stage == 0) {
            explored += step.count;
            continue;
        }
        assert_int_equal(step.first_round, step.stage == 1 ? 1 : 3);
        assert_int_equal(step.rounds, step.stage == 1 ? 2 : 3);
        assert_int_equal(step.count, step.stage == 1 ? 108 : 55);
    }
    assert_int_equal(explored, 217);
    assert_int_equal(halving_runs(s.halving), 604);
    halving_finalists(s.halving, &count);
    assert_int_equal(count, 55);
    close_search(&s);
}

/* Ten rounds allow for 347 cells when half of them go on. */
static void more_than_half_go_on_once_enough_is_explored(void **state)
{
    struct fixture *f = *state;
    struct search s;
    struct halving_step step;
    size_t explored = 0, before = 0;
    open_search(&s, &f->grid, 10, 1008, 1, 0.2);
    while (halving_next(s.halving, s.values, &step) == 1) {
        if (step.stage == 0) {
            explored += step.count;
            before = explored;
            continue;
        }
        assert_true(step.count > before / 2);
        before = step.count;
    }
    assert_int_equal(explored, 303);
    assert_in_range(halving_runs(s.halving), 990, 1008);
    close_search(&s);
}

static void a_search_keeps_to_its_runs_and_finds_the_front(void **state)
{
    struct fixture *f = *state;
    static const unsigned rounds[] = {6, 7, 10, 20};
#ifdef GCSWEEP_SANITIZED
    enum { SEEDS = 1 };
#else
    enum { SEEDS = 5 };
#endif
    for (size_t i = 0; i < sizeof rounds / sizeof rounds[0]; i++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            struct search s;
            size_t most = f->grid.count * rounds[i] / 5;
            open_search(&s, &f->grid, rounds[i], most, seed, 0.3);
            size_t runs = run_to_the_end(&s);
            assert_in_range(runs, most * 9 / 10, most);
            double share = share_of_volume(&s);
            if (share < 0.95)
                fail_msg("%u rounds, seed %d: %.3f of the volume", rounds[i], (int)seed, share);
            close_search(&s);
        }
}

/* Rounds of later stages are in the store when a search is resumed: they must not matter before their time. */
static void decisions_look_at_nothing_that_was_not_asked_for(void **state)
{
    struct fixture *f = *state;
    struct search s, t;
    struct halving_step a, b;
    open_search(&s, &f->grid, 6, 604, 3, 0.3);
    open_search(&t, &f->grid, 6, 604, 3, 0.3);
    struct hypervolume_point *known = malloc(f->grid.count * 6 * sizeof *known);
    assert_non_null(known);
    for (size_t i = 0; i < f->grid.count * 6; i++)
        known[i] = (struct hypervolume_point){{1, 1, 1}}; /* better than any run */
    while (halving_next(s.halving, s.values, &a) == 1) {
        assert_int_equal(halving_next(t.halving, known, &b), 1);
        assert_int_equal(a.count, b.count);
        assert_memory_equal(a.cells, b.cells, a.count * sizeof *a.cells);
        for (size_t i = 0; i < a.count; i++)
            for (unsigned round = a.first_round; round < a.first_round + a.rounds; round++)
                known[a.cells[i] * 6 + round] = s.values[a.cells[i] * 6 + round];
    }
    assert_int_equal(halving_next(t.halving, known, &b), 0);
    free(known);
    close_search(&s);
    close_search(&t);
}

static void cells_whose_runs_fail_do_not_survive(void **state)
{
    struct fixture *f = *state;
    struct search s;
    open_search(&s, &f->grid, 10, 1008, 1, 0.1);
    for (size_t cell = 0; cell < f->grid.count; cell++)
        for (unsigned round = 0; f->grid.cells[cell].level[GRID_ALLOCATOR] == 1 && round < 10; round++)
            s.values[cell * 10 + round] = (struct hypervolume_point){{NAN, NAN, NAN}};
    run_to_the_end(&s);
    size_t count;
    const size_t *cells = halving_finalists(s.halving, &count);
    for (size_t i = 0; i < count; i++)
        assert_true(cells[i] == f->grid.standard || f->grid.cells[cells[i]].level[GRID_ALLOCATOR] != 1);
    close_search(&s);
}

static void too_few_runs_are_refused(void **state)
{
    struct fixture *f = *state;
    struct halving *h;
    const struct halving_options few = {10, 1, 40}, none = {10, 1, 0};
    assert_int_equal(halving_open(&f->grid, &few, &h, error, sizeof error), -1);
    assert_non_null(strstr(error, "40 runs"));
    assert_int_equal(halving_open(&f->grid, &none, &h, error, sizeof error), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_grid_has_a_cell_for_each_configuration_but_the_twin, open_grid, drop_grid),
        cmocka_unit_test_setup_teardown(neighbours_are_one_step_away_in_one_dimension, open_grid, drop_grid),
        cmocka_unit_test_setup_teardown(a_spread_sample_has_every_value_and_leaves_no_cell_far_away, open_grid,
                                        drop_grid),
        cmocka_unit_test_setup_teardown(seeds_give_different_samples, open_grid, drop_grid),
        cmocka_unit_test(a_tuning_that_is_not_three_thresholds_is_refused),
        cmocka_unit_test_setup_teardown(a_search_follows_the_worked_example, open_grid, drop_grid),
        cmocka_unit_test_setup_teardown(more_than_half_go_on_once_enough_is_explored, open_grid, drop_grid),
        cmocka_unit_test_setup_teardown(a_search_keeps_to_its_runs_and_finds_the_front, open_grid, drop_grid),
        cmocka_unit_test_setup_teardown(decisions_look_at_nothing_that_was_not_asked_for, open_grid, drop_grid),
        cmocka_unit_test_setup_teardown(cells_whose_runs_fail_do_not_survive, open_grid, drop_grid),
        cmocka_unit_test_setup_teardown(too_few_runs_are_refused, open_grid, drop_grid),
    };
    return cmocka_run_group_tests_name("halving", tests, NULL, NULL);
}
