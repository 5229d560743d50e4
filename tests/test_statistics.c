/* Statistics against published and hand-computed values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "harness/analysis/pareto.h"
#include "harness/analysis/percentiles.h"
#include "harness/analysis/statistics.h"

static void near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.12g is not within %g of %.12g", value, tolerance, expected);
}

static void the_signed_rank_ranks_are_those_of_the_published_table(void **state)
{
    /* Hollander, Wolfe and Chicken, table A.4, two-sided 5 %. */
    static const size_t table[][2] = {{6, 1},   {7, 3},   {8, 4},   {9, 6},   {10, 9},
                                      {12, 14}, {15, 26}, {20, 53}, {25, 90}, {30, 138}};
    (void)state;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(signed_rank_rank(table[i][0]), table[i][1]);
}

static void fewer_than_six_pairs_have_no_interval(void **state)
{
    const double d[] = {0.1, 0.2, 0.3, 0.4, 0.5};
    struct interval out;
    (void)state;

    assert_int_equal(signed_rank_rank(5), 0);
    assert_int_equal(hodges_lehmann(d, 5, &out), 0);
    near(out.estimate, 0.3, 1e-12);
    assert_true(isnan(out.low) && isnan(out.high));
    assert_false(interval_excludes_one(&out));
    assert_int_equal(hodges_lehmann(d, 0, &out), 0);
    assert_true(isnan(out.estimate));
}

static void the_approximation_for_many_pairs_meets_the_exact_table(void **state)
{
    (void)state;
    size_t exact = signed_rank_rank(200);
    double n = 200, normal = n * (n + 1) / 4 - 1.959964 * sqrt(n * (n + 1) * (2 * n + 1) / 24);

    near((double)exact, normal, 3);
    assert_true(signed_rank_rank(201) > exact);
}

static void hodges_and_lehmanns_estimate_is_the_median_of_the_walsh_averages(void **state)
{
    /* 1, 2, 6: averages 1, 1.5, 2, 3.5, 4, 6, by hand. */
    const double three[] = {6, 1, 2};
    /* With six pairs the interval goes from the least to the greatest average: the ends of the sample. */
    const double six[] = {3, -1, 4, 1, 5, 9};
    struct interval out;
    (void)state;

    assert_int_equal(hodges_lehmann(three, 3, &out), 0);
    near(out.estimate, 2.75, 1e-12);
    assert_int_equal(hodges_lehmann(six, 6, &out), 0);
    near(out.low, -1, 1e-12);
    near(out.high, 9, 1e-12);
    near(out.estimate, 3.5, 1e-12);
}

