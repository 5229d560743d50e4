/* value_cases.h - what a runtime says of its values and of itself: cases that hold on both.
 *
 * Compiled twice, by tests/test_values.c against the model and by
 * tests/cpython/test_values.c against the real CPython: what passes in both is
 * the same in both.
 */
#ifndef GCSWEEP_TESTS_VALUE_CASES_H
#define GCSWEEP_TESTS_VALUE_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "workloads/mutator.h"

enum { PLAIN, SLOTTED };

static const struct workload_class classes[] = {{.name = "Plain", .dict = true}, {.name = "Slotted", .slots = 2}, {0}};

static struct mutator mutator;
static unsigned called_back;

static void note_callback(struct mutator *m, value ref)
{
    (void)m;
    assert_null(value_deref(ref));
    called_back++;
}

static int open_with_callback(void **state, weakref_hook *on_weakref)
{
    static value memory[MUTATOR_MEMORY_BYTES / sizeof(value) + 1];
    const struct runtime_options options = {.pools = true, .classes = classes, .on_weakref = on_weakref};
    char error[256] = "";
    memset(memory, 0, sizeof memory);
    called_back = 0;
    *state = &mutator;
    if (mutator_open(&mutator, memory, &options, NULL, 1, 1, error, sizeof error) == 0)
        return 0;
    print_error("%s\n", error);
    return -1;
}

static int open_values(void **state)
{
    return open_with_callback(state, note_callback);
}

static int close_values(void **state)
{
    mutator_close(*state);
    return 0;
}

/* ---- What values are ---- */

static void each_value_has_its_kind_length_and_size(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 3);
    slot[0] = new_int(m, 1000);
    slot[1] = new_float(m, 1.5);
    const struct {
        value made;
        enum value_kind kind;
        size_t length, size;
        bool tracked;
    } table[] = {
        {new_none(m), VALUE_NONE, 0, 16, false},
        {new_int(m, 1000), VALUE_INT, 0, 28, false},
        {new_float(m, 1.5), VALUE_FLOAT, 0, 24, false},
        {new_str(m, "two words", 9), VALUE_STR, 9, 58, false},
        {new_str(m, "na\xc3\xaf ve", 7), VALUE_STR, 6, 79, false},
        {new_bytes(m, 100), VALUE_BYTES, 100, 133, false},
        {new_bytes(m, 0), VALUE_BYTES, 0, 33, false},
        {new_list(m, 3), VALUE_LIST, 3, 80, true},
        {new_tuple(m, slot, 2), VALUE_TUPLE, 2, 56, true},
        {new_tuple(m, NULL, 0), VALUE_TUPLE, 0, 40, false},
        {new_dict(m), VALUE_DICT, 0, 64, false},
        {new_set(m, slot, 2), VALUE_SET, 2, 216, true},
        {new_set(m, NULL, 0), VALUE_SET, 0, 216, true},
        {new_object(m, PLAIN), VALUE_OBJECT, 0, 56, true},
        {new_slots(m, SLOTTED), VALUE_SLOTS, 0, 48, true},
        {new_function(m, slot, 2), VALUE_FUNCTION, 0, 152, true},
        {new_function(m, NULL, 0), VALUE_FUNCTION, 0, 152, true},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        value v = table[i].made;
        assert_int_equal(value_kind(v), table[i].kind);
        bool has_length = table[i].kind != VALUE_NONE && table[i].kind != VALUE_INT && table[i].kind != VALUE_FLOAT &&
                          table[i].kind < VALUE_OBJECT;
        if (has_length)
            assert_int_equal(value_length(v), table[i].length);
        assert_int_equal(value_size(m, v), table[i].size);
        assert_int_equal(value_is_tracked(v), table[i].tracked);
        value_drop(m, v);
    }
    mutator_pop(m);
}

