/* How often a difference is called where there is none: comparisons resampled from recorded A/A runs.
 *
 * tests/data/twins.txt holds the wall times of twins: the same configuration under two names, in a real sweep. Each
 * comparison takes ten rounds of one workload, with or without a drift of 5 % over them, and goes the way that
 * gcsweep compare goes.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "harness/analysis/comparison.h"

enum { WORKLOADS = 20, ROUNDS = 40, SLOTS = 2 * WORKLOADS, TAKEN = 10, COMPARISONS = 2000 };

struct twins {
    char workload[32];
    struct {
        unsigned place;
        double wall_us;
    } run[ROUNDS][2];
};

static struct twins recorded[WORKLOADS];

static int load(void **state)
{
    char line[256], workload[32];
    size_t count = 0;
    (void)state;

    FILE *f = fopen("tests/data/twins.txt", "r");
    if (f == NULL)
        return -1;
    while (fgets(line, sizeof line, f) != NULL) {
        unsigned round, places[2];
        double walls[2];
        if (line[0] == '#')
            continue;
        if (sscanf(line, "%31s %u %u %lf %u %lf", workload, &round, &places[0], &walls[0], &places[1], &walls[1]) !=
                6 ||
            round >= ROUNDS || count / ROUNDS >= WORKLOADS)
            break;
        struct twins *t = &recorded[count++ / ROUNDS];
        strcpy(t->workload, workload);
        for (int k = 0; k < 2; k++) {
            t->run[round][k].place = places[k];
            t->run[round][k].wall_us = walls[k];
        }
    }
    fclose(f);
    return count == WORKLOADS * ROUNDS ? 0 : -1;
}

/* What the second arm's times are multiplied by. */
static double injected = 1;

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* A choice of `count` rounds, in their order, from those that are still free. */
static void take_rounds(uint64_t *random, bool free_rounds[ROUNDS], unsigned *out, size_t count)
{
    bool taken[ROUNDS] = {false};

    for (size_t i = 0; i < count;) {
        size_t r = next_random(random) % ROUNDS;
        if (!free_rounds[r])
            continue;
        free_rounds[r] = false;
        taken[r] = true;
        i++;
    }
    for (unsigned r = 0, i = 0; r < ROUNDS; r++)
        if (taken[r])
            out[i++] = r;
}

/* The machine slows down by `drift` from the first run of the sweep to its last. */
static void make_run(struct run_record *r, const struct twins *t, unsigned recorded_round, unsigned round, bool second,
                     bool twin, double drift)
{
    double when = (round + (double)t->run[recorded_round][second].place / SLOTS) / TAKEN;

    record_clear(r);
    strcpy(r->status, "ok");
    snprintf(r->workload, sizeof r->workload, "%s", t->workload);
    strcpy(r->runtime, "model");
    strcpy(r->allocator, "pymalloc");
    strcpy(r->collector, "cpython-3.11");
    strcpy(r->tuning, "700,10,10");
    strcpy(r->refcount, "plain");
    snprintf(r->configuration, sizeof r->configuration, "%s scale=1 seed=1 model pymalloc cpython-3.11 700,10,10 plain",
             t->workload);
    r->scale = 1;
    r->seed = 1;
    r->round = round;
    r->twin = twin;
    r->wall_ns =
        (uint64_t)(1000 * t->run[recorded_round][second].wall_us * (1 + drift * when) * (second ? injected : 1));
}

