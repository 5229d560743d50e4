/* test_mmu.c - minimum mutator utilization against paper and brute force. */
#include "harness/worker/mmu.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "workloads/random.h"

enum { MOST_PAUSES = 6, LENGTH = 48, TIMELINES = 1000000 };

static void assert_near(double x, double right)
{
    if (!(fabs(x - right) < 1e-9))
        fail_msg("%.12g, not %.12g", x, right);
}

/* ---- On paper ---- */

static void two_pauses_give_what_paper_says(void **state)
{
    (void)state;
    const struct record_span pauses[] = {{20, 10}, {40, 10}};
    static const uint64_t answer[][2] = {{10, 10}, {15, 10}, {20, 10}, {25, 15}, {30, 20}, {60, 20}, {100, 20}};
    for (size_t i = 0; i < sizeof answer / sizeof answer[0]; i++)
        assert_int_equal(mmu_most_paused_ns(pauses, 2, 100, answer[i][0]), answer[i][1]);
}

static void a_pause_at_either_edge_of_the_run_counts(void **state)
{
    (void)state;
    const struct record_span first[] = {{0, 10}}, last[] = {{90, 10}};
    assert_int_equal(mmu_most_paused_ns(first, 1, 100, 50), 10);
    assert_int_equal(mmu_most_paused_ns(last, 1, 100, 50), 10);
    assert_int_equal(mmu_most_paused_ns(first, 1, 100, 5), 5);
    assert_int_equal(mmu_most_paused_ns(last, 1, 100, 5), 5);
}

/* The window that starts with the pause at 70 would reach beyond the run. */
static void a_window_lies_wholly_inside_the_run(void **state)
{
    (void)state;
    const struct record_span pauses[] = {{70, 10}, {95, 5}};
    assert_int_equal(mmu_most_paused_ns(pauses, 2, 100, 40), 15);
    assert_int_equal(mmu_most_paused_ns(pauses, 2, 100, 29), 14);
}

static void without_a_pause_the_program_has_all_of_the_time(void **state)
{
    (void)state;
    struct record_utilization mmu[MMU_WINDOWS_MOST], bmu[MMU_WINDOWS_MOST];
    assert_int_equal(mmu_most_paused_ns(NULL, 0, 100, 10), 0);
    size_t count = mmu_curves(NULL, 0, 20000, mmu, bmu);
    assert_true(count > 1);
    for (size_t i = 0; i < count; i++)
        assert_true(mmu[i].utilization >= 1 && bmu[i].utilization >= 1);
}

/* ---- Against brute force ---- */

struct timeline {
    struct record_span pause[MOST_PAUSES];
    size_t count;
    uint64_t length;
};

/* Gaps and pauses of 0 to 7, at most MOST_PAUSES of them. */
static void draw(struct random *random, struct timeline *t)
{
    uint64_t at = 0;
    t->count = 0;
    t->length = 1 + random_next_below(random, LENGTH);
    size_t most = random_next_below(random, MOST_PAUSES + 1);
    while (t->count < most) {
        uint64_t bits = random_next(random), gap = bits & 7, duration = bits >> 8 & 7;
        if (at + gap + duration > t->length)
            break;
        t->pause[t->count++] = (struct record_span){at + gap, duration};
        at += gap + duration;
    }
}

/* Every window at every whole time; paused[i] says whether i to i + 1 is. */
static uint64_t by_brute_force(const struct timeline *t, uint64_t window)
{
    unsigned char paused[LENGTH + 1] = {0};
    for (size_t i = 0; i < t->count; i++)
        memset(paused + t->pause[i].start_ns, 1, t->pause[i].duration_ns);
    uint64_t sum = 0, most;
    for (uint64_t i = 0; i < window; i++)
        sum += paused[i];
    most = sum;
    for (uint64_t start = 1; start + window <= t->length; start++) {
        sum = sum + paused[start + window - 1] - paused[start - 1];
        most = sum > most ? sum : most;
    }
    return most;
}

static void a_million_random_timelines_agree_with_brute_force(void **state)
{
    (void)state;
    struct random random;
    random_seed(&random, 4);
    for (uint64_t i = 0; i < TIMELINES; i++) {
        struct timeline t;
        draw(&random, &t);
        uint64_t window = 1 + random_next_below(&random, t.length);
        uint64_t found = mmu_most_paused_ns(t.pause, t.count, t.length, window), right = by_brute_force(&t, window);
        if (found != right)
            fail_msg("timeline %zu: window %zu of %zu, %zu pauses: %zu, not %zu", (size_t)i, (size_t)window,
                     (size_t)t.length, t.count, (size_t)found, (size_t)right);
    }
}

/* ---- Pauses that hold others ---- */

