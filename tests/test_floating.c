/* test_floating.c - floating garbage: what workloads declare, its series, and whether it had stopped rising. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/record/steady.h"
#include "harness/worker/floating.h"
#include "tests/worker_process.h"
#include "workloads/workload.h"

/* ---- The series ---- */

enum { CELL = 1 << FLOATING_FIRST_CELL };

static struct floating_series series;

static void empty_series(void)
{
    memset(&series, 0, sizeof series);
}

static void of_each_cell_the_moment_with_most_objects_is_kept(void **state)
{
    (void)state;
    empty_series();
    floating_see(&series, CELL + 1, 5, 500);
    floating_see(&series, CELL + 2, 9, 90);
    floating_see(&series, CELL + 3, 7, 700);
    floating_see(&series, 4 * CELL, 1, 10);
    assert_int_equal(series.count, 2);
    assert_int_equal(series.sample[0].t_ns, CELL + 2);
    assert_int_equal(series.sample[0].objects, 9);
    assert_int_equal(series.sample[0].bytes, 90);
    assert_int_equal(series.sample[1].objects, 1);
}

static void a_long_run_is_held_in_coarser_cells_and_keeps_its_peak(void **state)
{
    (void)state;
    empty_series();
    for (uint64_t i = 0; i < 100000; i++)
        floating_see(&series, i * CELL, i == 77777 ? 1000000 : (int64_t)(i % 100), 1);
    assert_in_range(series.count, FLOATING_MOST / 2, FLOATING_MOST);
    uint64_t most = 0;
    for (size_t i = 0; i < series.count; i++) {
        assert_true(i == 0 || series.sample[i].t_ns > series.sample[i - 1].t_ns);
        most = series.sample[i].objects > most ? series.sample[i].objects : most;
    }
    assert_int_equal(most, 1000000);
}

static void less_than_nothing_is_nothing(void **state)
{
    (void)state;
    empty_series();
    floating_see(&series, 1, -3, -300);
    assert_int_equal(series.sample[0].objects, 0);
    assert_int_equal(series.sample[0].bytes, 0);
}

static void times_become_those_since_the_start_and_earlier_ones_go(void **state)
{
    (void)state;
    empty_series();
    floating_see(&series, CELL, 1, 1);
    floating_see(&series, 3 * CELL, 2, 2);
    floating_see(&series, 5 * CELL, 3, 3);
    floating_finish(&series, 2 * CELL);
    assert_int_equal(series.count, 2);
    assert_int_equal(series.sample[0].t_ns, CELL);
    assert_int_equal(series.sample[1].t_ns, 3 * CELL);
    assert_int_equal(series.sample[1].objects, 3);
}

/* ---- Steady state ---- */

enum { LENGTH = 2000 };

/* A sample at each ns; the tail is from 1000 on, a block 100 samples. */
static struct record_floating hand_made[LENGTH];

static void fill(uint64_t (*objects)(uint64_t t))
{
    for (uint64_t t = 0; t < LENGTH; t++)
        hand_made[t] = (struct record_floating){.t_ns = t, .objects = objects(t), .bytes = 1};
}

static uint64_t level(uint64_t t)
{
    (void)t;
    return 100;
}

static uint64_t sawtooth(uint64_t t)
{
    return t % 50;
}

static uint64_t rising_block_by_block(uint64_t t)
{
    return 100 + 10 * (t / 100);
}

static uint64_t rising_then_level(uint64_t t)
{
    return t < 1000 ? t : 1000;
}

static uint64_t falling(uint64_t t)
{
    return 10000 - t;
}

static uint64_t level_but_for_one_peak(uint64_t t)
{
    return t == 1950 ? 900 : 100;
}

/* Peaks stay, what lies between them rises. */
static uint64_t filling_up(uint64_t t)
{
    return t % 20 == 0 ? 1000 : t / 4;
}

/* A slope of 25 a block by chance: 24 pairs rise, 20 fall. */
static uint64_t up_and_down(uint64_t t)
{
    static const uint64_t block[] = {100, 300, 200, 500, 50, 400, 150, 450, 250, 350};
    return block[t / 100 % 10];
}

/* A collection's cycle of 290 samples: block maxima rise by chance, peaks do not. */
static uint64_t slow_sawtooth(uint64_t t)
{
    return (t + 40) % 290;
}

static uint64_t nothing(uint64_t t)
{
    (void)t;
    return 0;
}

