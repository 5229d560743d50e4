/* test_times.c - ratios of the runtimes' times, and what two runtimes print, compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "harness/sweep/output_difference.h"
#include "harness/analysis/times.h"

enum { ROUNDS = 10 };

static void ratios_and_times_for_each_object_come_with_their_intervals(void **state)
{
    (void)state;
    struct times_round rounds[ROUNDS];
    struct times t;
    for (size_t i = 0; i < ROUNDS; i++) {
        double machine = 1 + 0.1 * (double)i; /* a round that is slow is slow for both */
        rounds[i] = (struct times_round){
            .model_wall_ns = 500 * machine,
            .cpython_wall_ns = 1000 * machine,
            .model_gc_ns = 300,
            .cpython_gc_ns = 600 + (double)i,
            .visited = 30,
        };
    }
    assert_int_equal(find_times(rounds, ROUNDS, &t), 0);
    assert_true(fabs(t.wall_ratio.estimate - 0.5) < 1e-9);
    assert_true(fabs(t.wall_ratio.high - t.wall_ratio.low) < 1e-9);
    assert_int_equal(t.gc_ratio.pairs, ROUNDS);
    assert_true(t.gc_ratio.low < t.gc_ratio.estimate && t.gc_ratio.estimate < t.gc_ratio.high);
    assert_true(t.gc_ratio.low > 300 / 609.0 && t.gc_ratio.high < 0.5);
    assert_true(fabs(t.model_visit_ns.estimate - 10) < 1e-9);
    assert_true(fabs(t.cpython_visit_ns.estimate - 604.5 / 30) < 1e-9);
}

static void without_a_collection_only_the_whole_run_has_a_ratio(void **state)
{
    (void)state;
    struct run_record model, cpython;
    struct times t;
    char text[64];
    record_clear(&model);
    record_clear(&cpython);
    model.wall_ns = 100;
    cpython.wall_ns = 200;
    model.gc_ns = cpython.gc_ns = model.gc_visited = 0;
    struct times_round round = times_round_of(&model, &cpython);
    assert_int_equal(find_times(&round, 1, &t), 0);
    assert_true(fabs(t.wall_ratio.estimate - 0.5) < 1e-9);
    assert_true(isnan(t.wall_ratio.low));
    assert_true(isnan(t.gc_ratio.estimate));
    assert_true(isnan(t.model_visit_ns.estimate));
    visit_text(&t.cpython_visit_ns, text, sizeof text);
    assert_string_equal(text, "-");
}

static void what_is_unknown_is_left_out(void **state)
{
    (void)state;
    struct run_record model, cpython;
    struct times t;
    record_clear(&model);
    record_clear(&cpython);
    cpython.wall_ns = 200;
    model.gc_ns = 50;
    cpython.gc_ns = 100;
    struct times_round round = times_round_of(&model, &cpython);
    assert_int_equal(find_times(&round, 1, &t), 0);
    assert_int_equal(t.wall_ratio.pairs, 0);
    assert_true(fabs(t.gc_ratio.estimate - 0.5) < 1e-9);
    assert_true(isnan(t.model_visit_ns.estimate));
}

static void times_for_each_object_are_written_with_their_unit(void **state)
{
    (void)state;
    char text[64];
    visit_text(&(struct interval){10, 12.34, 12.0, 13.06}, text, sizeof text);
    assert_string_equal(text, "12.3 ns [12.0, 13.1]");
    visit_text(&(struct interval){1, 12.34, NAN, NAN}, text, sizeof text);
    assert_string_equal(text, "12.3 ns");
}

/* ---- What is printed ---- */

static void assert_differs(const char *model, const char *cpython, const char *expected)
{
    char text[200] = "";
    assert_false(same_output(model, cpython, text, sizeof text));
    assert_string_equal(text, expected);
}

static void the_first_line_that_differs_is_shown_with_its_number(void **state)
{
    (void)state;
    char text[10];
    assert_true(same_output("a\nb\n", "a\nb\n", text, sizeof text));
    assert_true(same_output("", "", text, sizeof text));
    assert_differs("a\nblocks: 4\nc\n", "a\nblocks: 5\nd\n", "line 2: model 'blocks: 4', cpython 'blocks: 5'");
    assert_differs("a\n", "a\nb\n", "line 2: model ends, cpython 'b'");
    assert_differs("a\nb", "a\n", "line 2: model 'b', cpython ends");
    assert_differs("ab\n", "a\n", "line 1: model 'ab', cpython 'a'");
    assert_differs("\n", "", "line 1: model '', cpython ends");
}

static void a_difference_that_does_not_fit_is_cut(void **state)
{
    (void)state;
    char text[12];
    assert_false(same_output("a long line\n", "another\n", text, sizeof text));
    assert_string_equal(text, "line 1: mod");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratios_and_times_for_each_object_come_with_their_intervals),
        cmocka_unit_test(without_a_collection_only_the_whole_run_has_a_ratio),
        cmocka_unit_test(what_is_unknown_is_left_out),
        cmocka_unit_test(times_for_each_object_are_written_with_their_unit),
        cmocka_unit_test(the_first_line_that_differs_is_shown_with_its_number),
        cmocka_unit_test(a_difference_that_does_not_fit_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
