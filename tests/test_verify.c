/* test_verify.c - the model against the real CPython: what counts as a
 * difference, and that there is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/analysis/difference.h"
#include "tests/other_workers.h"
#include "workloads/workload.h"

static struct run_record a_run(void)
{
    struct run_record r;
    record_clear(&r);
    snprintf(r.status, sizeof r.status, "ok");
    r.checksum = 0x1234;
    r.operations = 100;
    r.gen0_collections = 389;
    r.gen2_gc_ns = 5000;
    r.count0 = 674;
    r.long_lived_total = 20001;
    r.wall_ns = 1000000;
    return r;
}

static void runs_that_counted_the_same_do_not_differ(void **state)
{
    (void)state;
    struct run_record a = a_run(), b = a_run();
    char text[200];
    b.wall_ns = 7;
    b.gen2_gc_ns = 9;
    b.rss_peak_bytes = 1;
    assert_int_equal(find_differences(&a, &b, text, sizeof text), 0);
    assert_string_equal(text, "");
}

static void each_counted_field_that_differs_is_named_with_both_values(void **state)
{
    (void)state;
    struct run_record a = a_run(), b = a_run();
    char text[200];
    b.gen0_collections = 390;
    b.count0 = -1;
    b.checksum = 0x1235;
    assert_int_equal(find_differences(&a, &b, text, sizeof text), 3);
    assert_string_equal(text, "checksum 0000000000001234 against 0000000000001235, generations.0.collections 389 "
                              "against 390, counts.0 674 against -1");
}

static void differences_that_do_not_fit_are_counted_all_the_same(void **state)
{
    (void)state;
    struct run_record a = a_run(), b = a_run();
    char text[30];
    b.gen0_collections = 390;
    b.long_lived_total = 5;
    assert_int_equal(find_differences(&a, &b, text, sizeof text), 2);
    assert_true(strlen(text) < sizeof text);
}

/* Under sanitizers, whose runs take ten times as long, those alone that differ in more than numbers. */
#ifdef GCSWEEP_SANITIZED
#define TUNINGS "--tuning", "50,3,4", "--tuning", "freeze+700,10,10", "--tuning", "manual:100"
enum { TUNING_COUNT = 3 };
#else
#define TUNINGS NULL
enum { TUNING_COUNT = 7 };
#endif

static void the_model_counts_as_the_real_cpython_does(void **state)
{
    (void)state;
    if (access(built("gcsweep-worker-cpython"), X_OK) != 0)
        skip();
    struct command c;
    GCSWEEP(&c, "verify", TUNINGS);
    if (c.status != 0)
        print_error("%s%s", c.out, c.error);
    assert_int_equal(c.status, 0);
    assert_null(strstr(c.out, "DIFFERS"));
    char all[64];
    snprintf(all, sizeof all, "%zu of %zu rows equal", TUNING_COUNT * workload_count, TUNING_COUNT * workload_count);
    assert_non_null(strstr(c.out, all));
}

static void a_pair_that_could_not_run_is_no_equal_pair(void **state)
{
    (void)state;
    if (access(built("gcsweep-worker-cpython"), X_OK) != 0)
        skip();
    struct command c;
    GCSWEEP(&c, "verify", "chain", "--tuning", "disabled", "--timeout", "1ms");
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.out, "DIFFERS"));
    assert_non_null(strstr(c.out, "0 of 1 rows equal"));
}

static void a_wrong_constant_in_the_model_is_found_and_named(void **state)
{
    (void)state;
    if (access(built("gcsweep-worker-cpython"), X_OK) != 0)
        skip();
    static struct command c;
    char *folder = folder_with_gcsweep();
    put_worker(folder, "gcsweep-worker", "free_lists=79"); /* CPython keeps 80 */
    put_worker(folder, "gcsweep-worker-cpython", "");
    command_run(&c, in_folder(folder, "gcsweep"),
                (const char *const[]){"verify", "short-lived", "--tuning", "700,10,10", NULL});
    folder_remove(folder);
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.out, "DIFFERS  short-lived"));
    assert_non_null(strstr(c.out, "model against cpython: "));
    assert_non_null(strstr(c.out, "counts.0 "));
    assert_non_null(strstr(c.out, "0 of 1 rows equal"));
}

static void times_are_ratios_of_rounds_with_their_intervals(void **state)
{
    (void)state;
    if (access(built("gcsweep-worker-cpython"), X_OK) != 0)
        skip();
    static struct command c;
    GCSWEEP(&c, "verify", "--times", "--rounds", "6", "--scale", "0.02", "chain", "--tuning", "700,10,10", "--tuning",
            "disabled");
    assert_int_equal(c.status, 0);
    assert_int_equal(line_count(c.out), 3);
    assert_non_null(strstr(c.out, "run "));
    assert_non_null(strstr(c.out, "x ["));
    assert_non_null(strstr(c.out, " ns ["));
    assert_non_null(strstr(c.out, "collections -; visited object - against -"));
    assert_non_null(strstr(c.out, "2 of 2 rows equal"));
}

static void a_row_that_differs_is_not_timed(void **state)
{
    (void)state;
    if (access(built("gcsweep-worker-cpython"), X_OK) != 0)
        skip();
    static struct command c;
    GCSWEEP(&c, "verify", "--times", "chain", "--tuning", "disabled", "--timeout", "1ms");
    assert_int_equal(c.status, 1);
    assert_int_equal(line_count(c.out), 2);
    assert_non_null(strstr(c.out, "DIFFERS"));
    assert_non_null(strstr(c.out, "0 of 1 rows equal"));
}

static void verify_refuses_to_be_told_a_runtime(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "verify", "--runtime", "model");
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
    assert_non_null(strstr(c.error, "--runtime"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_that_counted_the_same_do_not_differ),
        cmocka_unit_test(each_counted_field_that_differs_is_named_with_both_values),
        cmocka_unit_test(differences_that_do_not_fit_are_counted_all_the_same),
        cmocka_unit_test(the_model_counts_as_the_real_cpython_does),
        cmocka_unit_test(a_pair_that_could_not_run_is_no_equal_pair),
        cmocka_unit_test(a_wrong_constant_in_the_model_is_found_and_named),
        cmocka_unit_test(times_are_ratios_of_rounds_with_their_intervals),
        cmocka_unit_test(a_row_that_differs_is_not_timed),
        cmocka_unit_test(verify_refuses_to_be_told_a_runtime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