static void garbage_that_rises_to_the_end_is_not_steady(void **state)
{
    (void)state;
    fill(rising_block_by_block);
    assert_int_equal(is_steady(hand_made, LENGTH, LENGTH), 0);
    fill(filling_up);
    assert_int_equal(is_steady(hand_made, LENGTH, LENGTH), 0);
}

static void garbage_that_has_stopped_rising_is_steady(void **state)
{
    static uint64_t (*const steady[])(uint64_t) = {
        level, sawtooth, rising_then_level, falling, level_but_for_one_peak, up_and_down, slow_sawtooth, nothing};
    (void)state;
    for (size_t i = 0; i < sizeof steady / sizeof steady[0]; i++) {
        fill(steady[i]);
        if (is_steady(hand_made, LENGTH, LENGTH) != 1)
            fail_msg("series %zu", i);
    }
}

static void too_few_samples_say_nothing(void **state)
{
    (void)state;
    fill(level);
    assert_int_equal(is_steady(NULL, 0, LENGTH), RECORD_UNKNOWN_SIGNED);
    assert_int_equal(is_steady(hand_made, 1000 + STEADY_LEAST - 1, LENGTH), RECORD_UNKNOWN_SIGNED);
    assert_int_equal(is_steady(hand_made, 1000 + STEADY_LEAST, LENGTH), 1);
    assert_int_equal(is_steady(hand_made, LENGTH, RECORD_UNKNOWN), RECORD_UNKNOWN_SIGNED);
}

/* Slopes between pairs: 1, 2, 3, 3, 4, 5: their median is 3. */
static void the_slope_is_the_median_of_those_between_all_pairs(void **state)
{
    (void)state;
    static const double y[] = {0, 1, 4, 9}, outlier[] = {1, 2, 3, 400, 5, 6, 7};
    assert_float_equal(theil_sen_slope(y, 4), 3, 1e-12);
    assert_float_equal(theil_sen_slope(outlier, 7), 1, 1e-12);
    assert_float_equal(theil_sen_slope(y, 1), 0, 1e-12);
}

/* ---- What workloads declare ---- */

static void run_to_record(const char *program, const char *const *arguments, struct run_record *record)
{
    char error[256];
    struct worker_run *run = worker_run(&(struct worker_request){.program = program, .arguments = arguments});
    assert_non_null(run);
    if (run->status != 0 || record_read(run->record, run->record_length, record, error, sizeof error) != 0)
        fail_msg("%s %s: %s", program, arguments[0], run->text);
    free(run);
}

/* Nothing is collected, so that all that was dropped floats at the end: 9 of
 * 10 lists of 100 chains of 11 tracked objects, as the last one is kept. A node
 * of 3 slots has 56 bytes, a witness of one 40, a payload of 7 bytes 40. */
static void what_chain_drops_and_nobody_collects_floats(void **state)
{
    (void)state;
    static const char *const arguments[] = {"workload=chain",
                                            "params=cycle_size=10",
                                            "params=extra_bytes=7",
                                            "params=live_objects=1000",
                                            "params=total_objects=9990",
                                            "tuning=disabled",
                                            NULL};
    struct run_record r;
    run_to_record("gcsweep-worker", arguments, &r);
    assert_int_equal(r.floating_objects_peak, 9 * 100 * 11);
    assert_int_equal(r.floating_bytes_peak, 9 * 100 * (10 * 56 + 40 + 40));
    assert_true(r.floating_count > 0);
    assert_int_equal(r.floating[r.floating_count - 1].objects, 9 * 100 * 11);
    record_free(&r);
}

static void chains_that_are_not_closed_do_not_float(void **state)
{
    (void)state;
    static const char *const arguments[] = {"workload=chain", "params=cyclic_fraction=0", "params=total_objects=50000",
                                            "tuning=disabled", NULL};
    struct run_record r;
    run_to_record("gcsweep-worker", arguments, &r);
    assert_int_equal(r.floating_objects_peak, 0);
    assert_int_equal(r.floating_bytes_peak, 0);
    record_free(&r);
}

static void a_workload_that_does_not_know_its_garbage_leaves_it_unknown(void **state)
{
    (void)state;
    static const char *const arguments[] = {"workload=linked-list", "scale=0.01", NULL};
    struct run_record r;
    run_to_record("gcsweep-worker", arguments, &r);
    assert_true(r.floating_objects_peak == RECORD_UNKNOWN);
    assert_true(r.floating_bytes_peak == RECORD_UNKNOWN);
    assert_int_equal(r.floating_count, 0);
    record_free(&r);
}

