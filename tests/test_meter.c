/* test_meter.c - what the worker measures with: pauses, resident memory, and
 * memory of its own.
 */
#include "harness/worker/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

#include "harness/worker/rss.h"
#include "harness/worker/scratch.h"
#include "workloads/random.h"

static int open_meter(void **state)
{
    *state = calloc(1, sizeof(struct meter));
    if (!*state)
        return -1;
    meter_open(*state);
    return 0;
}

static int release(void **state)
{
    free(*state);
    return 0;
}

static void pauses_outside_the_region_are_not_counted(void **state)
{
    struct meter *m = *state;
    meter_pause(m, 0, 100, 200);
    meter_start(m, 1000);
    meter_pause(m, 0, 1100, 1150);
    meter_pause(m, 2, 1300, 1400);
    meter_stop(m);
    meter_pause(m, 1, 2000, 9000);
    assert_int_equal(meter_pauses(m), 2);
    assert_int_equal(meter_gc_ns(m), 150);
    assert_int_equal(m->kind[0].count, 1);
    assert_int_equal(m->kind[1].count, 0);
    assert_int_equal(m->kind[2].sum_ns, 100);
}

static void a_pause_knows_its_start_since_the_regions_and_its_kind(void **state)
{
    struct meter *m = *state;
    meter_start(m, 1000);
    meter_pause(m, 1, 1100, 1150);
    meter_stop(m);
    assert_int_equal(m->longest_count, 1);
    assert_int_equal(m->longest[0].start_ns, 100);
    assert_int_equal(m->longest[0].duration_ns, 50);
    assert_int_equal(m->longest[0].kind, 1);
}

static int longest_first(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

static void record_random(struct meter *m, uint64_t *duration, size_t count, uint64_t below)
{
    struct random random;
    random_seed(&random, 9);
    meter_start(m, 0);
    for (size_t i = 0; i < count; i++) {
        duration[i] = random_next_below(&random, below);
        meter_pause(m, (int)(i % 3), i * 1000, i * 1000 + duration[i]);
    }
    meter_stop(m);
    qsort(duration, count, sizeof *duration, longest_first);
}

static void the_thousand_longest_of_many_are_kept_longest_first(void **state)
{
    enum { PAUSES = 20000 };
    static uint64_t duration[PAUSES];
    struct meter *m = *state;
    record_random(m, duration, PAUSES, 1000000);
    assert_int_equal(m->longest_count, METER_LONGEST);
    for (size_t i = 0; i < METER_LONGEST; i++)
        assert_int_equal(m->longest[i].duration_ns, duration[i]);
}

static void of_pauses_alike_the_first_ones_are_kept_in_their_order(void **state)
{
    struct meter *m = *state;
    meter_start(m, 0);
    for (uint64_t i = 0; i < 5000; i++)
        meter_pause(m, 0, i, i + 10);
    meter_stop(m);
    for (uint64_t i = 0; i < METER_LONGEST; i++)
        assert_int_equal(m->longest[i].start_ns, i);
}

static void fewer_than_a_thousand_are_all_kept(void **state)
{
    static uint64_t duration[777];
    struct meter *m = *state;
    record_random(m, duration, 777, 50); /* many alike */
    assert_int_equal(m->longest_count, 777);
    for (size_t i = 0; i < 777; i++)
        assert_int_equal(m->longest[i].duration_ns, duration[i]);
}

static void calibration_leaves_the_meter_empty(void **state)
{
    struct meter *m = *state;
    assert_true(meter_calibrate(m) > 0);
    assert_true(m->pause_cost_ns > 0);
    assert_int_equal(meter_pauses(m), 0);
    assert_int_equal(m->longest_count, 0);
    assert_false(m->running);
    for (size_t g = 0; g < RECORD_PAUSE_KINDS; g++)
        for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
            assert_int_equal(m->bucket[g][i], 0);
}

enum { MANY_BYTES = 64 << 20 };

static void touched_memory_is_resident_and_lazy_memory_is_not(void **state)
{
    (void)state;
    uint64_t before = rss_read().now_bytes;
    char *lazy = scratch_lazy(MANY_BYTES);
    uint64_t with_lazy = rss_read().now_bytes;
    char *touched = scratch_touched(MANY_BYTES);
    uint64_t with_touched = rss_read().now_bytes;
    assert_non_null(lazy);
    assert_non_null(touched);
    assert_true(with_lazy < before + MANY_BYTES / 8);
    assert_true(with_touched > with_lazy + MANY_BYTES - MANY_BYTES / 8);
    assert_int_equal(touched[MANY_BYTES - 1], 0);
    munmap(lazy, MANY_BYTES);
    munmap(touched, MANY_BYTES);
}

static void the_peak_stays_when_memory_goes_back(void **state)
{
    (void)state;
    void *memory = scratch_touched(MANY_BYTES);
    assert_non_null(memory);
    munmap(memory, MANY_BYTES);
    struct rss rss = rss_read();
    assert_true(rss.peak_bytes != RECORD_UNKNOWN && rss.now_bytes != RECORD_UNKNOWN);
    assert_true(rss.peak_bytes > rss.now_bytes + MANY_BYTES / 2);
    assert_int_equal(rss.peak_bytes % 1024, 0);
}

static void more_memory_than_there_is_is_null(void **state)
{
    (void)state;
    assert_null(scratch_lazy(SIZE_MAX / 2));
    assert_null(scratch_touched(SIZE_MAX / 2));
}

#define WITH_METER(test) cmocka_unit_test_setup_teardown(test, open_meter, release)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_METER(pauses_outside_the_region_are_not_counted),
        WITH_METER(a_pause_knows_its_start_since_the_regions_and_its_kind),
        WITH_METER(the_thousand_longest_of_many_are_kept_longest_first),
        WITH_METER(of_pauses_alike_the_first_ones_are_kept_in_their_order),
        WITH_METER(fewer_than_a_thousand_are_all_kept),
        WITH_METER(calibration_leaves_the_meter_empty),
        cmocka_unit_test(touched_memory_is_resident_and_lazy_memory_is_not),
        cmocka_unit_test(the_peak_stays_when_memory_goes_back),
        cmocka_unit_test(more_memory_than_there_is_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