static void what_the_runtime_itself_refers_to_is_shared(void **state)
{
    struct mutator *m = *state;
    const struct {
        value made;
        bool shared;
    } table[] = {
        {new_none(m), true},
        {new_int(m, -5), true},
        {new_int(m, 256), true},
        {new_int(m, -6), false},
        {new_int(m, 257), false},
        {new_int(m, INT64_MIN), false},
        {new_float(m, 1), false},
        {new_str(m, "", 0), true},
        {new_str(m, "x", 1), true},
        {new_str(m, "\xc3\xbf", 2), true},
        {new_str(m, "\xc4\x80", 2), false},
        {new_str(m, "word", 4), false},
        {new_interned(m, "word", 4), true},
        {new_interned(m, "two words", 9), true},
        {new_bytes(m, 0), true},
        {new_bytes(m, 2), false},
        {new_tuple(m, NULL, 0), true},
        {new_list(m, 0), false},
        {new_function(m, NULL, 0), false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (value_is_shared(m, table[i].made) != table[i].shared)
            fail_msg("row %zu", i);
        value_drop(m, table[i].made);
    }
}

/* ---- Sets ---- */

static void a_set_refuses_what_cannot_be_hashed(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 6);
    slot[0] = new_list(m, 0);
    slot[1] = new_dict(m);
    slot[2] = new_set(m, NULL, 0);
    slot[3] = new_tuple(m, slot, 1);
    slot[4] = new_weakref(m, slot[2], false);
    for (int i = 0; i < 5; i++)
        assert_null(new_set(m, &slot[i], 1));
    slot[5] = new_function(m, slot, 1);
    value_drop(m, new_set(m, &slot[5], 1));
    mutator_pop(m);
}

static void a_refused_set_is_not_even_begun(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 2);
    int64_t count[GENERATIONS];
    slot[0] = new_str(m, "two words", 9);
    slot[1] = new_list(m, 0);
    runtime_set_thresholds(m, 1, 10, 10);
    assert_null(new_set(m, slot, 2));
    runtime_get_count(m, count);
    assert_int_equal(count[0], 1);
    assert_int_equal(count[1], 0);
    mutator_pop(m);
}

static void a_dead_weak_reference_can_be_an_element_if_it_was_one_before(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 5);
    slot[0] = new_function(m, NULL, 0);
    slot[1] = new_weakref(m, slot[0], false);
    slot[2] = new_weakref(m, slot[0], true);
    slot[3] = new_set(m, &slot[1], 1);
    slot[4] = new_tuple(m, &slot[2], 1);
    value_replace(m, &slot[0], NULL);
    assert_null(new_set(m, &slot[2], 1));
    assert_null(new_set(m, &slot[4], 1));
    value again = new_set(m, &slot[1], 1);
    assert_int_equal(value_length(again), 1);
    value_drop(m, again);
    mutator_pop(m);
}

static void equal_elements_are_one(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 8);
    slot[0] = new_int(m, 1000);
    slot[1] = new_float(m, 1000);
    slot[2] = new_str(m, "two words", 9);
    slot[3] = new_str(m, "two words", 9);
    slot[4] = new_tuple(m, &slot[0], 1);
    slot[5] = new_tuple(m, &slot[1], 1);
    slot[6] = new_set(m, slot, 6);
    assert_int_equal(value_length(slot[6]), 3);
    assert_int_equal(value_references(slot[2]), 2);
    assert_int_equal(value_references(slot[3]), 1);
    mutator_pop(m);
}

/* ---- Functions ---- */

static void a_function_counts_its_cells_its_tuple_and_itself(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 3);
    int64_t count[GENERATIONS];
    slot[0] = new_list(m, 0);
    slot[1] = new_list(m, 0);
    uint64_t blocks = runtime_blocks(m);
    slot[2] = new_function(m, slot, 2);
    runtime_get_count(m, count);
    assert_int_equal(count[0], 6);
    assert_int_equal(runtime_blocks(m), blocks + 4);
    value_replace(m, &slot[2], NULL);
    runtime_get_count(m, count);
    assert_int_equal(count[0], 3); /* the tuple went to its free list */
    assert_int_equal(runtime_blocks(m), blocks + 1);
    mutator_pop(m);
}

/* ---- Weak references ---- */

static void each_kind_that_takes_weak_references_clears_them(void **state)
{
    struct mutator *m = *state;
    for (int kind = 0; kind < 3; kind++) {
        value *slot = mutator_push(m, 4);
        slot[0] = kind == 0 ? new_object(m, PLAIN) : kind == 1 ? new_set(m, NULL, 0) : new_function(m, NULL, 0);
        slot[1] = new_weakref(m, slot[0], false);
        slot[2] = new_weakref(m, slot[0], true);
        slot[3] = new_weakref(m, slot[0], false);
        assert_ptr_equal(slot[1], slot[3]);
        assert_int_equal(value_kind(slot[1]), VALUE_WEAKREF);
        assert_int_equal(value_size(m, slot[1]), 80);
        assert_ptr_equal(value_deref(slot[2]), slot[0]);
        assert_int_equal(value_references(slot[0]), 1);
        value_replace(m, &slot[0], NULL);
        assert_null(value_deref(slot[1]));
        assert_null(value_deref(slot[2]));
        assert_int_equal(called_back, kind + 1);
        mutator_pop(m);
    }
}

