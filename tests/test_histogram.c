/* test_histogram.c - the error bound and the percentiles of the histogram. */
#include "harness/record/histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "workloads/random.h"

static const uint64_t top = (UINT64_C(1) << HISTOGRAM_RANGE_BITS) - 1;

struct fixture {
    struct histogram h, other;
    uint64_t bucket[2][HISTOGRAM_BUCKETS];
};

static int open_two(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f)
        return -1;
    histogram_open(&f->h, f->bucket[0]);
    histogram_open(&f->other, f->bucket[1]);
    return 0;
}

static int release(void **state)
{
    free(*state);
    return 0;
}

static void assert_within_bound(uint64_t value)
{
    uint64_t answer = histogram_highest(histogram_bucket_of(value));
    assert_true(answer >= value);
    assert_true(answer - value <= value / 1000);
}

static void every_value_up_to_a_million_is_within_a_thousandth(void **state)
{
    (void)state;
    for (uint64_t v = 0; v <= 1000000; v++)
        assert_within_bound(v);
}

static void a_hundred_thousand_values_up_to_an_hour_are_within_a_thousandth(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 7);
    for (int i = 0; i < 100000; i++)
        assert_within_bound(random_next(&random) >> (22 + random_next_below(&random, 40)));
}

static void the_edges_of_every_power_of_two_are_within_a_thousandth(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < HISTOGRAM_RANGE_BITS; bit++)
        for (int64_t d = -2; d <= 2; d++)
            assert_within_bound((uint64_t)((INT64_C(1) << bit) + d) & top);
    assert_within_bound(UINT64_C(3600) * 1000000000);
}

static void buckets_stand_side_by_side_without_a_gap(void **state)
{
    (void)state;
    assert_int_equal(histogram_bucket_of(0), 0);
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        assert_int_equal(histogram_bucket_of(histogram_highest(i)), i);
        if (i + 1 < HISTOGRAM_BUCKETS)
            assert_int_equal(histogram_bucket_of(histogram_highest(i) + 1), i + 1);
    }
    assert_int_equal(histogram_highest(HISTOGRAM_BUCKETS - 1), top);
}

static void a_time_over_the_range_counts_in_the_last_bucket_and_keeps_its_maximum(void **state)
{
    struct fixture *f = *state;
    histogram_add(&f->h, 5);
    histogram_add(&f->h, UINT64_C(1) << 50);
    assert_int_equal(f->h.bucket[HISTOGRAM_BUCKETS - 1], 1);
    assert_int_equal(f->h.max_ns, UINT64_C(1) << 50);
    assert_int_equal(histogram_percentile(&f->h, 100), UINT64_C(1) << 50);
}

static void an_empty_histogram_has_no_percentile(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(histogram_percentile(&f->h, 50), RECORD_UNKNOWN);
    assert_int_equal(f->h.count, 0);
}

static void the_percentiles_of_one_value_are_that_value(void **state)
{
    struct fixture *f = *state;
    histogram_add(&f->h, 123456789);
    assert_int_equal(histogram_percentile(&f->h, 0), 123456789);
    assert_int_equal(histogram_percentile(&f->h, 50), 123456789);
    assert_int_equal(histogram_percentile(&f->h, 99.99), 123456789);
}

