/* self_check.c - whether gcsweep finds what is there, and nothing else.
 *
 *     self_check DIR      results of a sweep of plans/self-check.json
 *
 * Same     each configuration against its A/A twin, which is the same program
 *          in the same setting: at most a tenth of them may get a verdict beyond
 *          a margin of 1 % in wall time.
 * Slower   the workloads that burn 3 % of their time (slowdown_percent) against
 *          those that do not, twins against twins too: the mean over all, paired
 *          by round, must be resolved as slower, and its interval reach into 2 %
 *          to 4 %.
 * Drift    both again with a machine that gets 5 % slower from the first run to
 *          the last: each run's wall time is stretched by when it ran.
 *
 * Exit status 0 when all hold, 1 when not, 2 when DIR is no such sweep.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/comparison.h"
#include "harness/analysis/statistics.h"
#include "harness/analysis/summary.h"
#include "harness/store/store.h"

#define MARGIN     0.01
#define DRIFT      0.05
#define PLAIN      "slowdown_percent=0"
#define SLOWED     "slowdown_percent=3"
#define SLOW_LEAST 1.02
#define SLOW_MOST  1.04
enum { WALL = 0 }; /* of compared_measures */

static int unusable(const char *why)
{
    fprintf(stderr, "self_check: %s\n", why);
    return 2;
}

/* The k-th of `n` moments of a sweep is its run's start, from 0 to 1. */
static void inject_drift(struct result_set *results)
{
    uint64_t first = UINT64_MAX, last = 0;
    for (size_t i = 0; i < results->run_count; i++) {
        uint64_t at = results->runs[i].region_start_ns;
        if (at == RECORD_UNKNOWN)
            continue;
        first = at < first ? at : first;
        last = at > last ? at : last;
    }
    for (size_t i = 0; i < results->run_count; i++) {
        struct run_record *r = &results->runs[i];
        if (r->region_start_ns == RECORD_UNKNOWN || r->wall_ns == RECORD_UNKNOWN || last == first)
            continue;
        double time = (double)(r->region_start_ns - first) / (double)(last - first);
        r->wall_ns = (uint64_t)((double)r->wall_ns * (1 + DRIFT * time));
    }
}

static void print_row(const struct comparison *c, const struct comparison_row *row)
{
    char subject[3 * RECORD_TEXT_BYTES], ratio[100];
    comparison_subject(c->a.summary, &row->a, subject, sizeof subject);
    ratio_text(&row->measure[WALL].ratio, ratio, sizeof ratio);
    printf("    %-60s %-24s %s\n", subject, ratio, verdict_word(MEASURE_WALL_NS, row->measure[WALL].verdict));
}

/* ---- Same ---- */

static int check_twins(const struct summary *s, bool *holds, char *error, size_t error_size)
{
    const struct comparison_side own = {s, ""}, twin = {s, "twin"};
    struct comparison c;
    if (compare_summaries(&own, &twin, MARGIN, &c, error, error_size) != 0)
        return -1;
    size_t called = 0;
    for (size_t i = 0; i < c.row_count; i++) {
        enum verdict verdict = c.rows[i].measure[WALL].verdict;
        bool beyond = verdict == VERDICT_LESS || verdict == VERDICT_MORE;
        called += beyond;
        if (beyond)
            print_row(&c, &c.rows[i]);
    }
    *holds = called * 10 <= c.row_count && c.refused == 0 && c.tested[WALL] == c.row_count;
    printf("  %zu configurations against themselves: %zu called different beyond %g %%, %zu may be: %s\n", c.row_count,
           called, MARGIN * 100, c.row_count / 10, *holds ? "ok" : "NOT OK");
    comparison_free(&c);
    return 0;
}

/* ---- Slower ---- */

struct pooled {
    double *sum; /* of log ratios, by round */
    size_t *count, rounds;
};

/* Of both sides' runs as configurations of their own, since a side may be twins. */
static size_t pair_runs(const struct comparison_row *row, uint64_t *rounds, double *logs)
{
    const struct configuration a = {.runs = row->a.runs, .run_count = row->a.run_count};
    const struct configuration b = {.runs = row->b.runs, .run_count = row->b.run_count};
    return paired_log_ratios(&b, &a, MEASURE_WALL_NS, rounds, logs);
}