static void garbage_is_called_back_before_it_is_taken_apart(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 3);
    slot[0] = new_list(m, 0);
    slot[1] = new_function(m, slot, 1);
    slot[2] = new_weakref(m, slot[1], true);
    value_list_append(m, slot[0], value_keep(slot[1]));
    value_replace(m, &slot[0], NULL);
    value_replace(m, &slot[1], NULL);
    assert_int_equal(runtime_collect(m, 2), 4);
    assert_int_equal(called_back, 1);
    mutator_pop(m);
}

/* ---- The collector's figures ---- */

static void switches_and_figures_are_read_as_they_were_set(void **state)
{
    struct mutator *m = *state;
    int thresholds[GENERATIONS];
    int64_t count[GENERATIONS];
    struct generation_stats stats[GENERATIONS];
    runtime_get_thresholds(m, thresholds);
    assert_true(runtime_is_enabled(m) && thresholds[0] == 700 && thresholds[1] == 10 && thresholds[2] == 10);
    runtime_enable(m, false);
    runtime_set_thresholds(m, 5, 6, 7);
    runtime_get_thresholds(m, thresholds);
    assert_true(!runtime_is_enabled(m) && thresholds[0] == 5 && thresholds[1] == 6 && thresholds[2] == 7);
    value *slot = mutator_push(m, 1);
    slot[0] = new_list(m, 0);
    value_list_append(m, slot[0], value_keep(slot[0]));
    mutator_pop(m);
    runtime_get_count(m, count);
    assert_true(count[0] == 1 && count[1] == 0 && count[2] == 0);
    assert_int_equal(runtime_collect(m, 1), 1);
    runtime_get_count(m, count);
    assert_true(count[0] == 0 && count[1] == 0 && count[2] == 1);
    runtime_get_stats(m, stats);
    assert_true(stats[1].collections == 1 && stats[1].collected == 1 && stats[1].uncollectable == 0);
    assert_true(stats[0].collections == 0 && stats[2].collections == 0);
}

static void what_is_frozen_is_counted(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 1);
    assert_int_equal(runtime_freeze_count(m), 0);
    slot[0] = new_list(m, 0);
    runtime_freeze(m);
    assert_int_equal(runtime_freeze_count(m), 1);
    runtime_unfreeze(m);
    assert_int_equal(runtime_freeze_count(m), 0);
    mutator_pop(m);
}

static void saveall_fills_gc_garbage(void **state)
{
    struct mutator *m = *state;
    assert_int_equal(runtime_garbage_length(m), 0);
    runtime_set_debug(m, RUNTIME_DEBUG_SAVEALL);
    value *slot = mutator_push(m, 1);
    slot[0] = new_list(m, 0);
    value_list_append(m, slot[0], value_keep(slot[0]));
    mutator_pop(m);
    uint64_t blocks = runtime_blocks(m);
    assert_int_equal(runtime_collect(m, 2), 1);
    assert_int_equal(runtime_garbage_length(m), 1);
    assert_int_equal(runtime_blocks(m), blocks + 1); /* gc.garbage's array, no list */
    runtime_set_debug(m, 0);
    assert_int_equal(runtime_collect(m, 2), 0);
}

#define VALUE_TEST(f) cmocka_unit_test_setup_teardown(f, open_values, close_values)

static const struct CMUnitTest value_cases[] = {
    VALUE_TEST(each_value_has_its_kind_length_and_size),
    VALUE_TEST(what_the_runtime_itself_refers_to_is_shared),
    VALUE_TEST(a_set_refuses_what_cannot_be_hashed),
    VALUE_TEST(a_refused_set_is_not_even_begun),
    VALUE_TEST(a_dead_weak_reference_can_be_an_element_if_it_was_one_before),
    VALUE_TEST(equal_elements_are_one),
    VALUE_TEST(a_function_counts_its_cells_its_tuple_and_itself),
    VALUE_TEST(each_kind_that_takes_weak_references_clears_them),
    VALUE_TEST(garbage_is_called_back_before_it_is_taken_apart),
    VALUE_TEST(switches_and_figures_are_read_as_they_were_set),
    VALUE_TEST(what_is_frozen_is_counted),
    VALUE_TEST(saveall_fills_gc_garbage),
};

#endif
