/* Rank tests against published examples and against a second implementation.
 *
 * tests/data/rank_tests.json holds samples with what R makes of them, each with the call that made it.
 */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "harness/analysis/order_statistics.h"
#include "harness/analysis/rank_tests.h"

static void near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.12g is not within %g of %.12g", value, tolerance, expected);
}

/* ---- The second implementation's values ---- */

static json_t *reference;

static int load_reference(void **state)
{
    json_error_t error;
    (void)state;

    reference = json_load_file("tests/data/rank_tests.json", 0, &error);
    return reference != NULL ? 0 : -1;
}

static int drop_reference(void **state)
{
    (void)state;
    json_decref(reference);
    return 0;
}

enum { MOST = 200 };

static size_t read_numbers(const json_t *list, double *out)
{
    size_t count = json_array_size(list);

    assert_in_range(count, 1, MOST);
    for (size_t i = 0; i < count; i++)
        out[i] = json_number_value(json_array_get(list, i));
    return count;
}

static void interval_is(const struct interval *interval, const json_t *expected)
{
    if (json_object_get(expected, "low") == NULL)
        return;
    near(interval->estimate, json_number_value(json_object_get(expected, "estimate")), 1e-9);
    near(interval->low, json_number_value(json_object_get(expected, "low")), 1e-9);
    near(interval->high, json_number_value(json_object_get(expected, "high")), 1e-9);
}

static void signed_rank_tests_are_those_of_a_second_implementation(void **state)
{
    size_t index;
    json_t *expected;
    double x[MOST], p;
    struct interval interval;
    (void)state;

    json_array_foreach(json_object_get(reference, "signed_rank"), index, expected)
    {
        size_t count = read_numbers(json_object_get(expected, "x"), x);
        assert_int_equal(signed_rank_p(x, count, &p), 0);
        near(p, json_number_value(json_object_get(expected, "p")), 1e-9);
        assert_int_equal(hodges_lehmann(x, count, &interval), 0);
        interval_is(&interval, expected);
    }
    assert_int_equal(index, 10);
}

static void mann_whitney_tests_are_those_of_a_second_implementation(void **state)
{
    size_t index;
    json_t *expected;
    double a[MOST], b[MOST];
    struct mann_whitney out, mirrored;
    (void)state;

    json_array_foreach(json_object_get(reference, "mann_whitney"), index, expected)
    {
        size_t a_count = read_numbers(json_object_get(expected, "a"), a);
        size_t b_count = read_numbers(json_object_get(expected, "b"), b);
        assert_int_equal(mann_whitney(a, a_count, b, b_count, &out), 0);
        near(out.p, json_number_value(json_object_get(expected, "p")), 1e-9);
        assert_int_equal(out.exact, a_count * b_count <= RANK_TESTS_EXACT_PRODUCT);
        interval_is(&out.shift, expected);
        assert_int_equal(mann_whitney(b, b_count, a, a_count, &mirrored), 0);
        near(mirrored.p, out.p, 1e-12);
        near(mirrored.shift.low, -out.shift.high, 1e-12);
    }
    assert_int_equal(index, 10);
}

static void ranks_of_intervals_are_those_of_a_second_implementation(void **state)
{
    size_t index;
    json_t *row;
    double v[MOST];
    (void)state;

    json_array_foreach(json_object_get(reference, "qsignrank(0.025, n)"), index, row)
    {
        read_numbers(row, v);
        assert_int_equal(signed_rank_rank((size_t)v[0]), (size_t)v[1]);
    }
    assert_true(index > 50);
    json_array_foreach(json_object_get(reference, "qwilcox(0.025, m, n)"), index, row)
    {
        read_numbers(row, v);
        /* Above the size for exact ranks the approximation may be one off. */
        size_t rank;
        assert_int_equal(mann_whitney_rank((size_t)v[0], (size_t)v[1], &rank), 0);
        near((double)rank, v[2], v[0] * v[1] > RANK_TESTS_EXACT_PRODUCT ? 1 : 0);
    }
    assert_int_equal(index, 10);
}

static void ranks_of_percentiles_are_those_of_a_second_implementation(void **state)
{
    size_t index, low, high;
    json_t *row;
    double v[MOST];
    (void)state;

    json_array_foreach(json_object_get(reference, "qbinom(0.025, n, p) and qbinom(0.975, n, p) + 1, 0 above n"), index,
                       row)
    {
        read_numbers(row, v);
        quantile_ranks((size_t)v[0], v[1], &low, &high);
        assert_int_equal(low, (size_t)v[2]);
        assert_int_equal(high, (size_t)v[3]);
    }
    assert_int_equal(index, 10);
}