static void add_pairs(const struct comparison *c, struct pooled *p)
{
    uint64_t *rounds = malloc((p->rounds + 1) * sizeof *rounds);
    double *logs = malloc((p->rounds + 1) * sizeof *logs);
    for (size_t i = 0; rounds && logs && i < c->row_count; i++) {
        size_t pairs = pair_runs(&c->rows[i], rounds, logs);
        for (size_t k = 0; k < pairs; k++) {
            p->sum[rounds[k]] += logs[k];
            p->count[rounds[k]]++;
        }
    }
    free(rounds);
    free(logs);
}

/* The mean over the rows of all comparisons, of each round that all of them have. */
static int pool(const struct comparison *list, size_t count, size_t rounds, struct interval *out)
{
    struct pooled p = {calloc(rounds + 1, sizeof(double)), calloc(rounds + 1, sizeof(size_t)), rounds};
    bool room = p.sum && p.count;
    size_t whole = 0, rows = 0;
    for (size_t i = 0; room && i < count; i++) {
        add_pairs(&list[i], &p);
        rows += list[i].row_count;
    }
    for (size_t r = 0; room && r < rounds; r++)
        if (p.count[r] == rows)
            p.sum[whole++] = p.sum[r] / (double)rows;
    int result = room ? ratio_of_logs(p.sum, whole, out) : -1;
    free(p.sum);
    free(p.count);
    return result;
}

static void say_slowdown(const struct comparison list[2], const struct interval *all, bool *holds)
{
    char text[100];
    for (size_t i = 0; i < list[0].row_count; i++)
        print_row(&list[0], &list[0].rows[i]);
    ratio_text(all, text, sizeof text);
    *holds = all->low > 1 && all->low <= SLOW_MOST && all->high >= SLOW_LEAST;
    printf("  3 %% slower on purpose, %zu workloads: found %s: %s\n", list[0].row_count, text,
           *holds ? "ok" : "NOT OK");
}

static int check_slowdown(const struct summary *s, bool *holds, char *error, size_t error_size)
{
    const struct comparison_side plain[] = {{s, PLAIN}, {s, PLAIN " twin"}},
                                 slowed[] = {{s, SLOWED}, {s, SLOWED " twin"}};
    struct comparison list[2];
    struct interval all;
    if (compare_summaries(&plain[0], &slowed[0], MARGIN, &list[0], error, error_size) != 0)
        return -1;
    int result = compare_summaries(&plain[1], &slowed[1], MARGIN, &list[1], error, error_size);
    if (result == 0) {
        result = pool(list, 2, s->rounds, &all);
        if (result == 0)
            say_slowdown(list, &all, holds);
        else
            snprintf(error, error_size, "out of memory");
        comparison_free(&list[1]);
    }
    comparison_free(&list[0]);
    return result;
}

/* ---- Both ---- */

static int check(const struct result_set *results, const char *title, bool *all_hold)
{
    struct summary s;
    char error[1024];
    bool same = false, slower = false;
    if (summarise(results, &s) != 0)
        return unusable("out of memory");
    printf("%s\n", title);
    int result =
        check_twins(&s, &same, error, sizeof error) == 0 && check_slowdown(&s, &slower, error, sizeof error) == 0
            ? 0
            : unusable(error);
    *all_hold = *all_hold && same && slower;
    summary_free(&s);
    return result;
}

int main(int argc, char **argv)
{
    struct result_set results;
    char error[1024];
    bool holds = true;
    if (argc != 2)
        return unusable("which results? self_check DIR");
    if (store_load(argv[1], &results, error, sizeof error) != 0)
        return unusable(error);
    int result = check(&results, "As recorded", &holds);
    if (result == 0) {
        inject_drift(&results);
        result = check(&results, "With a machine that gets 5 % slower over the sweep", &holds);
    }
    result_set_free(&results);
    if (result == 0)
        printf("self-check: %s\n", holds ? "ok" : "NOT OK");
    return result == 0 && !holds ? 1 : result;
}
