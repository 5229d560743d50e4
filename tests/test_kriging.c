/* test_kriging.c - what is expected of points that nobody measured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "harness/analysis/kriging.h"
#include "workloads/random.h"

/* Points on a line, 0 to 1 in steps of 1/40. */
static double on_a_line(const void *context, size_t a, size_t b, double reach)
{
    (void)context;
    return exp(-8 * fabs((double)a - (double)b) / 40 / reach);
}

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static double wave(size_t point)
{
    return 3 + sin((double)point / 40 * 6);
}

static void between_points_the_expected_follows_the_curve(void **state)
{
    (void)state;
    size_t measured[11], wanted[41];
    double values[11], means[41], deviations[41];
    for (size_t i = 0; i < 11; i++) {
        measured[i] = 4 * i;
        values[i] = wave(measured[i]);
    }
    for (size_t i = 0; i < 41; i++)
        wanted[i] = i;
    const struct kriging_data data = {on_a_line, NULL, measured, 11, values, 1};
    assert_int_equal(kriging_predict(&data, wanted, 41, means, deviations), 0);
    for (size_t i = 0; i < 41; i++)
        assert_near(means[i], wave(i), 0.15);
    for (size_t i = 0; i + 1 < 11; i++)
        assert_true(deviations[4 * i + 2] > deviations[4 * i]);
}

static void noise_is_smoothed_and_not_followed(void **state)
{
    (void)state;
    enum { COUNT = 41 };
    size_t points[COUNT];
    double values[COUNT], means[COUNT], deviations[COUNT], off = 0, off_measured = 0;
    struct random r;
    random_seed(&r, 5);
    for (size_t i = 0; i < COUNT; i++) {
        points[i] = i;
        values[i] = wave(i) + 1.2 * (random_next_unit(&r) - 0.5);
    }
    const struct kriging_data data = {on_a_line, NULL, points, COUNT, values, 1};
    assert_int_equal(kriging_predict(&data, points, COUNT, means, deviations), 0);
    for (size_t i = 0; i < COUNT; i++) {
        off += fabs(means[i] - wave(i));
        off_measured += fabs(values[i] - wave(i));
    }
    assert_true(off < 0.7 * off_measured);
}

static void far_from_all_points_only_their_mean_is_known(void **state)
{
    (void)state;
    const size_t points[] = {0, 1, 2, 3}, far = 4000;
    const double values[] = {1, 2, 1, 2};
    double mean, deviation;
    const struct kriging_data data = {on_a_line, NULL, points, 4, values, 1};
    assert_int_equal(kriging_predict(&data, &far, 1, &mean, &deviation), 0);
    assert_near(mean, 1.5, 1e-9);
    assert_true(deviation > 0.3);
}

static void measures_are_expected_each_by_itself(void **state)
{
    (void)state;
    const size_t points[] = {0, 10, 20, 30, 40}, wanted[] = {5, 10};
    const double values[] = {1, 2, 3, 4, 5, 7, 7, 7, 7, 7, 50, 40, 30, 20, 10}; /* three measures */
    double means[6], deviations[6];
    const struct kriging_data data = {on_a_line, NULL, points, 5, values, 3};
    assert_int_equal(kriging_predict(&data, wanted, 2, means, deviations), 0);
    assert_true(means[0] > 1 && means[0] < 2.5);
    assert_near(means[2], 7, 1e-9);
    assert_near(deviations[2], 0, 1e-9);
    assert_near(means[4], 60 - 10 * means[0], 1e-6); /* the first measure, turned round and ten times as large */
}

static void one_point_is_enough(void **state)
{
    (void)state;
    const size_t point = 3, wanted[] = {3, 4};
    const double value = 2;
    double means[2], deviations[2];
    const struct kriging_data data = {on_a_line, NULL, &point, 1, &value, 1};
    assert_int_equal(kriging_predict(&data, wanted, 2, means, deviations), 0);
    assert_near(means[0], 2, 0);
    assert_near(means[1], 2, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_points_the_expected_follows_the_curve),
        cmocka_unit_test(noise_is_smoothed_and_not_followed),
        cmocka_unit_test(far_from_all_points_only_their_mean_is_known),
        cmocka_unit_test(measures_are_expected_each_by_itself),
        cmocka_unit_test(one_point_is_enough),
    };
    return cmocka_run_group_tests_name("kriging", tests, NULL, NULL);
}
