/* test_slowdown.c - spinning for a share of the time, its parameter, and a run that is slower by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/record/record.h"
#include "harness/worker/meter.h"
#include "harness/worker/slowdown.h"
#include "tests/command.h"
#include "workloads/workload.h"

#define MS UINT64_C(1000000)

static void a_tenth_of_the_time_is_spun(void **state)
{
    (void)state;
    struct slowdown s = {.share = 0.1};
    uint64_t now_ns = meter_now_ns();
    slowdown_start(&s, now_ns - 20 * MS);
    uint64_t after_ns = slowdown_spin(&s, now_ns, 0);
    assert_true(after_ns - now_ns >= 2 * MS);
    assert_int_equal(s.spun_ns, after_ns - now_ns);
}

static void what_was_spun_is_not_owed_again(void **state)
{
    (void)state;
    struct slowdown s = {.share = 0.1};
    uint64_t now_ns = meter_now_ns();
    slowdown_start(&s, now_ns - 20 * MS);
    uint64_t after_ns = slowdown_spin(&s, now_ns, 0);
    assert_int_equal(slowdown_spin(&s, after_ns, 0), after_ns);
    assert_int_equal(s.spun_ns, after_ns - now_ns);
}

/* 9.9 us of work owe 990 ns at 10 %: not worth a reading of the clock. The end takes them too. */
static void less_than_a_microsecond_waits_for_the_next_request_or_the_end(void **state)
{
    (void)state;
    struct slowdown s = {.share = 0.1};
    uint64_t now_ns = meter_now_ns();
    slowdown_start(&s, now_ns - 9900);
    assert_int_equal(slowdown_spin(&s, now_ns, 0), now_ns);
    assert_int_equal(s.spun_ns, 0);
    slowdown_finish(&s, now_ns, 0);
    assert_true(s.spun_ns >= 990);
}

static void what_a_paced_program_waited_is_not_slowed_down(void **state)
{
    (void)state;
    struct slowdown s = {.share = 0.1};
    uint64_t now_ns = meter_now_ns();
    slowdown_start(&s, now_ns - 1000 * MS);
    assert_int_equal(slowdown_spin(&s, now_ns, 1000 * MS), now_ns);
    assert_int_equal(s.spun_ns, 0);
}

static void every_workload_takes_it_and_none_is_slowed_down_by_default(void **state)
{
    (void)state;
    for (size_t i = 0; i < workload_count; i++) {
        uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
        char error[512];
        workload_defaults(workloads[i], params);
        assert_true(workload_slowdown_percent(params) <= 0);
        assert_int_equal(workload_set_param(workloads[i], params, "slowdown_percent", "2.5", error, sizeof error), 0);
        assert_true(workload_slowdown_percent(params) > 2.4999 && workload_slowdown_percent(params) < 2.5001);
        assert_int_equal(workload_work_ns(params), 0);
        char text[32];
        size_t at = 0;
        while (strcmp(workload_param_at(workloads[i], at)->name, "slowdown_percent") != 0)
            at++;
        assert_int_equal(workload_set_param(workloads[i], params, "slowdown_percent", "5e1", error, sizeof error), 0);
        workload_param_text(workloads[i], params, at, text, sizeof text);
        assert_string_equal(text, "50");
        assert_int_equal(workload_set_param(workloads[i], params, "slowdown_percent", "1001", error, sizeof error), -1);
        assert_non_null(strstr(error, "is a number from 0 to 1000, not '1001'"));
    }
}

static struct run_record run(const char *runtime, const char *slowdown)
{
    struct command c;
    struct run_record record;
    char error[512];
    GCSWEEP(&c, "run", "chain", "--runtime", runtime, "--param", "total_objects=100000", "--param", slowdown,
            "--format", "json");
    if (c.status != 0)
        fail_msg("exit %d: %s", c.status, c.error);
    if (record_read(c.out, strlen(c.out), &record, error, sizeof error) != 0)
        fail_msg("%s", error);
    return record;
}

/* Ten times the time on top: a machine that stands still during a plain run can hide it, but not five times in a row.
 */
static void is_slower_and_the_same(const char *runtime)
{
    struct run_record plain = run(runtime, "slowdown_percent=0"), slow = run(runtime, "slowdown_percent=1000");
    for (int tries = 1; tries < 5 && slow.wall_ns <= 3 * plain.wall_ns; tries++) {
        record_free(&plain);
        plain = run(runtime, "slowdown_percent=0");
    }
    assert_true(slow.wall_ns > 3 * plain.wall_ns);
    assert_true(slow.checksum == plain.checksum);
    assert_true(slow.operations == plain.operations);
    assert_true(slow.gen0_collections == plain.gen0_collections);
    assert_non_null(strstr(slow.configuration, "slowdown_percent=1000"));
    record_free(&plain);
    record_free(&slow);
}

static void a_slowed_down_model_does_the_same_work(void **state)
{
    (void)state;
    is_slower_and_the_same("model");
}

static void a_slowed_down_cpython_does_the_same_work(void **state)
{
    (void)state;
    if (access(built("gcsweep-worker-cpython"), X_OK) != 0)
        skip();
    is_slower_and_the_same("cpython");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tenth_of_the_time_is_spun),
        cmocka_unit_test(what_was_spun_is_not_owed_again),
        cmocka_unit_test(less_than_a_microsecond_waits_for_the_next_request_or_the_end),
        cmocka_unit_test(what_a_paced_program_waited_is_not_slowed_down),
        cmocka_unit_test(every_workload_takes_it_and_none_is_slowed_down_by_default),
        cmocka_unit_test(a_slowed_down_model_does_the_same_work),
        cmocka_unit_test(a_slowed_down_cpython_does_the_same_work),
    };
    return cmocka_run_group_tests_name("slow-down", tests, NULL, NULL);
}
