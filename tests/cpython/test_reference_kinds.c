/* test_reference_kinds.c - the real CPython behind mutator.h: attributes, dicts, strings, sets, functions, weak
 * references, and what is told about a value without disturbing it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "workloads/mutator.h"

enum { PLAIN, LOUD };

static struct mutator mutator;
static unsigned finalized, called_back, pauses;
static value last_called;

static void count_finalized(struct mutator *m, value self)
{
    (void)m, (void)self;
    finalized++;
}

static void count_called(struct mutator *m, value ref)
{
    (void)m;
    assert_null(value_deref(ref));
    called_back++;
    last_called = ref;
}

static void count_pause(void *context, int generation, uint64_t start_ns, uint64_t end_ns)
{
    (void)context, (void)generation;
    assert_true(start_ns <= end_ns);
    pauses++;
}

static const struct workload_class classes[] = {
    {.name = "Plain", .dict = true},
    {.name = "Loud", .dict = true, .finalizer = count_finalized},
    {0},
};

static int open_runtime(void **state)
{
    static value memory[MUTATOR_MEMORY_BYTES / sizeof(value) + 1];
    static const struct runtime_options options = {
        .pools = true, .classes = classes, .on_weakref = count_called, .on_pause = count_pause};
    char error[256];
    memset(memory, 0, sizeof memory);
    finalized = called_back = pauses = 0;
    *state = &mutator;
    if (mutator_open(&mutator, memory, &options, NULL, 1, 1, error, sizeof error) == 0)
        return 0;
    fprintf(stderr, "%s\n", error);
    return -1;
}

static int close_runtime(void **state)
{
    mutator_close(*state);
    return 0;
}

static value interned(struct mutator *m, const char *text)
{
    return new_interned(m, text, strlen(text));
}

static int64_t count_of_new(struct mutator *m)
{
    int64_t count[GENERATIONS];
    runtime_get_count(m, count);
    return count[0];
}

/* ---- Attributes and keys ---- */

static void set_read_and_delete(struct mutator *m, value holder)
{
    value *key = mutator_push(m, 2);
    key[0] = interned(m, "alpha");
    key[1] = interned(m, "beta");
    assert_null(value_key_get(m, holder, key[0]));
    value_key_set(m, holder, key[0], new_int(m, 1000));
    value_key_set(m, holder, key[1], new_int(m, 2000));
    value_key_set(m, holder, key[0], new_int(m, 3000));
    assert_int_equal(value_int(value_key_get(m, holder, key[0])), 3000);
    assert_int_equal(value_int(value_key_get(m, holder, key[1])), 2000);
    assert_true(value_key_delete(m, holder, key[0]));
    assert_false(value_key_delete(m, holder, key[0]));
    assert_null(value_key_get(m, holder, key[0]));
    assert_null(PyErr_Occurred());
    mutator_pop(m);
}

static void a_dict_and_an_instance_hold_keys(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 2);
    slot[0] = new_dict(m);
    slot[1] = new_object(m, PLAIN);
    set_read_and_delete(m, slot[0]);
    set_read_and_delete(m, slot[1]);
    assert_int_equal(value_length(slot[0]), 1);
    mutator_pop(m);
}

static void the_interpreter_sees_the_attributes_that_were_set(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 2);
    slot[0] = new_object(m, PLAIN);
    slot[1] = interned(m, "colour");
    value_key_set(m, slot[0], slot[1], new_int(m, 4711));
    PyObject *seen = PyObject_GetAttrString(slot[0], "colour");
    assert_non_null(seen);
    assert_int_equal(value_int(seen), 4711);
    Py_DECREF(seen);
    mutator_pop(m);
}

static void an_instance_counts_as_two_objects_once_its_attributes_are_a_dict(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 42);
    for (int i = 0; i < 41; i++)
        slot[i] = new_object(m, PLAIN);
    int64_t before = count_of_new(m);
    for (int i = 0; i < 3; i++) {
        char name[8];
        snprintf(name, sizeof name, "at%d", i);
        slot[41] = interned(m, name);
        value_key_set(m, slot[40], slot[41], new_int(m, i));
        assert_int_equal(value_int(value_key_get(m, slot[40], slot[41])), i);
        value_replace(m, &slot[41], NULL);
    }
    assert_int_equal(count_of_new(m), before + 1);
    mutator_pop(m);
}

static void a_collection_by_an_instances_dict_is_a_pause(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 42);
    runtime_set_thresholds(m, 40, 10, 10);
    for (int i = 0; i < 40; i++)
        slot[i] = new_object(m, PLAIN);
    assert_int_equal(pauses, 0);
    for (int i = 0; i < 3; i++) {
        char name[8];
        snprintf(name, sizeof name, "at%d", i);
        slot[41] = interned(m, name);
        value_key_set(m, slot[39], slot[41], new_int(m, i));
        value_replace(m, &slot[41], NULL);
    }
    assert_int_equal(pauses, 1);
    mutator_pop(m);
}

