/* test_lbo.c - lower bound overheads: the h2 example, and what is left out. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/analysis/lbo.h"
#include "harness/analysis/summary.h"

enum { MOST_RUNS = 16 };

static struct run_record runs[MOST_RUNS];
static struct result_set results;
static struct summary summary;

static int begin(void **state)
{
    (void)state;
    memset(runs, 0, sizeof runs);
    results = (struct result_set){.runs = runs};
    return 0;
}

static int end(void **state)
{
    (void)state;
    summary_free(&summary);
    return 0;
}

/* What a run of a setting took in all and in collections, in units of 1e7 ns. */
static struct run_record *add(const char *tuning, uint64_t round, uint64_t total, uint64_t gc)
{
    struct run_record *r = &runs[results.run_count++];
    record_clear(r);
    strcpy(r->workload, "chain");
    strcpy(r->runtime, "model");
    strcpy(r->allocator, "pymalloc");
    strcpy(r->collector, "cpython-3.11");
    strcpy(r->refcount, "plain");
    snprintf(r->tuning, sizeof r->tuning, "%s", tuning);
    snprintf(r->configuration, sizeof r->configuration, "chain scale=1 seed=1 model pymalloc cpython-3.11 %s plain",
             tuning);
    strcpy(r->status, "ok");
    r->scale = 1;
    r->seed = 1;
    r->round = round;
    r->checksum = 7;
    r->operations = 1;
    r->wall_ns = total * 10000000;
    r->gc_ns = gc * 10000000;
    r->user_ns = r->wall_ns / 4 * 3;
    r->system_ns = r->wall_ns - r->user_ns;
    return r;
}

static const struct lbo *lbo_of_tuning(const char *tuning, enum lbo_cost cost)
{
    for (size_t i = 0; i < summary.configuration_count; i++)
        if (strcmp(summary.configurations[i].dimensions->tuning, tuning) == 0)
            return &summary.configurations[i].lbo[cost];
    fail_msg("no configuration of %s", tuning);
    return NULL;
}

static void overhead_is(const char *tuning, enum lbo_cost cost, const char *expected)
{
    char text[32];
    snprintf(text, sizeof text, "%.1f %%", 100 * (lbo_of_tuning(tuning, cost)->ratio.median - 1));
    assert_string_equal(text, expected);
}

static void the_h2_example_gives_its_published_overheads(void **state)
{
    (void)state;
    add("700,10,10", 0, 10833, 446);
    add("2000,10,10", 0, 10812, 275);
    add("5000,10,10", 0, 21872, 3);
    assert_int_equal(summarise(&results, &summary), 0);
    for (enum lbo_cost cost = 0; cost < LBO_COSTS; cost++) {
        assert_int_equal((uint64_t)summary.subjects[0].least_distilled_ns[cost], UINT64_C(103870000000));
        overhead_is("700,10,10", cost, "4.3 %");
        overhead_is("2000,10,10", cost, "4.1 %");
        overhead_is("5000,10,10", cost, "110.6 %");
    }
}

static void the_median_of_the_runs_counts_and_their_spread_is_kept(void **state)
{
    (void)state;
    add("700,10,10", 0, 110, 10);
    add("700,10,10", 1, 130, 10);
    add("700,10,10", 2, 120, 20);
    add("disabled", 0, 150, 0);
    assert_int_equal(summarise(&results, &summary), 0);
    const struct lbo *usual = lbo_of_tuning("700,10,10", LBO_WALL), *off = lbo_of_tuning("disabled", LBO_WALL);
    assert_int_equal((int)(usual->distilled_ns / 1e7 + 0.5), 100); /* of 100, 120 and 100 */
    assert_int_equal(usual->ratio.count, 3);
    assert_int_equal((int)(usual->ratio.median * 1000 + 0.5), 1200);
    assert_int_equal((int)(usual->ratio.least * 1000 + 0.5), 1100);
    assert_int_equal((int)(usual->ratio.most * 1000 + 0.5), 1300);
    assert_int_equal((int)(off->distilled_ns / 1e7 + 0.5), 150);
    assert_int_equal((int)(off->ratio.median * 1000 + 0.5), 1500);
}

static void what_does_not_count_is_no_lower_bound(void **state)
{
    (void)state;
    add("700,10,10", 0, 100, 0);
    add("2000,10,10", 0, 100, 0);
    add("5000,10,10", 0, 10, 0)->checksum = 8;
    strcpy(add("disabled", 0, 10, 0)->status, "crashed");
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal((int)(lbo_of_tuning("700,10,10", LBO_WALL)->ratio.median * 1000 + 0.5), 1000);
    assert_true(isnan(lbo_of_tuning("5000,10,10", LBO_WALL)->ratio.median));
    assert_true(isnan(lbo_of_tuning("disabled", LBO_WALL)->ratio.median));
}

static void unknown_times_stay_unknown(void **state)
{
    (void)state;
    struct run_record *r = add("700,10,10", 0, 100, 20);
    r->gc_ns = RECORD_UNKNOWN;
    r = add("2000,10,10", 0, 100, 0);
    r->user_ns = RECORD_UNKNOWN;
    assert_int_equal(summarise(&results, &summary), 0);
    assert_true(isnan(summary.subjects[0].least_distilled_ns[LBO_CPU]));
    assert_int_equal((int)(summary.subjects[0].least_distilled_ns[LBO_WALL] / 1e7 + 0.5), 100);
    assert_true(isnan(lbo_of_tuning("2000,10,10", LBO_CPU)->ratio.median));
    assert_true(isnan(lbo_least(NULL, 0)));
}

static void more_collection_than_time_is_no_distilled_cost(void **state)
{
    (void)state;
    struct run_record *r = add("700,10,10", 0, 100, 20);
    r->user_ns = 0; /* a clock of 4 ms steps has seen nothing of it */
    r->system_ns = 0;
    assert_true(isnan(lbo_distilled(r, LBO_CPU)));
    assert_true(lbo_distilled(r, LBO_WALL) > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_h2_example_gives_its_published_overheads),
        TEST(the_median_of_the_runs_counts_and_their_spread_is_kept),
        TEST(what_does_not_count_is_no_lower_bound),
        TEST(unknown_times_stay_unknown),
        TEST(more_collection_than_time_is_no_distilled_cost),
    };
    return cmocka_run_group_tests_name("lower bound overhead", tests, NULL, NULL);
}