/* One thousand values 1 to 1000, each exact. */
static void a_percentile_is_the_nearest_rank(void **state)
{
    struct fixture *f = *state;
    for (uint64_t v = 1000; v > 0; v--)
        histogram_add(&f->h, v);
    assert_int_equal(histogram_percentile(&f->h, 50), 500);
    assert_int_equal(histogram_percentile(&f->h, 90), 900);
    assert_int_equal(histogram_percentile(&f->h, 99), 990);
    assert_int_equal(histogram_percentile(&f->h, 99.9), 999);
    assert_int_equal(histogram_percentile(&f->h, 99.99), 1000);
    assert_int_equal(f->h.sum_ns, 500500);
    assert_int_equal(f->h.min_ns, 1);
    assert_int_equal(f->h.max_ns, 1000);
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void percentiles_agree_with_a_sorted_array(void **state)
{
    enum { VALUES = 20000 };
    struct fixture *f = *state;
    uint64_t *value = malloc(VALUES * sizeof *value);
    struct random random;
    random_seed(&random, 11);
    assert_non_null(value);
    for (size_t i = 0; i < VALUES; i++) {
        value[i] = random_next(&random) >> (26 + random_next_below(&random, 30));
        histogram_add(&f->h, value[i]);
    }
    qsort(value, VALUES, sizeof *value, by_size);
    const double percents[] = {0.1, 1, 10, 25, 50, 75, 90, 99, 99.9, 99.99, 100};
    for (size_t i = 0; i < sizeof percents / sizeof percents[0]; i++) {
        size_t rank = (size_t)(percents[i] / 100 * VALUES + 0.999);
        uint64_t exact = value[rank - 1], answer = histogram_percentile(&f->h, percents[i]);
        assert_true(answer >= exact && answer - exact <= exact / 1000);
    }
    free(value);
}

static void merging_is_the_same_as_adding_to_one(void **state)
{
    struct fixture *f = *state;
    struct random random;
    uint64_t expected_sum = 0;
    random_seed(&random, 3);
    for (int i = 0; i < 1000; i++) {
        uint64_t v = 10 + random_next_below(&random, 100000000);
        expected_sum += v;
        histogram_add(i % 3 ? &f->h : &f->other, v);
    }
    uint64_t least = f->h.min_ns < f->other.min_ns ? f->h.min_ns : f->other.min_ns;
    histogram_merge(&f->h, &f->other);
    assert_int_equal(f->h.count, 1000);
    assert_int_equal(f->h.sum_ns, expected_sum);
    assert_int_equal(f->h.min_ns, least);
}

static void merging_an_empty_one_changes_nothing(void **state)
{
    struct fixture *f = *state;
    histogram_add(&f->h, 77);
    histogram_merge(&f->h, &f->other);
    assert_int_equal(f->h.count, 1);
    assert_int_equal(f->h.min_ns, 77);
    assert_int_equal(f->h.max_ns, 77);
}

static void filled_buckets_give_the_same_percentiles_back(void **state)
{
    struct fixture *f = *state;
    struct record_bucket *sparse = malloc(HISTOGRAM_BUCKETS * sizeof *sparse);
    struct random random;
    random_seed(&random, 5);
    assert_non_null(sparse);
    for (int i = 0; i < 5000; i++)
        histogram_add(&f->h, random_next_below(&random, 1000000000));
    struct record_histogram list = {histogram_to_buckets(&f->h, sparse), sparse};
    for (size_t i = 1; i < list.count; i++)
        assert_true(sparse[i].value_ns > sparse[i - 1].value_ns);
    histogram_add_buckets(&f->other, &list);
    assert_int_equal(f->other.count, 5000);
    assert_int_equal(histogram_percentile(&f->other, 50), histogram_percentile(&f->h, 50));
    assert_int_equal(histogram_percentile(&f->other, 99.9), histogram_percentile(&f->h, 99.9));
    assert_memory_equal(f->bucket[0], f->bucket[1], sizeof f->bucket[0]);
    free(sparse);
}

static void a_cleared_histogram_is_empty(void **state)
{
    struct fixture *f = *state;
    histogram_add(&f->h, 1 << 20);
    histogram_clear(&f->h);
    assert_int_equal(f->h.count, 0);
    assert_int_equal(histogram_percentile(&f->h, 50), RECORD_UNKNOWN);
    assert_memory_equal(f->bucket[0], f->bucket[1], sizeof f->bucket[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_up_to_a_million_is_within_a_thousandth),
        cmocka_unit_test(a_hundred_thousand_values_up_to_an_hour_are_within_a_thousandth),
        cmocka_unit_test(the_edges_of_every_power_of_two_are_within_a_thousandth),
        cmocka_unit_test(buckets_stand_side_by_side_without_a_gap),
        cmocka_unit_test_setup_teardown(a_time_over_the_range_counts_in_the_last_bucket_and_keeps_its_maximum, open_two,
                                        release),
        cmocka_unit_test_setup_teardown(an_empty_histogram_has_no_percentile, open_two, release),
        cmocka_unit_test_setup_teardown(the_percentiles_of_one_value_are_that_value, open_two, release),
        cmocka_unit_test_setup_teardown(a_percentile_is_the_nearest_rank, open_two, release),
        cmocka_unit_test_setup_teardown(percentiles_agree_with_a_sorted_array, open_two, release),
        cmocka_unit_test_setup_teardown(merging_is_the_same_as_adding_to_one, open_two, release),
        cmocka_unit_test_setup_teardown(merging_an_empty_one_changes_nothing, open_two, release),
        cmocka_unit_test_setup_teardown(filled_buckets_give_the_same_percentiles_back, open_two, release),
        cmocka_unit_test_setup_teardown(a_cleared_histogram_is_empty, open_two, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
