/* test_findings.c - the sentences that a report begins with, of made-up sweeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/analysis/findings.h"
#include "harness/analysis/summary.h"
#include "tests/synthetic.h"

static struct result_set results;
static struct summary summary;

static int set_up(void **state)
{
    (void)state;
    results = synthetic_results(&synthetic_bench);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    summary_free(&summary);
    synthetic_free(&results);
    return 0;
}

static void the_findings_name_the_best_setting_and_what_it_costs(void **state)
{
    struct findings findings;
    (void)state;

    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(find_findings_of_runtime(&summary, "model", &findings), 0);
    assert_int_equal(findings.workloads, 2);
    assert_non_null(strstr(findings.sentence[0], "of the default (pymalloc 700,10,10)"));
    assert_non_null(strstr(findings.sentence[0], "its pause p99 is "));
    assert_non_null(strstr(findings.sentence[0], "its longest pause "));
    assert_non_null(strstr(findings.sentence[2], "system 700,10,10 is best at 0."));
}

static void the_setting_of_the_shortest_longest_pause_is_named_beside_the_best_p99(void **state)
{
    struct findings findings;
    (void)state;

    for (size_t i = 0; i < results.run_count; i++) {
        struct run_record *r = &results.runs[i];
        if (strcmp(r->allocator, "mimalloc") == 0 && strcmp(r->tuning, "2000,10,10") == 0)
            r->pause_max_ns = 1000;
    }
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(find_findings_of_runtime(&summary, "model", &findings), 0);
    assert_non_null(strstr(findings.sentence[1], "; the longest pause is shortest with mimalloc 2000,10,10, at 0."));
}

static void a_setting_that_never_collects_is_named_apart_from_the_best_that_does(void **state)
{
    struct findings findings;
    (void)state;

    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(find_findings_of_runtime(&summary, "model", &findings), 0);
    char *apart = strstr(findings.sentence[0], "; 4 settings never collect and so have no pauses: the fastest, ");
    assert_non_null(apart);
    assert_non_null(strstr(apart, "disabled, has a throughput of 1.2"));
    assert_null(strstr(findings.sentence[1], "disabled"));
    *apart = '\0';
    assert_null(strstr(findings.sentence[0], "disabled"));
}

static void what_the_interval_does_not_resolve_is_not_called_better(void **state)
{
    struct findings findings;
    (void)state;

    /* Every run of a round takes the same time, but for noise that goes both ways. */
    for (size_t i = 0; i < results.run_count; i++) {
        struct run_record *r = &results.runs[i];
        bool is_default = strcmp(r->allocator, "pymalloc") == 0 && strcmp(r->tuning, "700,10,10") == 0;
        r->wall_ns = is_default ? 1000000 : r->round % 2 ? 997000 - i : 1003000 + i;
    }
    assert_int_equal(summarise(&results, &summary), 0);
    const struct subject *one = &summary.subjects[0];
    assert_int_equal(find_findings(&summary, &one, 1, &findings), 0);
    assert_non_null(strstr(findings.sentence[0], "no setting is resolved as faster than the default"));
    assert_non_null(strstr(findings.sentence[0], "not resolved"));
}

static void a_baseline_that_is_not_the_default_is_not_called_it(void **state)
{
    struct findings findings;
    (void)state;

    for (size_t i = 0; i < results.run_count; i++)
        if (strcmp(results.runs[i].tuning, "700,10,10") == 0)
            synthetic_fail(&results.runs[i], "timeout", "");
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(find_findings_of_runtime(&summary, "model", &findings), 0);
    assert_int_equal(findings.workloads, 2);
    assert_non_null(strstr(findings.sentence[0], "of the baseline (pymalloc 2000,10,10)"));
    for (size_t i = 0; i < FINDINGS; i++)
        assert_null(strstr(findings.sentence[i], "default"));
}

static void a_workload_of_another_baseline_is_left_out_of_the_answer(void **state)
{
    struct findings findings;
    (void)state;

    for (unsigned round = 0; round < 6; round++)
        synthetic_fail(synthetic_find(&results, "linked-list", "pymalloc", "700,10,10", round, false), "timeout", "");
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(find_findings_of_runtime(&summary, "model", &findings), 0);
    assert_int_equal(findings.workloads, 1);
    assert_int_equal(findings.left_out, 1);
    assert_non_null(strstr(findings.sentence[0], "of the default (pymalloc 700,10,10)"));
}

static void one_setting_alone_is_no_answer(void **state)
{
    struct findings findings;
    (void)state;

    for (size_t i = 0; i < results.run_count; i++)
        if (strcmp(results.runs[i].tuning, "700,10,10") != 0 || strcmp(results.runs[i].allocator, "pymalloc") != 0)
            synthetic_fail(&results.runs[i], "crashed", "");
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(find_findings_of_runtime(&summary, "model", &findings), 0);
    for (size_t i = 0; i < FINDINGS; i++)
        assert_non_null(strstr(findings.sentence[i], "is the only setting with runs to compare"));
}

static void a_difference_below_the_noise_floor_is_said_to_be_one(void **state)
{
    struct findings findings;
    (void)state;

    for (size_t i = 0; i < results.run_count; i++) /* the twin may be a third slower than itself */
        if (results.runs[i].twin && results.runs[i].round % 2)
            results.runs[i].wall_ns = results.runs[i].wall_ns * 4 / 3;
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(find_findings_of_runtime(&summary, "model", &findings), 0);
    assert_non_null(strstr(findings.sentence[0], "a difference within the noise floor of 3"));
    assert_null(strstr(findings.sentence[2], "noise floor"));
}

static void findings_over_workloads_are_geometric_means(void **state)
{
    struct findings findings;
    (void)state;

    /* jemalloc is twice as fast on one workload and half as fast on the other: nothing, over both. */
    for (size_t i = 0; i < results.run_count; i++) {
        struct run_record *r = &results.runs[i];
        double factor = strcmp(r->workload, "gcbench") == 0 ? 2 : 0.5;
        r->wall_ns =
            (uint64_t)(1e6 * (strcmp(r->allocator, "jemalloc") == 0 ? factor : 1.1 - 0.01 * (double)(r->round % 2)));
        if (strcmp(r->allocator, "pymalloc") == 0)
            r->wall_ns = 1000000;
    }
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(find_findings_of_runtime(&summary, "model", &findings), 0);
    assert_null(strstr(findings.sentence[0], "jemalloc"));
    const struct subject *one = &summary.subjects[0];
    assert_int_equal(find_findings(&summary, &one, 1, &findings), 0);
    assert_non_null(strstr(findings.sentence[0], "jemalloc 700,10,10 is best at 2.000x [2.000, 2.000]"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_findings_name_the_best_setting_and_what_it_costs),
        TEST(the_setting_of_the_shortest_longest_pause_is_named_beside_the_best_p99),
        TEST(a_setting_that_never_collects_is_named_apart_from_the_best_that_does),
        TEST(what_the_interval_does_not_resolve_is_not_called_better),
        TEST(a_baseline_that_is_not_the_default_is_not_called_it),
        TEST(a_workload_of_another_baseline_is_left_out_of_the_answer),
        TEST(one_setting_alone_is_no_answer),
        TEST(a_difference_below_the_noise_floor_is_said_to_be_one),
        TEST(findings_over_workloads_are_geometric_means),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