static void a_dict_is_tracked_from_the_first_list_in_it_on(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 2);
    slot[0] = new_dict(m);
    slot[1] = interned(m, "key");
    assert_false(value_is_tracked(slot[0]));
    value_key_set(m, slot[0], slot[1], new_int(m, 1));
    assert_false(value_is_tracked(slot[0]));
    value_key_set(m, slot[0], slot[1], new_list(m, 0));
    assert_true(value_is_tracked(slot[0]));
    mutator_pop(m);
}

static void dicts_that_come_from_the_free_list_are_not_counted(void **state)
{
    struct mutator *m = *state;
    value *kept = mutator_push(m, 100);
    for (int round = 0; round < 2; round++) {
        int64_t before = count_of_new(m);
        for (int i = 0; i < 100; i++)
            kept[i] = new_dict(m);
        assert_int_equal(count_of_new(m) - before, round == 0 ? 100 : 20);
        for (int i = 0; i < 100; i++)
            value_replace(m, &kept[i], NULL);
    }
    mutator_pop(m);
}

/* ---- Strings ---- */

static void equal_interned_strings_are_one(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 4);
    slot[0] = interned(m, "two words");
    slot[1] = interned(m, "two words");
    slot[2] = new_str(m, "two words", 9);
    slot[3] = new_str(m, "two words", 9);
    assert_ptr_equal(slot[0], slot[1]);
    assert_ptr_not_equal(slot[0], slot[2]);
    assert_ptr_not_equal(slot[2], slot[3]);
    assert_true(value_is_shared(m, slot[0]));
    assert_false(value_is_shared(m, slot[2]));
    mutator_pop(m);
}

/* "name" is a constant of the interpreter itself, "__name__" and "append" are names in its modules. */
static void the_first_string_of_a_text_is_a_block_also_where_the_interpreter_has_interned_it(void **state)
{
    static const char *const texts[] = {"name", "__name__", "append", "sys", "known to nobody"};
    struct mutator *m = *state;
    value *slot = mutator_push(m, 2);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            assert_int_equal(runtime_blocks(m), 0);
            slot[0] = interned(m, texts[i]);
            assert_int_equal(runtime_blocks(m), 1);
            slot[1] = interned(m, texts[i]);
            assert_int_equal(runtime_blocks(m), 1);
            assert_ptr_equal(slot[0], slot[1]);
            assert_int_equal(value_references(slot[0]), 2);
            value_replace(m, &slot[0], NULL);
            value_replace(m, &slot[1], NULL);
        }
    mutator_pop(m);
}

static void the_interpreters_own_strings_are_interned_again_at_the_end(void **state)
{
    struct mutator *m = *state;
    PyObject *own = PyUnicode_InternFromString("append");
    value *slot = mutator_push(m, 1);
    slot[0] = interned(m, "append");
    assert_ptr_not_equal(slot[0], own);
    assert_false(PyUnicode_CHECK_INTERNED(own));
    Py_DECREF(own);
    mutator_pop(m);
    close_runtime(state);
    assert_int_equal(open_runtime(state), 0);
    own = PyUnicode_InternFromString("append");
    assert_true(PyUnicode_CHECK_INTERNED(own));
    assert_true(Py_REFCNT(own) > 1);
    Py_DECREF(own);
}

static void short_strings_and_none_are_shared_and_no_block(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 5);
    slot[0] = new_str(m, "", 0);
    slot[1] = new_str(m, "x", 1);
    slot[2] = new_str(m, "\xc3\xa9", 2);
    slot[3] = new_none(m);
    slot[4] = new_tuple(m, NULL, 0);
    assert_int_equal(runtime_blocks(m), 0);
    for (int i = 0; i < 5; i++)
        assert_true(value_is_shared(m, slot[i]));
    assert_int_equal(value_length(slot[2]), 1);
    assert_int_equal(value_length(slot[4]), 0);
    mutator_pop(m);
}

/* ---- Sets and functions ---- */

static void a_set_holds_equal_items_once(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 4);
    slot[0] = new_str(m, "two words", 9);
    slot[1] = new_str(m, "two words", 9);
    slot[2] = new_int(m, 5);
    slot[3] = new_set(m, slot, 3);
    assert_int_equal(value_length(slot[3]), 2);
    assert_int_equal(value_references(slot[0]), 2);
    assert_int_equal(value_references(slot[1]), 1);
    assert_true(value_is_tracked(slot[3]));
    mutator_pop(m);
}