static void a_collection_inside_a_release_is_no_second_pause(void **state)
{
    (void)state;
    /* In the order of their ends. */
    struct record_span pauses[] = {{5, 5}, {22, 3}, {26, 2}, {20, 20}, {50, 10}};
    const struct record_span disjoint[] = {{5, 5}, {20, 20}, {50, 10}};
    assert_int_equal(mmu_merge(pauses, 5), 3);
    assert_memory_equal(pauses, disjoint, sizeof disjoint);
}

static void overlapping_pauses_become_one(void **state)
{
    (void)state;
    struct record_span pauses[] = {{5, 10}, {10, 10}, {20, 1}};
    const struct record_span disjoint[] = {{5, 15}, {20, 1}};
    assert_int_equal(mmu_merge(pauses, 3), 2);
    assert_memory_equal(pauses, disjoint, sizeof disjoint);
    assert_int_equal(mmu_merge(NULL, 0), 0);
}

/* ---- Curves ---- */

static void windows_go_from_ten_microseconds_to_the_run_ten_a_decade(void **state)
{
    (void)state;
    struct record_utilization mmu[MMU_WINDOWS_MOST], bmu[MMU_WINDOWS_MOST];
    size_t count = mmu_curves(NULL, 0, 3000000000, mmu, bmu);
    assert_int_equal(mmu[0].window_ns, 10000);
    assert_int_equal(mmu[10].window_ns, 100000);
    assert_int_equal(mmu[30].window_ns, 10000000);
    assert_int_equal(mmu[count - 1].window_ns, 3000000000);
    for (size_t i = 1; i < count; i++)
        assert_true(mmu[i].window_ns > mmu[i - 1].window_ns);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(bmu[i].window_ns, mmu[i].window_ns);
}

static void a_run_shorter_than_the_first_window_has_one_and_an_empty_one_none(void **state)
{
    (void)state;
    struct record_utilization mmu[MMU_WINDOWS_MOST], bmu[MMU_WINDOWS_MOST];
    const struct record_span pause[] = {{0, 250}};
    assert_int_equal(mmu_curves(pause, 1, 1000, mmu, bmu), 1);
    assert_int_equal(mmu[0].window_ns, 1000);
    assert_near(mmu[0].utilization, 0.75);
    assert_int_equal(mmu_curves(NULL, 0, 0, mmu, bmu), 0);
}

static void the_longest_time_there_is_fits_the_curves(void **state)
{
    (void)state;
    struct record_utilization mmu[MMU_WINDOWS_MOST], bmu[MMU_WINDOWS_MOST];
    assert_true(mmu_curves(NULL, 0, UINT64_MAX, mmu, bmu) <= MMU_WINDOWS_MOST);
}

/* Two pauses of 8 us, 10 us apart: a window of 10 us meets one, a window of
 * 25,119 ns both: MMU falls where windows grow, BMU does not rise before it. */
static void bmu_is_the_least_mmu_of_all_windows_at_least_as_long(void **state)
{
    (void)state;
    struct record_utilization mmu[MMU_WINDOWS_MOST], bmu[MMU_WINDOWS_MOST];
    const struct record_span pauses[] = {{100000, 8000}, {117119, 8000}};
    size_t count = mmu_curves(pauses, 2, 1000000, mmu, bmu);
    assert_near(mmu[3].utilization, 1 - 8000.0 / 19953 - (19953 - 17119) / 19953.0);
    assert_near(mmu[4].utilization, 1 - 16000.0 / 25119);
    assert_true(mmu[4].utilization < mmu[3].utilization);
    assert_near(bmu[3].utilization, mmu[4].utilization);
    for (size_t i = 0; i < count; i++) {
        double least = 1;
        for (size_t k = i; k < count; k++)
            least = mmu[k].utilization < least ? mmu[k].utilization : least;
        assert_near(bmu[i].utilization, least);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_pauses_give_what_paper_says),
        cmocka_unit_test(a_pause_at_either_edge_of_the_run_counts),
        cmocka_unit_test(a_window_lies_wholly_inside_the_run),
        cmocka_unit_test(without_a_pause_the_program_has_all_of_the_time),
        cmocka_unit_test(a_million_random_timelines_agree_with_brute_force),
        cmocka_unit_test(a_collection_inside_a_release_is_no_second_pause),
        cmocka_unit_test(overlapping_pauses_become_one),
        cmocka_unit_test(windows_go_from_ten_microseconds_to_the_run_ten_a_decade),
        cmocka_unit_test(a_run_shorter_than_the_first_window_has_one_and_an_empty_one_none),
        cmocka_unit_test(the_longest_time_there_is_fits_the_curves),
        cmocka_unit_test(bmu_is_the_least_mmu_of_all_windows_at_least_as_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
