#include "harness/cli/tune_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/statistics.h"
#include "harness/cli/cli.h"
#include "harness/store/store.h"
#include "harness/sweep/grid.h"
#include "harness/sweep/halving.h"
#include "harness/sweep/line.h"
#include "harness/sweep/measured.h"
#include "harness/sweep/replay.h"
#include "harness/sweep/tune.h"

enum { ERROR_BYTES = 1024 };

/* ---- A whole grid's results ---- */

struct grid_results {
    struct result_set results;
    struct plan plan;
    struct plan_configuration *configurations;
    size_t count;
    struct grid grid;
    struct measured measured;
};

static void close_grid(struct grid_results *g)
{
    measured_free(&g->measured);
    grid_free(&g->grid);
    free(g->configurations);
    plan_free(&g->plan);
    result_set_free(&g->results);
}

/* The rounds that are there, then only those that were asked for. */
static int read_rounds(struct grid_results *g, unsigned rounds, char *error, size_t error_size)
{
    struct measured all;
    if (measured_make(&g->grid, g->plan.rounds, &all) != 0 || measured_read(&all, g->configurations, &g->results) != 0)
        return line_error(error, error_size, "out of memory");
    unsigned whole = measured_whole_rounds(&all);
    measured_free(&all);
    if (whole < STATISTICS_LEAST_PAIRS || rounds > whole)
        return line_error(error, error_size, "%s has %u whole round%s of its grid; %u are needed", g->results.directory,
                          whole, whole == 1 ? "" : "s", rounds > 0 ? rounds : (unsigned)STATISTICS_LEAST_PAIRS);
    if (measured_make(&g->grid, rounds > 0 ? rounds : whole, &g->measured) != 0 ||
        measured_read(&g->measured, g->configurations, &g->results) != 0)
        return line_error(error, error_size, "out of memory");
    return 0;
}

/* After 0, close_grid. */
static int open_grid(const char *directory, unsigned rounds, struct grid_results *g)
{
    char error[ERROR_BYTES], reason[ERROR_BYTES];
    *g = (struct grid_results){0};
    if (store_load(directory, &g->results, error, sizeof error) != 0)
        return cli_refuse(error);
    int status = plan_from_json(g->results.plan, &g->plan, reason, sizeof reason);
    if (status == 0)
        status = plan_configurations(&g->plan, &g->configurations, &g->count, reason, sizeof reason);
    if (status == 0)
        status = grid_make(g->configurations, g->count, &g->grid, reason, sizeof reason);
    if (status != 0)
        line_error(error, sizeof error, "%s: its plan: %s", directory, reason);
    else
        status = read_rounds(g, rounds, error, sizeof error);
    if (status == 0)
        return 0;
    close_grid(g);
    return cli_refuse(error);
}

/* ---- Replay ---- */

struct shares {
    double *logarithms, *values, *front;
    size_t count, enough, runs;
};

static int search_all(const struct grid_results *g, uint64_t seeds, struct shares *s)
{
    char error[ERROR_BYTES];
    unsigned rounds = g->measured.rounds;
    struct halving_options o = {rounds, 0, (size_t)(TUNE_SHARE * (double)(g->grid.count * rounds))};
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        struct replay_result r;
        o.seed = seed;
        if (replay_search(&g->measured, &o, &r, error, sizeof error) != 0)
            return cli_refuse(error);
        s->logarithms[s->count] = r.share.logarithms;
        s->values[s->count] = r.share.values;
        s->front[s->count++] = (double)r.front;
        s->enough += r.share.logarithms >= TUNE_CHECK_LEAST;
        s->runs = r.runs;
    }
    return 0;
}

static void print_spread(const char *what, double *values, size_t count, double factor)
{
    struct spread s = spread_of(values, count);
    printf("  %-42s %8.1f %8.1f %8.1f\n", what, factor * s.least, factor * s.median, factor * s.most);
}

static void print_shares(const struct grid_results *g, struct shares *s)
{
    size_t whole = g->grid.count * g->measured.rounds;
    printf("%s: %zu configurations, %u rounds. A search takes %zu runs of the grid's %zu (%.1f %%).\n",
           g->results.directory, g->grid.count, g->measured.rounds, s->runs, whole,
           100 * (double)s->runs / (double)whole);
    printf("  %-42s %8s %8s %8s\n", "over searches with seeds 1, 2, ...", "least", "median", "most");
    print_spread("% of the grid's volume, logarithms", s->logarithms, s->count, 100);
    print_spread("% of the grid's volume, values", s->values, s->count, 100);
    print_spread("settings on the front", s->front, s->count, 1);
    printf("%zu of %zu searches find %.0f %% of the volume (logarithms) or more.\n", s->enough, s->count,
           100 * TUNE_CHECK_LEAST);
}

int tune_check_replay(const char *directory, unsigned rounds, uint64_t seeds)
{
    struct grid_results g;
    if (open_grid(directory, rounds, &g) != 0)
        return CLI_UNUSABLE;
    struct shares s = {.logarithms = calloc(seeds, sizeof(double)),
                       .values = calloc(seeds, sizeof(double)),
                       .front = calloc(seeds, sizeof(double))};
    int status;
    if (!s.logarithms || !s.values || !s.front)
        status = cli_refuse("out of memory");
    else
        status = search_all(&g, seeds, &s);
    if (status == 0) {
        print_shares(&g, &s);
        status = s.enough == s.count ? CLI_DONE : CLI_FAILED;
    }
    free(s.logarithms);
    free(s.values);
    free(s.front);
    close_grid(&g);
    return status;
}

/* ---- Against ---- */

static size_t mark_found(const struct grid_results *g, const struct summary *s, bool *found)
{
    size_t marked = 0;
    for (size_t i = 0; i < g->grid.count; i++) {
        const char *key = g->configurations[g->grid.cells[i].configuration].key;
        for (size_t k = 0; k < s->configuration_count && !found[i]; k++)
            found[i] =
                s->configurations[k].on_front && strcmp(s->configurations[k].dimensions->configuration, key) == 0;
        marked += found[i];
    }
    return marked;
}

int tune_check_against(const struct summary *found, const char *directory)
{
    struct grid_results g;
    struct replay_share share;
    if (open_grid(directory, 0, &g) != 0)
        return CLI_UNUSABLE;
    bool *marked = calloc(g.grid.count + 1, sizeof *marked);
    int status = CLI_UNUSABLE;
    if (!marked)
        cli_refuse("out of memory");
    else if (mark_found(&g, found, marked) == 0)
        cli_refuse("--against: that grid has none of the settings found");
    else if (replay_share_of(&g.measured, marked, &share) != 0)
        cli_refuse("out of memory");
    else {
        printf("By the medians of the whole grid in %s (%u rounds) this front covers %.1f %% of its volume in "
               "logarithms, %.1f %% in values.\n",
               g.results.directory, g.measured.rounds, 100 * share.logarithms, 100 * share.values);
        status = share.logarithms >= TUNE_CHECK_LEAST ? CLI_DONE : CLI_FAILED;
    }
    free(marked);
    close_grid(&g);
    return status;
}
