/* test_values.c - the cases of value_cases.h on the model, and what the model alone promises. */
#include "tests/value_cases.h"

/* What a callback must not do: it ends there. */
static void run_out_of_memory(struct mutator *m, value ref)
{
    (void)ref;
    mutator_push(m, 1);
    called_back++;
    mutator_out_of_memory(m);
}

static int open_greedy(void **state)
{
    return open_with_callback(state, run_out_of_memory);
}

static void a_callback_that_runs_out_of_memory_ends_alone(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 3);
    slot[0] = new_set(m, NULL, 0);
    slot[1] = new_weakref(m, slot[0], true);
    slot[2] = new_weakref(m, slot[0], true);
    value_replace(m, &slot[0], NULL);
    assert_int_equal(called_back, 2);
    assert_int_equal(m->frames, 1);
    mutator_pop(m);
}

int main(void)
{
    const struct CMUnitTest own[] = {
        cmocka_unit_test_setup_teardown(a_callback_that_runs_out_of_memory_ends_alone, open_greedy, close_values),
    };
    int failed = cmocka_run_group_tests_name("values", value_cases, NULL, NULL);
    return failed + cmocka_run_group_tests_name("values, on the model", own, NULL, NULL);
}