static void dropping_a_list_of_chains_is_a_pause_of_the_kind_release(void **state)
{
    (void)state;
    static const char *const arguments[] = {"workload=chain", "params=cyclic_fraction=0", "params=total_objects=50000",
                                            NULL};
    struct run_record r;
    run_to_record("gcsweep-worker", arguments, &r);
    assert_int_equal(r.release_count, 5);
    assert_true(r.release_total_ns >= r.release_max_ns && r.release_max_ns > 0);
    size_t releases = 0;
    for (size_t i = 0; i < r.longest_count; i++)
        releases += r.longest[i].kind == RECORD_RELEASE;
    assert_int_equal(releases, 5);
    assert_int_equal(r.pause_count, r.gen0_collections + r.gen1_collections + r.gen2_collections);
    assert_int_equal(r.gc_ns, r.gen0_gc_ns + r.gen1_gc_ns + r.gen2_gc_ns);
    record_free(&r);
}

static void compare_runtimes(const char *const *arguments, const char *what)
{
    struct run_record model, cpython;
    run_to_record("gcsweep-worker", arguments, &model);
    run_to_record("gcsweep-worker-cpython", arguments, &cpython);
    if (model.floating_objects_peak != cpython.floating_objects_peak ||
        model.floating_bytes_peak != cpython.floating_bytes_peak ||
        model.gen0_collections != cpython.gen0_collections || model.gen1_collections != cpython.gen1_collections ||
        model.gen2_collections != cpython.gen2_collections)
        fail_msg("%s: floating %llu objects, %llu bytes on the model, %llu, %llu on cpython", what,
                 (unsigned long long)model.floating_objects_peak, (unsigned long long)model.floating_bytes_peak,
                 (unsigned long long)cpython.floating_objects_peak, (unsigned long long)cpython.floating_bytes_peak);
    assert_true(model.floating_objects_peak > 0);
    assert_true(cpython.release_count == RECORD_UNKNOWN);
    record_free(&model);
    record_free(&cpython);
}

static void the_peak_is_the_same_on_both_runtimes_for_five_tunings(void **state)
{
    (void)state;
    static const char *const tunings[] = {"tuning=700,10,10", "tuning=2000,10,10", "tuning=200000,30,30",
                                          "tuning=disabled", "tuning=manual:100"};
    char path[4096], workload[100], what[200];
    built_path(path, sizeof path, "gcsweep-worker-cpython");
    if (access(path, X_OK) != 0)
        skip();
    for (size_t i = 0; i < workload_count; i++)
        for (size_t t = 0; workloads[i]->knows_garbage && t < sizeof tunings / sizeof tunings[0]; t++) {
            snprintf(workload, sizeof workload, "workload=%s", workloads[i]->name);
            const char *const arguments[] = {workload, tunings[t], "scale=0.1", NULL};
            snprintf(what, sizeof what, "%s %s", workload, tunings[t]);
            compare_runtimes(arguments, what);
        }
    const char *const half[] = {"workload=chain", "scale=0.1", "params=cyclic_fraction=0.5", NULL};
    compare_runtimes(half, "half of the chains closed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_each_cell_the_moment_with_most_objects_is_kept),
        cmocka_unit_test(a_long_run_is_held_in_coarser_cells_and_keeps_its_peak),
        cmocka_unit_test(less_than_nothing_is_nothing),
        cmocka_unit_test(times_become_those_since_the_start_and_earlier_ones_go),
        cmocka_unit_test(garbage_that_rises_to_the_end_is_not_steady),
        cmocka_unit_test(garbage_that_has_stopped_rising_is_steady),
        cmocka_unit_test(too_few_samples_say_nothing),
        cmocka_unit_test(the_slope_is_the_median_of_those_between_all_pairs),
        cmocka_unit_test(what_chain_drops_and_nobody_collects_floats),
        cmocka_unit_test(chains_that_are_not_closed_do_not_float),
        cmocka_unit_test(a_workload_that_does_not_know_its_garbage_leaves_it_unknown),
        cmocka_unit_test(dropping_a_list_of_chains_is_a_pause_of_the_kind_release),
        cmocka_unit_test(the_peak_is_the_same_on_both_runtimes_for_five_tunings),
    };
    return cmocka_run_group_tests_name("floating", tests, NULL, NULL);
}
