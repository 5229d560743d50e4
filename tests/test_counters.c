/* test_counters.c - hardware counters: counting, and a machine that has none.
 *
 * Software events go the same way through the kernel as hardware's, and every
 * machine has them, unless it lets nobody ask.
 */
#include "harness/worker/counters.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

/* An event of a type that no kernel has. */
#define IMPOSSIBLE     \
    {                  \
        0xFFFFFFF0u, 0 \
    }

static const struct counter_event software[COUNTERS] = {
    [COUNTER_CYCLES] = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
    [COUNTER_INSTRUCTIONS] = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
    [COUNTER_CACHE_MISSES] = IMPOSSIBLE,
    [COUNTER_BRANCH_MISSES] = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
    [COUNTER_DTLB_MISSES] = IMPOSSIBLE,
};

static void touch_pages(size_t pages)
{
    char *memory = mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    madvise(memory, pages * 4096, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < pages; i++)
        ((volatile char *)memory)[i * 4096] = 1;
    munmap(memory, pages * 4096);
}

/* False where this kernel lets nobody count anything. */
static bool open_software(struct counters *c)
{
    int failed = counters_open(c, software);
    assert_int_not_equal(failed, 0); /* of the impossible ones */
    return c->open[COUNTER_CYCLES];
}

static void only_what_happens_between_start_and_stop_is_counted(void **state)
{
    (void)state;
    struct counters c;
    if (!open_software(&c))
        skip();
    touch_pages(100);
    counters_start(&c);
    touch_pages(500);
    counters_stop(&c);
    touch_pages(100);
    uint64_t faults = counters_read(&c, COUNTER_INSTRUCTIONS);
    assert_in_range(faults, 500, 590);
    assert_true(counters_read(&c, COUNTER_CYCLES) > 0);
    counters_start(&c);
    touch_pages(50);
    counters_stop(&c);
    assert_in_range(counters_read(&c, COUNTER_INSTRUCTIONS), 50, 140);
    counters_close(&c);
}

static void what_the_machine_does_not_have_stays_unknown_and_the_rest_is_counted(void **state)
{
    (void)state;
    struct counters c;
    struct run_record r;
    record_clear(&r);
    if (!open_software(&c))
        skip();
    counters_start(&c);
    touch_pages(20);
    counters_stop(&c);
    counters_record(&c, &r);
    assert_int_equal(r.counter_cache_misses, RECORD_UNKNOWN);
    assert_int_equal(r.counter_dtlb_misses, RECORD_UNKNOWN);
    assert_int_not_equal(r.counter_cycles, RECORD_UNKNOWN);
    assert_true(r.counter_instructions >= 20);
    counters_close(&c);
    for (int i = 0; i < COUNTERS; i++)
        assert_int_equal(counters_read(&c, (enum counter)i), RECORD_UNKNOWN);
}

static void closed_counters_can_be_used_and_say_nothing(void **state)
{
    (void)state;
    struct counters c = {0};
    counters_start(&c);
    counters_stop(&c);
    for (int i = 0; i < COUNTERS; i++)
        assert_int_equal(counters_read(&c, (enum counter)i), RECORD_UNKNOWN);
    counters_close(&c);
}

static void a_counter_that_never_ran_is_unknown_not_0(void **state)
{
    (void)state;
    struct counters c;
    if (!open_software(&c))
        skip();
    assert_int_equal(counters_read(&c, COUNTER_CYCLES), RECORD_UNKNOWN);
    counters_close(&c);
}

static void every_refusal_has_its_reason(void **state)
{
    (void)state;
    assert_non_null(strstr(counters_excuse(ENOENT), "virtual"));
    assert_non_null(strstr(counters_excuse(EACCES), "perf_event_paranoid"));
    assert_non_null(strstr(counters_excuse(EPERM), "perf_event_paranoid"));
    assert_non_null(strstr(counters_excuse(ENOSYS), "perf_event_open"));
    assert_string_equal(counters_excuse(EMFILE), strerror(EMFILE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_happens_between_start_and_stop_is_counted),
        cmocka_unit_test(what_the_machine_does_not_have_stays_unknown_and_the_rest_is_counted),
        cmocka_unit_test(closed_counters_can_be_used_and_say_nothing),
        cmocka_unit_test(a_counter_that_never_ran_is_unknown_not_0),
        cmocka_unit_test(every_refusal_has_its_reason),
    };
    return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}
