/* test_reference_objects.c - the real CPython behind mutator.h: its objects, finalizers and out of memory. */
#include "tests/cpython/fixture.h"

#include <sys/resource.h>

/* ---- Objects ---- */

static void slots_are_kept_apart_and_read_as_python_reads_them(void **state)
{
    struct mutator *m = *state;
    value *object = mutator_push(m, 1);
    *object = new_slots(m, TEN);
    for (unsigned i = 0; i < 12; i++)
        assert_null(value_slot_get(*object, i));
    for (unsigned i = 0; i < 12; i++)
        value_slot_set(m, *object, i, new_int(m, 1000 + i));
    for (unsigned i = 0; i < 12; i++) {
        char name[8];
        snprintf(name, sizeof name, "s%02u", i);
        PyObject *seen = PyObject_GetAttrString(*object, name);
        assert_ptr_equal(seen, value_slot_get(*object, i));
        assert_int_equal(value_int(seen), 1000 + i);
        Py_DECREF(seen);
    }
    value_slot_set(m, *object, 3, NULL);
    assert_null(value_slot_get(*object, 3));
    mutator_pop(m);
}

static void an_instance_is_tracked_with_and_without_slots(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 2);
    slot[0] = new_slots(m, BARE);
    assert_counts(m, 1, 0, 0);
    assert_objects(m, 1, 0, 0);
    slot[1] = new_slots(m, PAIR);
    assert_counts(m, 2, 0, 0);
    assert_objects(m, 2, 0, 0);
    mutator_pop(m);
    assert_counts(m, 0, 0, 0);
    assert_int_equal(finalized[BARE], 1);
}

static void a_finalizer_is_called_once_by_the_last_reference(void **state)
{
    struct mutator *m = *state;
    value *object = mutator_push(m, 1);
    *object = new_slots(m, LOUD);
    value_slot_set(m, *object, 1, new_int(m, 4711));
    assert_int_equal(finalized[LOUD], 0);
    mutator_pop(m);
    assert_int_equal(finalized[LOUD], 1);
    assert_int_equal(finalized_payload, 4711);
    runtime_collect(m, 2);
    assert_int_equal(finalized[LOUD], 1);
    assert_counts(m, 0, 0, 0);
}

static void a_finalizer_in_a_cycle_is_called_once_by_the_collector(void **state)
{
    struct mutator *m = *state;
    value *object = mutator_push(m, 1);
    for (int i = 0; i < 100; i++) {
        value_replace(m, object, new_slots(m, LOUD));
        value_slot_set(m, *object, 1, new_int(m, i));
        value_slot_set(m, *object, 0, value_keep(*object));
    }
    mutator_pop(m);
    assert_int_equal(finalized[LOUD], 0);
    assert_int_equal(runtime_collect(m, 2), 100);
    assert_int_equal(finalized[LOUD], 100);
    assert_int_equal(runtime_collect(m, 2), 0);
    assert_int_equal(finalized[LOUD], 100);
}

static void closing_finalizes_what_is_left_in_cycles(void **state)
{
    struct mutator *m = *state;
    value *object = mutator_push(m, 1);
    *object = new_slots(m, LOUD);
    value_slot_set(m, *object, 1, new_int(m, 1));
    value_slot_set(m, *object, 0, value_keep(*object));
    runtime_freeze(m);
    mutator_pop(m);
    close_runtime(state);
    unsigned seen = finalized[LOUD];
    assert_int_equal(open_runtime(state), 0);
    assert_int_equal(seen, 1);
}

static void lists_behave_as_in_python(void **state)
{
    struct mutator *m = *state;
    value *list = mutator_push(m, 1);
    *list = new_list(m, 3);
    for (unsigned i = 0; i < 3; i++)
        assert_ptr_equal(value_list_get(*list, i), Py_None);
    for (unsigned i = 0; i < 3; i++)
        value_list_set(m, *list, i, new_int(m, 10 + i));
    value_list_append(m, *list, new_float(m, 0.5));
    value_list_delete(m, *list, 1);
    assert_int_equal(value_list_length(*list), 3);
    assert_int_equal(value_int(value_list_get(*list, 0)), 10);
    assert_int_equal(value_int(value_list_get(*list, 1)), 12);
    assert_true(value_float(value_list_get(*list, 2)) == 0.5);
    value_list_clear(m, *list);
    assert_int_equal(value_list_length(*list), 0);
    value_list_clear(m, *list);
    mutator_pop(m);
}

