/* test_hypervolume.c - the volume that a set of points covers: worked examples,
 * areas known in closed form, and inclusion-exclusion as a second way to count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "harness/analysis/hypervolume.h"
#include "workloads/random.h"

typedef struct hypervolume_point point;

static double volume(const point *points, size_t count, point reference)
{
    double out;
    assert_int_equal(hypervolume(points, count, &reference, &out), 0);
    return out;
}

static double gain(const point *points, size_t count, point added, point reference)
{
    double out;
    assert_int_equal(hypervolume_gain(points, count, &added, &reference, &out), 0);
    return out;
}

#define assert_near(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

/* ---- Worked examples ---- */

/* jMetalPy, test of HyperVolume: {1,0,1} and {0,1,0} under {2,2,2} cover 5. */
static void jmetalpys_example_covers_five(void **state)
{
    (void)state;
    const point points[] = {{{1, 0, 1}}, {{0, 1, 0}}};
    assert_near(volume(points, 2, (point){{2, 2, 2}}), 5, 0);
}

/* moarchiving, test_hypervolume_easy: 13. */
static void moarchivings_example_covers_thirteen(void **state)
{
    (void)state;
    const point points[] = {{{1, 2, 3}}, {{2, 3, 1}}, {{3, 1, 2}}};
    assert_near(volume(points, 3, (point){{4, 4, 4}}), 13, 0);
}

/* The three points of PyGMO's documentation, its reference 3.5: by
 * inclusion-exclusion 3 * 9.375 - 3 * 5.625 + 3.375, and one alone 1.5. */
static void pygmos_example_covers_as_much_as_counted_by_hand(void **state)
{
    (void)state;
    const point points[] = {{{2, 1, 1}}, {{1, 2, 1}}, {{1, 1, 2}}}, reference = {{3.5, 3.5, 3.5}};
    assert_near(volume(points, 3, reference), 14.625, 1e-12);
    assert_near(gain(points, 2, points[2], reference), 1.5, 1e-12);
}

/* The plane in a cube: the third measure is the same for all. ZDT1's front, y = 1 - sqrt(x), covers 2/3 of the square.
 */
static void zdt1s_front_covers_two_thirds(void **state)
{
    (void)state;
    enum { COUNT = 4000 };
    point *points = malloc(COUNT * sizeof *points);
    assert_non_null(points);
    for (size_t i = 0; i < COUNT; i++) {
        double x = (double)i / (COUNT - 1);
        points[i] = (point){{x, 1 - sqrt(x), 0}};
    }
    assert_near(volume(points, COUNT, (point){{1, 1, 1}}), 2.0 / 3, 1e-3);
    free(points);
}

/* Points on the plane x + y + z = 1 leave a pyramid of 1/6 uncovered. */
static void a_plane_covers_all_but_a_sixth(void **state)
{
    (void)state;
    enum { STEPS = 60 };
    static point points[(STEPS + 1) * (STEPS + 1)];
    size_t count = 0;
    for (int i = 0; i <= STEPS; i++)
        for (int j = 0; i + j <= STEPS; j++)
            points[count++] = (point){{i / (double)STEPS, j / (double)STEPS, (STEPS - i - j) / (double)STEPS}};
    /* Below: the steps of the grid, a layer of at most 3/2 steps along the plane's half of the unit square. */
    double v = volume(points, count, (point){{1, 1, 1}});
    assert_true(v < 5.0 / 6 && v > 5.0 / 6 - 0.75 / STEPS - 1e-3);
}

/* ---- What adds nothing ---- */

static void none_one_and_equal_points_are_counted_once(void **state)
{
    (void)state;
    const point points[] = {{{0, 0, 0}}, {{0, 0, 0}}, {{0, 0, 0}}}, reference = {{2, 3, 4}};
    assert_near(volume(points, 0, reference), 0, 0);
    assert_near(volume(points, 1, reference), 24, 0);
    assert_near(volume(points, 3, reference), 24, 0);
    assert_near(gain(points, 1, points[1], reference), 0, 0);
}

static void dominated_unknown_and_outlying_points_add_nothing(void **state)
{
    (void)state;
    const point points[] = {{{1, 1, 1}}, {{1, 2, 1}}, {{0, 3, 0}}, {{0, 0, 5}}, {{NAN, 0, 0}}, {{0, NAN, 0}}};
    const point reference = {{3, 3, 3}};
    assert_near(volume(points, 6, reference), 8, 0);
    for (size_t i = 1; i < 6; i++)
        assert_near(gain(points, 1, points[i], reference), 0, 0);
}