static void what_cannot_be_hashed_makes_no_set_and_no_exception(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 2);
    for (int kind = 0; kind < 4; kind++) {
        slot[0] = kind == 0 ? new_list(m, 0) : kind == 1 ? new_dict(m) : new_set(m, NULL, 0);
        if (kind == 3) {
            slot[1] = new_tuple(m, slot, 1);
            value_replace(m, &slot[0], value_take(&slot[1]));
        }
        int64_t before = count_of_new(m);
        assert_null(new_set(m, slot, 1));
        assert_int_equal(count_of_new(m), before);
        assert_null(PyErr_Occurred());
        value_replace(m, &slot[0], NULL);
    }
    mutator_pop(m);
}

static void a_tuple_too_deep_to_be_hashed_makes_no_set(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 2);
    slot[0] = new_int(m, 1);
    for (int depth = 0; depth < 200000; depth++) {
        slot[1] = new_tuple(m, slot, 1);
        value_replace(m, &slot[0], value_take(&slot[1]));
    }
    assert_null(new_set(m, slot, 1));
    mutator_pop(m);
}

static void a_function_is_its_cells_their_tuple_and_itself(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 3);
    slot[0] = new_list(m, 0);
    slot[1] = new_list(m, 0);
    int64_t before = count_of_new(m);
    slot[2] = new_function(m, slot, 2);
    assert_int_equal(count_of_new(m), before + 4);
    assert_int_equal(value_references(slot[0]), 2);
    assert_int_equal(value_references(slot[2]), 1);
    value closure = PyFunction_GetClosure(slot[2]);
    assert_int_equal(value_references(closure), 1);
    assert_ptr_equal(PyCell_GET(value_tuple_get(closure, 1)), slot[1]);
    value_replace(m, &slot[2], new_function(m, NULL, 0));
    assert_null(PyFunction_GetClosure(slot[2]));
    mutator_pop(m);
}

/* ---- Weak references ---- */

static void weak_references_without_callback_are_one(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 4);
    slot[0] = new_object(m, PLAIN);
    slot[1] = new_weakref(m, slot[0], false);
    slot[2] = new_weakref(m, slot[0], false);
    slot[3] = new_weakref(m, slot[0], true);
    assert_ptr_equal(slot[1], slot[2]);
    assert_ptr_not_equal(slot[1], slot[3]);
    assert_ptr_equal(value_deref(slot[3]), slot[0]);
    assert_int_equal(value_references(slot[0]), 1);
    mutator_pop(m);
}

static void the_callback_is_called_once_for_each_weak_reference_that_lives(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 4);
    slot[0] = new_set(m, NULL, 0);
    for (int i = 1; i < 4; i++)
        slot[i] = new_weakref(m, slot[0], true);
    value_replace(m, &slot[3], NULL);
    value_replace(m, &slot[0], NULL);
    assert_int_equal(called_back, 2);
    assert_ptr_equal(last_called, slot[1]); /* the newest first */
    assert_null(value_deref(slot[2]));
    runtime_collect(m, 2);
    assert_int_equal(called_back, 2);
    mutator_pop(m);
}

static void a_callback_disturbs_no_count(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 2);
    slot[0] = new_function(m, NULL, 0);
    slot[1] = new_weakref(m, slot[0], true);
    int64_t before = count_of_new(m);
    uint64_t blocks = runtime_blocks(m);
    value_replace(m, &slot[0], NULL);
    assert_int_equal(called_back, 1);
    assert_int_equal(count_of_new(m), before - 1);
    assert_int_equal(runtime_blocks(m), blocks - 1);
    mutator_pop(m);
}

/* ---- The collector's figures ---- */

static value make_ring(struct mutator *m, size_t class_index)
{
    value *slot = mutator_push(m, 2);
    slot[0] = new_object(m, class_index);
    slot[1] = interned(m, "self");
    value_key_set(m, slot[0], slot[1], value_keep(slot[0]));
    value object = value_take(slot);
    mutator_pop(m);
    return object;
}

static void saved_garbage_is_counted_and_gone_after_closing(void **state)
{
    struct mutator *m = *state;
    runtime_set_debug(m, RUNTIME_DEBUG_SAVEALL);
    for (int i = 0; i < 10; i++)
        value_drop(m, make_ring(m, PLAIN));
    assert_int_equal(runtime_collect(m, 2), 10);
    assert_int_equal(runtime_garbage_length(m), 10);
    runtime_set_debug(m, 0);
    assert_int_equal(runtime_collect(m, 2), 0);
    assert_int_equal(runtime_garbage_length(m), 10);
    close_runtime(state);
    assert_int_equal(open_runtime(state), 0);
    assert_int_equal(runtime_garbage_length(m), 0);
    assert_int_equal(runtime_blocks(m), 0);
}