static void storing_takes_the_callers_reference_over(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 4);
    slot[0] = new_list(m, 0);
    slot[1] = new_list(m, 1);
    slot[2] = new_slots(m, PAIR);
    assert_int_equal(Py_REFCNT(slot[0]), 1);
    value_list_append(m, slot[1], value_keep(slot[0]));
    value_list_set(m, slot[1], 0, value_keep(slot[0]));
    value_slot_set(m, slot[2], 1, value_keep(slot[0]));
    assert_int_equal(Py_REFCNT(slot[0]), 4);
    slot[3] = new_tuple(m, slot, 3);
    assert_int_equal(Py_REFCNT(slot[0]), 5);
    assert_ptr_equal(value_tuple_get(slot[3], 2), slot[2]);
    value_drop(m, value_take(&slot[3]));
    value_list_delete(m, slot[1], 1);
    value_list_clear(m, slot[1]);
    value_slot_set(m, slot[2], 1, NULL);
    assert_int_equal(Py_REFCNT(slot[0]), 1);
    mutator_pop(m);
}

static void bytes_can_be_written(void **state)
{
    struct mutator *m = *state;
    value *bytes = mutator_push(m, 1);
    *bytes = new_bytes(m, 1000);
    memset(value_bytes(*bytes), 'x', 1000);
    assert_int_equal(PyBytes_GET_SIZE(*bytes), 1000);
    assert_int_equal(value_bytes(*bytes)[1000], 0);
    assert_counts(m, 0, 0, 0);
    mutator_pop(m);
}

/* ---- Running out of memory ---- */

static void ask_for_too_much(struct mutator *m)
{
    value *slot = mutator_push(m, 2);
    slot[0] = new_slots(m, LOUD);
    value_slot_set(m, slot[0], 1, new_int(m, 5));
    slot[1] = new_list(m, SIZE_MAX / sizeof(value)); /* more bytes than an address can count */
}

static void ask_for_too_many_bytes(struct mutator *m)
{
    (void)new_bytes(m, SIZE_MAX - 8);
}

static void out_of_memory_leaves_the_workload_and_no_exception(void **state)
{
    struct mutator *m = *state;
    assert_int_not_equal(mutator_guard(m, ask_for_too_much), 0);
    assert_null(PyErr_Occurred());
    assert_int_equal(finalized[LOUD], 1);
    assert_int_not_equal(mutator_guard(m, ask_for_too_many_bytes), 0);
    assert_null(PyErr_Occurred());
    assert_objects(m, 0, 0, 0);
}

static value *full_list;

static void append_without_end(struct mutator *m)
{
    full_list = mutator_push(m, 1);
    *full_list = new_list(m, 0);
    for (;;) {
        value object = new_slots(m, LOUD);
        value_slot_set(m, object, 1, new_int(m, 5));
        value_list_append(m, *full_list, object);
    }
}

static void a_limit_on_memory_ends_the_workload_in_order(void **state)
{
    struct mutator *m = *state;
#ifdef GCSWEEP_SANITIZED
    skip(); /* a sanitizer's shadow memory does not fit below any limit */
#endif
    struct rlimit before, limit;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    limit = before;
    limit.rlim_cur = 256u << 20;
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    int status = mutator_guard(m, append_without_end);
    setrlimit(RLIMIT_AS, &before);
    assert_int_not_equal(status, 0);
    assert_null(PyErr_Occurred());
    assert_true(finalized[LOUD] > 100000);
    runtime_collect(m, 2);
    assert_objects(m, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(slots_are_kept_apart_and_read_as_python_reads_them),
        TEST(an_instance_is_tracked_with_and_without_slots),
        TEST(a_finalizer_is_called_once_by_the_last_reference),
        TEST(a_finalizer_in_a_cycle_is_called_once_by_the_collector),
        TEST(closing_finalizes_what_is_left_in_cycles),
        TEST(lists_behave_as_in_python),
        TEST(storing_takes_the_callers_reference_over),
        TEST(bytes_can_be_written),
        TEST(out_of_memory_leaves_the_workload_and_no_exception),
        TEST(a_limit_on_memory_ends_the_workload_in_order),
    };
    return cmocka_run_group_tests_name("reference objects", tests, NULL, NULL);
}