static void holms_adjustment_is_that_of_a_second_implementation(void **state)
{
    const json_t *holm = json_object_get(reference, "p.adjust(p, \"holm\")");
    double p[MOST], expected[MOST], adjusted[MOST];
    size_t tested, count = read_numbers(json_object_get(holm, "p"), p);
    (void)state;

    assert_int_equal(read_numbers(json_object_get(holm, "adjusted"), expected), count);
    assert_int_equal(holm_adjust(p, count, adjusted, &tested), 0);
    assert_int_equal(tested, count);
    for (size_t i = 0; i < count; i++)
        near(adjusted[i], expected[i], 1e-12);
}

/* ---- Published examples ---- */

static void darwins_plants_have_the_p_of_wilcoxons_own_example(void **state)
{
    /* Cross- less self-fertilized, eighths of an inch: Darwin 1876, as Wilcoxon 1945 tests them. The negative ranks
     * sum to 24 of 120: 1,352 of the 32,768 choices of signs are as extreme. */
    const double d[] = {6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75};
    struct interval interval;
    double p;
    (void)state;

    assert_int_equal(signed_rank_p(d, 15, &p), 0);
    near(p, 0.04126, 0.000005);
    assert_int_equal(hodges_lehmann(d, 15, &interval), 0);
    near(interval.estimate, 25, 1e-12);
    near(interval.low, 4, 1e-12);
    near(interval.high, 41.5, 1e-12);
}

static void the_depression_data_have_the_published_p(void **state)
{
    /* Hollander and Wolfe, example 3.1: P(T+ >= 40) is 0.020 to one side. */
    const double d[] = {-0.952, 0.147, -1.022, -0.43, -0.62, -0.59, -0.49, 0.08, -0.01};
    double p;
    (void)state;

    assert_int_equal(signed_rank_p(d, 9, &p), 0);
    near(p / 2, 0.0195, 0.00005);
}

static void the_permeability_of_membranes_has_the_published_shift(void **state)
{
    /* Hollander and Wolfe, examples 4.1, 4.3 and 4.4: tritiated water through human chorioamnion at term (a) and at 12
     * to 26 weeks (b). */
    const double a[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    const double b[] = {1.15, 0.88, 0.90, 0.74, 1.21};
    struct mann_whitney out;
    (void)state;

    assert_int_equal(mann_whitney(a, 10, b, 5, &out), 0);
    near(out.p / 2, 0.1272, 0.00005);
    near(out.shift.estimate, -0.305, 1e-9);
    near(out.shift.low, -0.76, 1e-9);
    near(out.shift.high, 0.15, 1e-9);
}

static void wilcoxons_fly_sprays_are_tested_with_their_ties(void **state)
{
    /* Wilcoxon 1945, table 1: percentage of flies killed; the ranks of the second spray sum to 45. */
    const double a[] = {68, 68, 59, 72, 64, 67, 70, 74}, b[] = {60, 67, 61, 62, 67, 63, 56, 58};
    struct mann_whitney out;
    (void)state;

    assert_int_equal(mann_whitney(a, 8, b, 8, &out), 0);
    near(out.p, 0.01351981, 5e-9); /* 174 of 12,870 choices */
    assert_true(out.exact);
}

/* ---- What needs no table ---- */

static void all_pairs_on_one_side_have_the_least_p_there_is(void **state)
{
    const double d[] = {1, 2, 3, 4, 5, 6}, a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8};
    struct mann_whitney out;
    double p;
    (void)state;

    assert_int_equal(signed_rank_p(d, 6, &p), 0);
    near(p, 0.03125, 1e-12);
    near(signed_rank_least_p(6), p, 1e-12);
    near(signed_rank_least_p(0), 1, 0);
    assert_int_equal(mann_whitney(a, 4, b, 4, &out), 0);
    near(out.p, 2.0 / 70, 1e-12);
    near(mann_whitney_least_p(4, 4), out.p, 1e-12);
    near(out.shift.low, 1, 0);
    near(out.shift.high, 7, 0);
}

static void samples_that_are_too_small_have_no_interval(void **state)
{
    const double a[] = {1, 2, 3}, b[] = {5, 6, 7, 8};
    struct mann_whitney out;
    (void)state;

    assert_int_equal(mann_whitney(a, 3, b, 4, &out), 0);
    near(out.shift.estimate, 4.5, 1e-12);
    assert_true(isnan(out.shift.low) && isnan(out.shift.high));
    assert_int_equal(mann_whitney(a, 0, b, 4, &out), 0);
    assert_true(isnan(out.p) && isnan(out.shift.estimate));
}