/* ---- A second way ---- */

static double by_inclusion_and_exclusion(const point *points, size_t count, const point *reference)
{
    double sum = 0;
    for (unsigned set = 1; set < 1u << count; set++) {
        double product = -1;
        for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++) {
            double worst = -INFINITY;
            for (size_t i = 0; i < count; i++)
                if (set >> i & 1)
                    worst = fmax(worst, points[i].at[m]);
            product *= fmax(0, reference->at[m] - worst);
        }
        for (size_t i = 0; i < count; i++)
            product *= set >> i & 1 ? -1 : 1;
        sum += product;
    }
    return sum;
}

/* On a coarse grid, so that coordinates are often equal. */
static point random_point(struct random *r, unsigned values)
{
    point p;
    for (size_t m = 0; m < HYPERVOLUME_MEASURES; m++)
        p.at[m] = (double)random_next_below(r, values) / values;
    return p;
}

static void random_sets_agree_with_inclusion_and_exclusion(void **state)
{
    (void)state;
    enum { MOST = 9, TRIALS = 2000 };
    struct random r;
    random_seed(&r, 17);
    for (unsigned trial = 0; trial < TRIALS; trial++) {
        point points[MOST], reference = {{0.9, 1, 1.1}};
        size_t count = 1 + random_next_below(&r, MOST);
        for (size_t i = 0; i < count; i++)
            points[i] = random_point(&r, trial % 2 ? 5 : 100000);
        double whole = volume(points, count, reference);
        assert_near(whole, by_inclusion_and_exclusion(points, count, &reference), 1e-9);
        assert_near(gain(points, count - 1, points[count - 1], reference), whole - volume(points, count - 1, reference),
                    1e-9);
    }
}

/* ---- The cube ---- */

static void factors_count_the_same_at_either_end_of_the_cube(void **state)
{
    (void)state;
    const point values[] = {{{1e6, 100, 2}}, {{1e8, 400, 1}}, {{1e7, 200, 1}}, {{NAN, 1, 9}}, {{0, 1, 9}}};
    struct hypervolume_space space = hypervolume_space(values, 5, false);
    point p = hypervolume_in_space(&space, &values[2]);
    assert_near(p.at[0], 0.5, 1e-12);
    assert_near(p.at[1], 0.5, 1e-12);
    assert_near(p.at[2], 0, 0);
    space = hypervolume_space(values, 5, true);
    p = hypervolume_in_space(&space, &values[2]);
    assert_near(p.at[0], 9e6 / 99e6, 1e-12);
    assert_true(isnan(hypervolume_in_space(&space, &values[3]).at[0]));
    assert_true(isnan(hypervolume_in_space(&space, &values[4]).at[0]));
}

static void a_measure_without_differences_is_zero_throughout(void **state)
{
    (void)state;
    const point values[] = {{{5, 1, 3}}, {{5, 2, 3}}};
    struct hypervolume_space space = hypervolume_space(values, 2, false);
    point p = hypervolume_in_space(&space, &values[1]);
    assert_near(p.at[0], 0, 0);
    assert_near(p.at[1], 1, 0);
    assert_near(volume(&p, 1, hypervolume_reference()), 1.1 * 1.1 * 0.1, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jmetalpys_example_covers_five),
        cmocka_unit_test(moarchivings_example_covers_thirteen),
        cmocka_unit_test(pygmos_example_covers_as_much_as_counted_by_hand),
        cmocka_unit_test(zdt1s_front_covers_two_thirds),
        cmocka_unit_test(a_plane_covers_all_but_a_sixth),
        cmocka_unit_test(none_one_and_equal_points_are_counted_once),
        cmocka_unit_test(dominated_unknown_and_outlying_points_add_nothing),
        cmocka_unit_test(random_sets_agree_with_inclusion_and_exclusion),
        cmocka_unit_test(factors_count_the_same_at_either_end_of_the_cube),
        cmocka_unit_test(a_measure_without_differences_is_zero_throughout),
    };
    return cmocka_run_group_tests_name("hypervolume", tests, NULL, NULL);
}