static void the_interval_of_the_depression_data_is_the_published_one(void **state)
{
    /* Hamilton depression scale, nine patients: Hollander and Wolfe, example 3.1. Estimate 0.46 and 95 % interval
     * 0.010 to 0.786 of before less after, as R's wilcox.test(paired = TRUE, conf.int = TRUE) gives them. */
    const double before[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
    const double after[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
    double d[9];
    struct interval out;
    (void)state;

    for (int i = 0; i < 9; i++)
        d[i] = after[i] - before[i];
    assert_int_equal(hodges_lehmann(d, 9, &out), 0);
    near(out.estimate, -0.46, 0.0005);
    near(out.low, -0.786, 0.0005);
    near(out.high, -0.010, 0.0005);
}

static void drift_that_both_arms_share_does_not_widen_a_paired_ratio(void **state)
{
    /* The machine slows down by 50 % over ten rounds; B is 3 % slower than A in each. */
    double logs[10], a[10];
    struct interval ratio;
    (void)state;

    for (int i = 0; i < 10; i++) {
        a[i] = 100 * (1 + 0.05 * i);
        logs[i] = log(a[i] * (1.03 + (i % 2 ? 0.001 : -0.001)) / a[i]);
    }
    assert_int_equal(ratio_of_logs(logs, 10, &ratio), 0);
    near(ratio.estimate, 1.03, 0.0005);
    assert_true(ratio.low > 1.028 && ratio.high < 1.032);
    assert_true(interval_excludes_one(&ratio));
}

static void an_interval_over_no_difference_includes_one(void **state)
{
    const double logs[] = {0.01, -0.012, 0.003, -0.004, 0.02, -0.018, 0.001};
    struct interval ratio;
    (void)state;

    assert_int_equal(ratio_of_logs(logs, 7, &ratio), 0);
    assert_true(ratio.low < 1 && ratio.high > 1);
    assert_false(interval_excludes_one(&ratio));
}

static void quartiles_lie_between_neighbours(void **state)
{
    double values[] = {4, 1, 3, 2};
    (void)state;
    struct spread s = spread_of(values, 4);

    near(s.median, 2.5, 1e-12);
    near(s.q1, 1.75, 1e-12);
    near(s.q3, 3.25, 1e-12);
    near(s.least, 1, 0);
    near(s.most, 4, 0);
    near(s.mad, 1, 1e-12);
}

static void the_mad_is_not_moved_by_an_outlier(void **state)
{
    double values[] = {10, 11, 12, 13, 1e9};
    (void)state;
    struct spread s = spread_of(values, 5);

    near(s.median, 12, 0);
    near(s.mad, 1, 0);
    near(s.most, 1e9, 0); /* which stays in the data */
}

static void the_spread_of_nothing_is_unknown_and_of_one_is_itself(void **state)
{
    double one[] = {7};
    (void)state;
    struct spread none = spread_of(NULL, 0), s = spread_of(one, 1);

    assert_true(isnan(none.median) && isnan(none.q1) && isnan(none.mad));
    near(s.q1, 7, 0);
    near(s.q3, 7, 0);
    near(s.mad, 0, 0);
}

static void ratios_have_the_digits_that_their_interval_supports(void **state)
{
    static const struct {
        struct interval ratio;
        const char *text;
    } rows[] = {
        {{6, 1.4234, 1.4011, 1.4512}, "1.42x [1.40, 1.45]"},
        {{6, 1.0031, 1.0012, 1.0049}, "1.003x [1.001, 1.005]"},
        {{6, 788.3, 701.2, 840.4}, "788x [701, 840]"},
        {{6, 14.28, 13.99, 15.01}, "14.3x [14.0, 15.0]"},
        {{4, 2.5, NAN, NAN}, "2.50x"},
        {{0, NAN, NAN, NAN}, "-"},
    };
    char text[80];
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ratio_text(&rows[i].ratio, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
}

static void an_end_that_no_value_of_the_sample_can_be_is_unknown(void **state)
{
    double sorted[400];
    (void)state;

    for (int i = 0; i < 400; i++)
        sorted[i] = i + 1;
    struct interval few = quantile_interval(sorted, 367, 0.99), enough = quantile_interval(sorted, 368, 0.99);
    near(few.low, 359, 0);
    assert_true(isnan(few.high));
    near(enough.low, 360, 0);
    near(enough.high, 368, 0);
    struct interval median = quantile_interval(sorted, 5, 0.5), none = quantile_interval(sorted, 0, 0.5);
    near(median.estimate, 3, 0);
    assert_true(isnan(median.low) && isnan(median.high) && isnan(none.estimate));
}

static void a_percentile_of_several_histograms_is_that_of_all_their_values(void **state)
{
    /* 1 to 1,000, the odd values in one histogram, the even ones in another, and a third without any. */
    static struct record_bucket odd[500], even[500];
    const struct record_histogram parts[] = {{500, odd}, {0, NULL}, {500, even}};
    (void)state;

    for (uint64_t i = 0; i < 500; i++) {
        odd[i] = (struct record_bucket){2 * i + 1, 1};
        even[i] = (struct record_bucket){2 * i + 2, 1};
    }
    struct interval p99 = percentile_of(parts, 3, 0.99), none = percentile_of(parts + 1, 1, 0.99);
    assert_int_equal(p99.pairs, 1000);
    near(p99.estimate, 990, 0);
    near(p99.low, 983, 0); /* ranks by R's qbinom */
    near(p99.high, 997, 0);
    near(percentile_of(parts, 3, 1).estimate, 1000, 0);
    near(percentile_of(parts, 3, 0).estimate, 1, 0);
    assert_true(isnan(none.estimate) && none.pairs == 0);
}

static void verdicts_of_b_to_a_mirror_those_of_a_to_b(void **state)
{
    static const struct {
        struct interval ratio;
        enum verdict verdict, mirrored;
    } rows[] = {
        {{6, 0.95, 0.94, 0.96}, VERDICT_LESS, VERDICT_MORE},
        {{6, 1.05, 1.02, 1.08}, VERDICT_MORE, VERDICT_LESS},
        {{6, 1.00, 0.995, 1.005}, VERDICT_EQUIVALENT, VERDICT_EQUIVALENT},
        {{6, 1.00, 0.97, 1.03}, VERDICT_NOT_RESOLVED, VERDICT_NOT_RESOLVED},
        {{6, 1.02, 1.005, 1.04}, VERDICT_NOT_RESOLVED, VERDICT_NOT_RESOLVED},  /* over the margin's end */
        {{6, 0.9901, 0.9902, 0.9905}, VERDICT_EQUIVALENT, VERDICT_EQUIVALENT}, /* 1 / 1.01 is 0.990099 */
        {{5, 1.20, NAN, NAN}, VERDICT_UNKNOWN, VERDICT_UNKNOWN},
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct interval *r = &rows[i].ratio;
        const struct interval mirror = {r->pairs, 1 / r->estimate, 1 / r->high, 1 / r->low};
        assert_int_equal(verdict_of(r, 0.01), rows[i].verdict);
        assert_int_equal(verdict_of(&mirror, 0.01), rows[i].mirrored);
    }
    near(interval_half_width(&rows[0].ratio), log(0.96 / 0.94) / 2, 1e-12);
}

static void a_point_is_dominated_only_by_one_that_is_better_somewhere_and_worse_nowhere(void **state)
{
    const double points[] = {
        1, 9, 5, /* on it: the least in the first */
        2, 8, 5, /* on it: between */
        2, 8, 6, /* beaten by the second in the third measure */
        9, 1, 5, /* on it */
        2, 8, 5, /* equal to the second: on it too */
        9, 9, 4, /* on it: the least in the third */
        9, 9, 9, /* beaten by all */
    };
    const bool expected[] = {true, true, false, true, true, true, false};
    bool front[7];
    (void)state;

    pareto_front(points, 7, 3, front);
    assert_memory_equal(front, expected, sizeof front);
}

static void a_point_with_an_unknown_measure_is_on_no_front_and_beats_nothing(void **state)
{
    const double points[] = {1, NAN, 5, 5, 6, 6};
    bool front[3];
    (void)state;

    pareto_front(points, 3, 2, front);
    assert_false(front[0]);
    assert_true(front[1]);
    assert_false(front[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_signed_rank_ranks_are_those_of_the_published_table),
        cmocka_unit_test(fewer_than_six_pairs_have_no_interval),
        cmocka_unit_test(the_approximation_for_many_pairs_meets_the_exact_table),
        cmocka_unit_test(hodges_and_lehmanns_estimate_is_the_median_of_the_walsh_averages),
        cmocka_unit_test(the_interval_of_the_depression_data_is_the_published_one),
        cmocka_unit_test(drift_that_both_arms_share_does_not_widen_a_paired_ratio),
        cmocka_unit_test(an_interval_over_no_difference_includes_one),
        cmocka_unit_test(quartiles_lie_between_neighbours),
        cmocka_unit_test(the_mad_is_not_moved_by_an_outlier),
        cmocka_unit_test(the_spread_of_nothing_is_unknown_and_of_one_is_itself),
        cmocka_unit_test(ratios_have_the_digits_that_their_interval_supports),
        cmocka_unit_test(an_end_that_no_value_of_the_sample_can_be_is_unknown),
        cmocka_unit_test(a_percentile_of_several_histograms_is_that_of_all_their_values),
        cmocka_unit_test(verdicts_of_b_to_a_mirror_those_of_a_to_b),
        cmocka_unit_test(a_point_is_dominated_only_by_one_that_is_better_somewhere_and_worse_nowhere),
        cmocka_unit_test(a_point_with_an_unknown_measure_is_on_no_front_and_beats_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
