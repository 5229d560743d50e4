/* self_check.c - whether gcsweep finds what is there, and nothing else.
 *
 *     self_check SAME SLOWER      results of plans/self-check.json and of plans/self-check-slower.json
 *
 * Same     each configuration against its A/A twin, which is the same program
 *          in the same setting: at most a tenth of them may get a verdict beyond
 *          a margin of 1 % in wall time.
 * Slower   a workload that burns 3 % of its time (slowdown_percent) against the
 *          same that does not, in many short rounds: the interval must exclude
 *          1, hold 3 % and be at most 3 % wide.
 * Drift    both again with a machine that gets 5 % slower from the first run to
 *          the last: each run's wall time is stretched by when it ran.
 *
 * Exit status 0 when all hold, 1 when not, 2 when these are no such sweeps.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/analysis/comparison.h"
#include "harness/analysis/statistics.h"
#include "harness/analysis/summary.h"
#include "harness/store/store.h"

#define MARGIN     0.01
#define DRIFT      0.05
#define PLAIN      "slowdown_percent=0"
#define SLOWED     "slowdown_percent=3"
#define SLOWER     1.03
#define WIDTH_MOST 0.03
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

static bool is_around(const struct interval *ratio, double truth)
{
    return ratio->low > 1 && ratio->low <= truth && ratio->high >= truth && ratio->high - ratio->low <= WIDTH_MOST;
}

static int check_slowdown(const struct summary *s, bool *holds, char *error, size_t error_size)
{
    const struct comparison_side plain = {s, PLAIN}, slowed = {s, SLOWED};
    struct comparison c;
    if (compare_summaries(&plain, &slowed, MARGIN, &c, error, error_size) != 0)
        return -1;
    *holds = c.row_count > 0;
    for (size_t i = 0; i < c.row_count; i++) {
        print_row(&c, &c.rows[i]);
        *holds = *holds && is_around(&c.rows[i].measure[WALL].ratio, SLOWER);
    }
    printf("  3 %% slower on purpose, %llu rounds: %s\n", (unsigned long long)s->rounds, *holds ? "ok" : "NOT OK");
    comparison_free(&c);
    return 0;
}

/* ---- Both ---- */

typedef int checker(const struct summary *s, bool *holds, char *error, size_t error_size);

static int check(const struct result_set *results, checker *one, bool *all_hold)
{
    struct summary s;
    char error[1024];
    bool holds = false;
    if (summarise(results, &s) != 0)
        return unusable("out of memory");
    int result = one(&s, &holds, error, sizeof error) == 0 ? 0 : unusable(error);
    *all_hold = *all_hold && holds;
    summary_free(&s);
    return result;
}

static int check_folder(const char *directory, const char *title, bool drift, checker *one, bool *all_hold)
{
    struct result_set results;
    char error[1024];
    if (store_load(directory, &results, error, sizeof error) != 0)
        return unusable(error);
    if (drift)
        inject_drift(&results);
    printf("%s%s\n", title, drift ? ", with a machine that gets 5 % slower over the sweep" : "");
    int result = check(&results, one, all_hold);
    result_set_free(&results);
    return result;
}

int main(int argc, char **argv)
{
    bool holds = true;
    int result = 0;
    if (argc != 3)
        return unusable("which results? self_check SAME SLOWER");
    for (int drift = 0; drift < 2 && result == 0; drift++) {
        result = check_folder(argv[1], "Same", drift, check_twins, &holds);
        if (result == 0)
            result = check_folder(argv[2], "Slower", drift, check_slowdown, &holds);
    }
    if (result == 0)
        printf("self-check: %s\n", holds ? "ok" : "NOT OK");
    return result == 0 && !holds ? 1 : result;
}