static void differences_of_zero_have_no_sign(void **state)
{
    const double zeros[] = {0, 0, 0}, d[] = {0, 1, 0, 2, 3, 4, 5, 6};
    double p;
    (void)state;

    assert_int_equal(signed_rank_p(zeros, 3, &p), 0);
    near(p, 1, 0);
    assert_int_equal(signed_rank_p(d, 8, &p), 0);
    near(p, 0.03125, 1e-12);
    assert_int_equal(signed_rank_p(d, 0, &p), 0);
    assert_true(isnan(p));
}

static void equal_values_in_both_samples_differ_by_nothing(void **state)
{
    const double same[] = {3, 3, 3, 3, 3, 3};
    struct mann_whitney out;
    (void)state;

    assert_int_equal(mann_whitney(same, 6, same, 6, &out), 0);
    near(out.p, 1, 1e-12);
    near(out.shift.low, 0, 0);
    near(out.shift.high, 0, 0);
}

/* For as long as the test lasts: a table of all ranks' sums, four hundred times, does not fit. */
static struct rlimit limit_memory(void)
{
    struct rlimit before;

    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
#ifndef GCSWEEP_SANITIZED
    const struct rlimit less = {UINT64_C(256) << 20, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &less), 0);
#endif
    return before;
}

/* Each of the 401 ranks has the same chance: P(rank <= k) is k / 401. */
static void one_value_against_400_has_the_p_of_its_rank(void **state)
{
    static const size_t ranks[] = {1, 2, 5, 10, 11, 200, 201, 202, 391, 400, 401};
    enum { MANY = 400 };
    double many[MANY];
    struct mann_whitney out, mirrored;
    size_t rank;
    struct rlimit before = limit_memory();
    (void)state;

    for (size_t i = 0; i < MANY; i++)
        many[i] = (double)i;
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
        double one = (double)ranks[i] - 1.5; /* after so many less one */
        size_t nearer = ranks[i] < 402 - ranks[i] ? ranks[i] : 402 - ranks[i];
        assert_int_equal(mann_whitney(&one, 1, many, MANY, &out), 0);
        assert_true(out.exact);
        near(out.p, fmin(1, 2 * (double)nearer / 401), 1e-12);
        assert_int_equal(mann_whitney(many, MANY, &one, 1, &mirrored), 0);
        assert_true(mirrored.p == out.p);
    }
    assert_int_equal(mann_whitney_rank(1, MANY, &rank), 0);
    assert_int_equal(rank, 10); /* 10 / 401 is 0.0249 */
    assert_int_equal(mann_whitney_rank(MANY, 1, &rank), 0);
    assert_int_equal(rank, 10);
    setrlimit(RLIMIT_AS, &before);
}

/* Ties and all: which sample comes first is no fact about the data. */
static void exact_p_values_are_the_same_both_ways_round(void **state)
{
    double a[20], b[80];
    struct mann_whitney out, mirrored;
    (void)state;

    for (size_t na = 1; na <= 20; na++) {
        for (size_t nb = 1; na * nb <= RANK_TESTS_EXACT_PRODUCT && nb <= 80; nb += 3) {
            for (size_t i = 0; i < na; i++)
                a[i] = (double)((i * 7 + nb) % 11);
            for (size_t i = 0; i < nb; i++)
                b[i] = (double)((i * 5 + na) % 13) + 1;
            assert_int_equal(mann_whitney(a, na, b, nb, &out), 0);
            assert_int_equal(mann_whitney(b, nb, a, na, &mirrored), 0);
            assert_true(out.exact && mirrored.exact);
            near(mirrored.p, out.p, 1e-12);
        }
    }
}

static void what_was_not_tested_does_not_count_for_holm(void **state)
{
    const double p[] = {0.01, NAN, 0.04, 0.03};
    double adjusted[4];
    size_t tested;
    (void)state;

    assert_int_equal(holm_adjust(p, 4, adjusted, &tested), 0);
    assert_int_equal(tested, 3);
    near(adjusted[0], 0.03, 1e-12);
    assert_true(isnan(adjusted[1]));
    near(adjusted[2], 0.06, 1e-12); /* never below the one before it */
    near(adjusted[3], 0.06, 1e-12);
    assert_int_equal(holm_adjust(p, 0, adjusted, &tested), 0);
    assert_int_equal(tested, 0);
}