static void an_armed_finalizer_runs_again(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 1);
    slot[0] = make_ring(m, LOUD);
    runtime_set_debug(m, RUNTIME_DEBUG_SAVEALL);
    value object = slot[0];
    value_replace(m, &slot[0], NULL);
    runtime_collect(m, 2);
    assert_int_equal(finalized, 1);
    runtime_collect(m, 2);
    assert_int_equal(finalized, 1);
    value_arm_finalizer(object);
    runtime_set_debug(m, 0);
    mutator_pop(m);
    close_runtime(state);
    assert_int_equal(finalized, 2);
    assert_int_equal(open_runtime(state), 0);
}

static void figures_are_the_gc_modules(void **state)
{
    struct mutator *m = *state;
    int thresholds[GENERATIONS];
    struct generation_stats stats[GENERATIONS];
    runtime_get_thresholds(m, thresholds);
    assert_int_equal(thresholds[0], 700);
    assert_int_equal(thresholds[2], 10);
    runtime_set_thresholds(m, 5, 6, 7);
    runtime_get_thresholds(m, thresholds);
    assert_int_equal(thresholds[1], 6);
    assert_true(runtime_is_enabled(m));
    runtime_enable(m, false);
    assert_false(runtime_is_enabled(m));
    value *slot = mutator_push(m, 1);
    slot[0] = make_ring(m, PLAIN);
    runtime_freeze(m);
    assert_int_equal(runtime_freeze_count(m), 1);
    runtime_unfreeze(m);
    assert_int_equal(runtime_freeze_count(m), 0);
    value_replace(m, slot, NULL);
    runtime_collect(m, 2);
    runtime_get_stats(m, stats);
    assert_int_equal(stats[2].collections, 1);
    assert_int_equal(stats[2].collected, 1);
    mutator_pop(m);
}

static void asking_for_a_size_disturbs_nothing(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 3);
    slot[0] = new_object(m, PLAIN);
    slot[1] = new_list(m, 3);
    slot[2] = new_float(m, 1.5);
    runtime_set_thresholds(m, 2, 10, 10); /* the next allocation collects */
    uint64_t blocks = runtime_blocks(m);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(value_size(m, slot[0]), 56);
        assert_int_equal(value_size(m, slot[1]), 80);
        assert_int_equal(value_size(m, slot[2]), 24);
    }
    assert_int_equal(count_of_new(m), 2);
    assert_int_equal(runtime_blocks(m), blocks);
    assert_int_equal(pauses, 0);
    mutator_pop(m);
}

static void every_value_says_what_it_is(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 13);
    slot[0] = new_none(m);
    slot[1] = new_int(m, -7);
    slot[2] = new_float(m, 0);
    slot[3] = new_str(m, "text", 4);
    slot[4] = new_bytes(m, 10);
    slot[5] = new_list(m, 2);
    slot[6] = new_tuple(m, slot, 2);
    slot[7] = new_dict(m);
    slot[8] = new_set(m, slot, 3);
    slot[9] = new_object(m, LOUD);
    slot[11] = new_function(m, slot, 1);
    slot[12] = new_weakref(m, slot[9], false);
    for (int kind = VALUE_NONE; kind <= VALUE_WEAKREF; kind++)
        if (kind != VALUE_SLOTS)
            assert_int_equal(value_kind(slot[kind]), kind);
    mutator_pop(m);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_runtime, close_runtime)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_dict_and_an_instance_hold_keys),
        TEST(the_interpreter_sees_the_attributes_that_were_set),
        TEST(an_instance_counts_as_two_objects_once_its_attributes_are_a_dict),
        TEST(a_collection_by_an_instances_dict_is_a_pause),
        TEST(a_dict_is_tracked_from_the_first_list_in_it_on),
        TEST(dicts_that_come_from_the_free_list_are_not_counted),
        TEST(equal_interned_strings_are_one),
        TEST(the_first_string_of_a_text_is_a_block_also_where_the_interpreter_has_interned_it),
        TEST(the_interpreters_own_strings_are_interned_again_at_the_end),
        TEST(short_strings_and_none_are_shared_and_no_block),
        TEST(a_set_holds_equal_items_once),
        TEST(what_cannot_be_hashed_makes_no_set_and_no_exception),
        TEST(a_tuple_too_deep_to_be_hashed_makes_no_set),
        TEST(a_function_is_its_cells_their_tuple_and_itself),
        TEST(weak_references_without_callback_are_one),
        TEST(the_callback_is_called_once_for_each_weak_reference_that_lives),
        TEST(a_callback_disturbs_no_count),
        TEST(saved_garbage_is_counted_and_gone_after_closing),
        TEST(an_armed_finalizer_runs_again),
        TEST(figures_are_the_gc_modules),
        TEST(asking_for_a_size_disturbs_nothing),
        TEST(every_value_says_what_it_is),
    };
    return cmocka_run_group_tests_name("reference kinds", tests, NULL, NULL);
}