/* What compare says of two sets of results. */
static struct compared_ratio compare_sets(const struct result_set *a, const char *a_words, const struct result_set *b,
                                          const char *b_words)
{
    struct summary of_a, of_b;
    struct comparison comparison;
    char error[400] = "";

    assert_int_equal(summarise(a, &of_a), 0);
    assert_int_equal(summarise(b, &of_b), 0);
    const struct comparison_side side_a = {&of_a, a_words}, side_b = {&of_b, b_words};
    if (compare_summaries(&side_a, &side_b, 0.01, &comparison, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_int_equal(comparison.row_count, 1);
    struct compared_ratio out = comparison.rows[0].measure[0];
    comparison_free(&comparison);
    summary_free(&of_a);
    summary_free(&of_b);
    return out;
}

static struct compared_ratio compare_twins(uint64_t *random, const struct twins *t, double drift)
{
    static struct run_record runs[2 * TAKEN];
    const struct result_set results = {.directory = (char[]){"twins"}, .runs = runs, .run_count = 2 * TAKEN};
    bool free_rounds[ROUNDS];
    unsigned rounds[TAKEN];

    memset(free_rounds, true, sizeof free_rounds);
    take_rounds(random, free_rounds, rounds, TAKEN);
    for (unsigned i = 0; i < TAKEN; i++)
        for (int k = 0; k < 2; k++)
            make_run(&runs[2 * i + (unsigned)k], t, rounds[i], i, k == 1, k == 1, drift);
    return compare_sets(&results, NULL, &results, "twin");
}

/* Two sweeps: ten rounds' originals against ten other rounds' twins. */
static struct compared_ratio compare_sweeps(uint64_t *random, const struct twins *t, double drift)
{
    static struct run_record runs[2][TAKEN];
    const struct result_set a = {.directory = (char[]){"first"}, .runs = runs[0], .run_count = TAKEN};
    const struct result_set b = {.directory = (char[]){"second"}, .runs = runs[1], .run_count = TAKEN};
    bool free_rounds[ROUNDS];
    unsigned rounds[TAKEN];

    memset(free_rounds, true, sizeof free_rounds);
    for (int k = 0; k < 2; k++) {
        take_rounds(random, free_rounds, rounds, TAKEN);
        for (unsigned i = 0; i < TAKEN; i++)
            make_run(&runs[k][i], t, rounds[i], i, k == 1, false, drift);
    }
    return compare_sets(&a, NULL, &b, NULL);
}

typedef struct compared_ratio comparing(uint64_t *random, const struct twins *t, double drift);

static void fewer_than_seven_of_a_hundred(comparing *compare, const char *name, double drift)
{
    uint64_t random = 20261121;
    size_t off = 0, called = 0;

    for (size_t i = 0; i < COMPARISONS; i++) {
        struct compared_ratio r = compare(&random, &recorded[i % WORKLOADS], drift);
        assert_true(r.ratio.low > 0);
        off += interval_excludes_one(&r.ratio) ? 1 : 0;
        called += (r.verdict == VERDICT_LESS || r.verdict == VERDICT_MORE) ? 1 : 0;
    }
    print_message("%s, drift %g %%: %zu of %d intervals exclude 1 (%.1f %%), %zu are beyond the margin of 1 %%\n", name,
                  drift * 100, off, COMPARISONS, 100.0 * (double)off / COMPARISONS, called);
    assert_true(off < COMPARISONS * 7 / 100);
    assert_true(called <= off);
}

static void of_twins_fewer_than_seven_in_a_hundred_are_called_different(void **state)
{
    (void)state;
    fewer_than_seven_of_a_hundred(compare_twins, "twins", 0);
}

static void a_drift_of_five_percent_over_the_sweep_makes_no_false_calls_of_twins(void **state)
{
    (void)state;
    fewer_than_seven_of_a_hundred(compare_twins, "twins", 0.05);
}

static void of_two_sweeps_of_the_same_fewer_than_seven_in_a_hundred_are_called_different(void **state)
{
    (void)state;
    fewer_than_seven_of_a_hundred(compare_sweeps, "two sweeps", 0);
}

static void a_drift_of_five_percent_over_each_of_two_sweeps_makes_no_false_calls(void **state)
{
    (void)state;
    fewer_than_seven_of_a_hundred(compare_sweeps, "two sweeps", 0.05);
}

/* The other side of it: silence is no use when there is something to say. */
static void a_program_that_is_half_slower_is_called_slower(void **state)
{
    uint64_t random = 20261121;
    size_t slower = 0, faster = 0;
    (void)state;

    injected = 1.5;
    for (size_t i = 0; i < COMPARISONS; i++) {
        enum verdict verdict = compare_twins(&random, &recorded[i % WORKLOADS], 0.05).verdict;
        slower += verdict == VERDICT_MORE ? 1 : 0;
        faster += verdict == VERDICT_LESS ? 1 : 0;
    }
    injected = 1;
    print_message("a slow-down by half: %zu of %d called slower, %zu faster\n", slower, COMPARISONS, faster);
    assert_true(slower > COMPARISONS * 8 / 10);
    assert_int_equal(faster, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_twins_fewer_than_seven_in_a_hundred_are_called_different),
        cmocka_unit_test(a_drift_of_five_percent_over_the_sweep_makes_no_false_calls_of_twins),
        cmocka_unit_test(of_two_sweeps_of_the_same_fewer_than_seven_in_a_hundred_are_called_different),
        cmocka_unit_test(a_drift_of_five_percent_over_each_of_two_sweeps_makes_no_false_calls),
        cmocka_unit_test(a_program_that_is_half_slower_is_called_slower),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}