/* Numbers in [-1, 1), the same always, some of them equal. */
static double next_number(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    double x = (double)(*state >> 33) / 1073741824.0 - 1;
    return *state >> 62 == 0 ? floor(x * 8) / 8 : x;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void every_rank_selected_is_the_value_that_sorting_puts_there(void **state)
{
    enum { A = 37, B = 23, WALSH = A * (A + 1) / 2 };
    double a[A], b[B], walsh[WALSH], differences[A * B];
    uint64_t seed = 7;
    size_t count = 0;
    (void)state;

    for (size_t i = 0; i < A; i++)
        a[i] = next_number(&seed);
    for (size_t i = 0; i < B; i++)
        b[i] = next_number(&seed);
    for (size_t i = 0; i < A; i++)
        for (size_t j = i; j < A; j++)
            walsh[count++] = (a[i] + a[j]) / 2;
    for (size_t i = 0; i < A; i++)
        for (size_t j = 0; j < B; j++)
            differences[i * B + j] = b[j] - a[i];
    qsort(a, A, sizeof *a, by_value);
    qsort(b, B, sizeof *b, by_value);
    qsort(walsh, WALSH, sizeof *walsh, by_value);
    qsort(differences, A * B, sizeof *differences, by_value);
    for (size_t rank = 1; rank <= WALSH; rank++)
        near(select_walsh_average(a, A, rank), walsh[rank - 1], 0);
    for (size_t rank = 1; rank <= A * B; rank++)
        near(select_difference(a, A, b, B, rank), differences[rank - 1], 0);
    for (size_t rank = 1, i = 0; i < B; i++) /* few are selected another way: by their own averages, in turn */
        for (size_t j = i; j < B; j++, rank++) {
            double value = select_walsh_average(b, B, rank),
                   before = rank > 1 ? select_walsh_average(b, B, rank - 1) : -2;
            size_t at_most = 0;
            for (size_t k = 0; k < B; k++)
                for (size_t l = k; l < B; l++)
                    at_most += (b[k] + b[l]) / 2 <= value ? 1 : 0;
            assert_true(before <= value && at_most >= rank);
        }
    near(median_walsh_average(a, A), walsh[WALSH / 2], 0);
    near(median_walsh_average(b, 2), (b[0] + b[1]) / 2, 0);
    near(median_difference(a, A, b, B), differences[A * B / 2], 0);
}

static void a_hundred_thousand_pairs_have_an_estimate_without_their_walsh_averages(void **state)
{
    enum { PAIRS = 100000 };
    double *d = malloc(PAIRS * sizeof *d);
    struct interval interval;
    uint64_t seed = 11;
    (void)state;

    assert_non_null(d);
    for (size_t i = 0; i < PAIRS; i++)
        d[i] = 0.25 + next_number(&seed);
    assert_int_equal(hodges_lehmann(d, PAIRS, &interval), 0);
    assert_true(interval.low < interval.estimate && interval.estimate < interval.high);
    /* Uniform on an interval of length 2: the standard error is near 1 / sqrt(3n). Rounding down moves it a little. */
    near((interval.high - interval.low) / 2, 1.96 / sqrt(3.0 * PAIRS), 0.0002);
    near(interval.estimate, 0.25, 0.03);
    free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_rank_tests_are_those_of_a_second_implementation),
        cmocka_unit_test(mann_whitney_tests_are_those_of_a_second_implementation),
        cmocka_unit_test(ranks_of_intervals_are_those_of_a_second_implementation),
        cmocka_unit_test(ranks_of_percentiles_are_those_of_a_second_implementation),
        cmocka_unit_test(holms_adjustment_is_that_of_a_second_implementation),
        cmocka_unit_test(darwins_plants_have_the_p_of_wilcoxons_own_example),
        cmocka_unit_test(the_depression_data_have_the_published_p),
        cmocka_unit_test(the_permeability_of_membranes_has_the_published_shift),
        cmocka_unit_test(wilcoxons_fly_sprays_are_tested_with_their_ties),
        cmocka_unit_test(all_pairs_on_one_side_have_the_least_p_there_is),
        cmocka_unit_test(samples_that_are_too_small_have_no_interval),
        cmocka_unit_test(differences_of_zero_have_no_sign),
        cmocka_unit_test(equal_values_in_both_samples_differ_by_nothing),
        cmocka_unit_test(one_value_against_400_has_the_p_of_its_rank),
        cmocka_unit_test(exact_p_values_are_the_same_both_ways_round),
        cmocka_unit_test(what_was_not_tested_does_not_count_for_holm),
        cmocka_unit_test(every_rank_selected_is_the_value_that_sorting_puts_there),
        cmocka_unit_test(a_hundred_thousand_pairs_have_an_estimate_without_their_walsh_averages),
    };

    return cmocka_run_group_tests(tests, load_reference, drop_reference);
}
