/* test_work.c - the work before each allocation: its spin, its parameter, and the cases of work_cases.h on the model.
 */
#include "tests/work_cases.h"

#include <math.h>

#include "harness/sweep/plan.h"

static void the_spin_makes_as_many_passes_as_it_is_told(void **state)
{
    (void)state;
    static const uint64_t loops[] = {0, 1, 2, 3, 1000, 123457};
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++)
        assert_int_equal(work_spin(loops[i]), loops[i]);
}

static void nanoseconds_become_passes_at_the_measured_speed(void **state)
{
    (void)state;
    static const struct {
        uint64_t ns;
        double loops_per_ns;
        uint64_t loops;
    } table[] = {
        {0, 3, 0},
        {1, 3, 3},
        {100, 3.25, 325},
        {100, 0.5, 50},
        {1, 0.1, 1},
        {3, 0.5, 2},
        {1000000000, 4, 4000000000},
        {100, 0, 1},
        {1000, 1e300, UINT64_MAX},
        {1, NAN, 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(work_loops(table[i].ns, table[i].loops_per_ns), table[i].loops);
}

static void the_speed_of_the_spin_is_a_number_above_0(void **state)
{
    (void)state;
    double speed = work_calibrate();
    assert_true(isfinite(speed) && speed > 0);
}

static void every_workload_has_the_parameter_last_and_0_by_default(void **state)
{
    (void)state;
    for (size_t i = 0; i < workload_count; i++) {
        const struct workload *w = workloads[i];
        uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
        char error[512], text[64];
        size_t last = 0;
        memset(params, 0xAA, sizeof params);
        workload_defaults(w, params);
        assert_int_equal(workload_work_ns(params), 0);
        while (workload_param_at(w, last + 1))
            last++;
        assert_string_equal(workload_param_at(w, last)->name, "work_ns");
        assert_int_equal(workload_set_param(w, params, "work_ns", "250", error, sizeof error), 0);
        assert_int_equal(workload_work_ns(params), 250);
        workload_param_text(w, params, last, text, sizeof text);
        assert_string_equal(text, "250");
    }
}

static void work_out_of_range_is_refused_with_the_range_named(void **state)
{
    (void)state;
    const struct workload *chain = find_workload("chain");
    uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
    static const char *const bad[] = {"", "-1", "1.5", "1000000001", "fast"};
    char error[512];
    workload_defaults(chain, params);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(workload_set_param(chain, params, "work_ns", bad[i], error, sizeof error), -1);
        assert_non_null(strstr(error, "parameter work_ns of workload chain is an integer from 0 to 1000000000"));
        assert_int_equal(workload_work_ns(params), 0);
    }
}

/* With chain and linked-list in the plan, both have it; what is not the default stands in the name. */
static void work_is_part_of_every_configurations_name(void **state)
{
    (void)state;
    struct plan plan;
    struct plan_configuration *list = NULL;
    size_t count = 0;
    char error[512];
    plan_init(&plan);
    assert_int_equal(plan_add_workload(&plan, "chain", error, sizeof error), 0);
    assert_int_equal(plan_add_workload(&plan, "linked-list", error, sizeof error), 0);
    assert_int_equal(plan_add_param(&plan, "work_ns=0120", error, sizeof error), 0);
    assert_int_equal(plan_finish(&plan, error, sizeof error), 0);
    assert_int_equal(plan_configurations(&plan, &list, &count, error, sizeof error), 0);
    assert_int_equal(count, 4);
    assert_string_equal(list[0].key, "chain[work_ns=120] scale=1 seed=1 model pymalloc cpython-3.11 700,10,10 plain");
    assert_int_equal(strncmp(list[2].key, "linked-list[work_ns=120] ", 25), 0);
    free(list);
    plan_free(&plan);
}

int main(void)
{
    const struct CMUnitTest own[] = {
        cmocka_unit_test(the_spin_makes_as_many_passes_as_it_is_told),
        cmocka_unit_test(nanoseconds_become_passes_at_the_measured_speed),
        cmocka_unit_test(the_speed_of_the_spin_is_a_number_above_0),
        cmocka_unit_test(every_workload_has_the_parameter_last_and_0_by_default),
        cmocka_unit_test(work_out_of_range_is_refused_with_the_range_named),
        cmocka_unit_test(work_is_part_of_every_configurations_name),
    };
    int failed = cmocka_run_group_tests_name("work, on the model", work_cases, NULL, NULL);
    return failed + cmocka_run_group_tests_name("work", own, NULL, NULL);
}
