/* test_reference.c - the real CPython behind mutator.h: its start, counts, collections and counters.
 *
 * Figures without another source were read from Python 3.11.2 itself.
 */
#include "tests/cpython/fixture.h"

/* ---- The start ---- */

static void the_heap_is_empty_at_the_start(void **state)
{
    struct mutator *m = *state;
    struct runtime_state s = read_state(m);
    assert_objects(m, 0, 0, 0);
    assert_counts(m, 0, 0, 0);
    assert_collections(m, 0, 0, 0);
    assert_int_equal(s.long_lived_total, 0);
    assert_int_equal(s.long_lived_pending, 0);
    for (int g = 0; g < GENERATIONS; g++)
        assert_int_equal(s.generation[g].collected + s.generation[g].uncollectable, 0);
    assert_string_equal(runtime_python_version(), PY_VERSION);
}

static void assert_refused(const struct runtime_options *options, const char *part)
{
    static struct mutator other;
    char error[256] = "";
    assert_int_equal(runtime_open(&other, options, error, sizeof error), -1);
    assert_non_null(strstr(error, part));
    assert_null(strchr(error, '\n'));
}

static void a_second_interpreter_is_refused(void **state)
{
    (void)state;
    assert_refused(&(struct runtime_options){.pools = true}, "in use");
}

static void another_start_in_the_process_begins_with_an_empty_heap_too(void **state)
{
    struct mutator *m = *state;
    value *root = mutator_roots(m, 1);
    for (int round = 0; round < 3; round++) {
        *root = new_list(m, 0);
        for (int i = 0; i < 5000; i++)
            value_list_append(m, *root, new_slots(m, PAIR));
        assert_true(read_state(m).generation[0].collections > 0);
        assert_int_equal(close_runtime(state), 0);
        assert_int_equal(open_runtime(state), 0);
        root = mutator_roots(m, 1);
        the_heap_is_empty_at_the_start(state);
    }
}

static void what_the_interpreter_cannot_do_is_refused_and_it_starts_again_after_that(void **state)
{
    static struct workload_class many[WORKLOAD_CLASSES + 2];
    static const struct workload_class unnamable[] = {{.name = "\xff", .slots = 1}, {0}};
    for (int i = 0; i < WORKLOAD_CLASSES + 1; i++)
        many[i] = (struct workload_class){.name = "Many", .slots = 1};
    close_runtime(state);
    assert_refused(&(struct runtime_options){.pools = true, .collector = "mark-sweep"}, "only its own: cpython-3.11");
    assert_refused(&(struct runtime_options){.pools = false}, "pool allocator");
    assert_refused(&(struct runtime_options){.pools = true, .classes = many}, "at most 80 classes");
    assert_refused(&(struct runtime_options){.pools = true, .classes = unnamable}, "cannot make the class");
    assert_int_equal(open_runtime(state), 0);
    the_heap_is_empty_at_the_start(state);
}

/* ---- Counts and collections ---- */

static void three_hundred_thousand_kept_lists_collect_as_in_python(void **state)
{
    struct mutator *m = *state;
    value *kept = mutator_roots(m, 1);
    *kept = new_list(m, 0);
    for (int i = 0; i < 300000; i++)
        value_list_append(m, *kept, new_list(m, 2));
    assert_collections(m, 389, 35, 3);
    assert_counts(m, 674, 4, 2);
    assert_int_equal(pauses[0], 389);
    assert_int_equal(pauses[1], 35);
    assert_int_equal(pauses[2], 3);
    assert_memory_equal(pause_order, "000000000001000000000001", 24);
}

static void a_million_dropped_pairs_collect_as_in_python(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 2);
    for (int i = 0; i < 1000000; i++) {
        value_replace(m, &slot[0], new_list(m, 1));
        value_replace(m, &slot[1], new_list(m, 1));
        value_list_set(m, slot[0], 0, value_keep(slot[1]));
        value_list_set(m, slot[1], 0, value_keep(slot[0]));
    }
    mutator_pop(m);
    assert_collections(m, 2332, 211, 19);
    assert_counts(m, 598, 11, 2);
    assert_int_equal(pauses[0] + pauses[1] + pauses[2], 2332 + 211 + 19);
}

static void lists_that_come_from_a_free_list_are_not_counted(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 1000);
    runtime_set_thresholds(m, 100000, 10, 10);
    for (int i = 0; i < 1000; i++)
        slot[i] = new_list(m, 1);
    assert_counts(m, 1000, 0, 0);
    for (int i = 0; i < 1000; i++)
        value_replace(m, &slot[i], NULL);
    assert_counts(m, 80, 0, 0);
    for (int i = 0; i < 1000; i++)
        slot[i] = new_list(m, 1);
    assert_counts(m, 1000, 0, 0);
    mutator_pop(m);
}

static void tuples_that_come_from_a_free_list_are_not_counted(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 3001);
    slot[3000] = new_int(m, 7);
    runtime_set_thresholds(m, 100000, 10, 10);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3000; i++)
            slot[i] = new_tuple(m, &slot[3000], 1);
        assert_counts(m, 3000, 0, 0);
        for (int i = 0; i < 3000; i++)
            value_replace(m, &slot[i], NULL);
        assert_counts(m, 2000, 0, 0);
    }
    mutator_pop(m);
}

/* The count stands at its threshold while lists come from the free list: no
 * pause is foreseen until an allocation takes it over. */
static void a_pause_is_foreseen_at_the_allocation_that_collects(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 701);
    for (int i = 0; i < 700; i++)
        slot[i] = new_slots(m, PAIR);
    assert_counts(m, 700, 0, 0);
    assert_int_equal(pauses[0], 0);
    slot[700] = new_list(m, 40);
    assert_int_equal(pauses[0], 1);
    assert_collections(m, 1, 0, 0);
    assert_counts(m, 0, 1, 0);
    assert_objects(m, 1, 700, 0);
    value_drop(m, value_take(&slot[700]));
    for (int i = 0; i < 700; i++)
        value_replace(m, &slot[i], NULL);
    for (int i = 0; i < 700; i++)
        slot[i] = new_slots(m, PAIR);
    assert_counts(m, 700, 1, 0);
    slot[700] = new_list(m, 1);
    assert_int_equal(pauses[0], 1);
    value_replace(m, &slot[700], new_tuple(m, slot, 3));
    assert_int_equal(pauses[0], 2);
    mutator_pop(m);
}

static void setting_thresholds_and_reading_do_not_disturb_the_counts(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 10);
    for (int i = 0; i < 10; i++)
        slot[i] = new_list(m, 1);
    for (int i = 0; i < 100; i++) {
        runtime_set_thresholds(m, 50 + i, 3, 4);
        runtime_enable(m, i % 2 == 0);
        assert_counts(m, 10, 0, 0);
    }
    assert_objects(m, 10, 0, 0);
    mutator_pop(m);
}

static void a_threshold_of_zero_turns_automatic_collection_off(void **state)
{
    struct mutator *m = *state;
    value *kept = mutator_roots(m, 1);
    *kept = new_list(m, 0);
    runtime_set_thresholds(m, 0, 10, 10);
    for (int i = 0; i < 5000; i++)
        value_list_append(m, *kept, new_list(m, 1));
    assert_collections(m, 0, 0, 0);
    assert_counts(m, 5001, 0, 0);
}

static void a_disabled_collector_collects_only_by_hand(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 1);
    runtime_enable(m, false);
    for (int i = 0; i < 2000; i++) {
        value_replace(m, slot, new_slots(m, PAIR));
        value_slot_set(m, *slot, 0, value_keep(*slot));
    }
    mutator_pop(m);
    assert_collections(m, 0, 0, 0);
    assert_objects(m, 2000, 0, 0);
    assert_int_equal(runtime_collect(m, 2), 2000);
    assert_collections(m, 0, 0, 1);
    assert_objects(m, 0, 0, 0);
    assert_string_equal(pause_order, "2");
}

static void a_collection_by_hand_moves_the_counts_as_in_python(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 5);
    for (int i = 0; i < 5; i++)
        slot[i] = new_list(m, 1);
    assert_int_equal(runtime_collect(m, 0), 0);
    assert_counts(m, 0, 1, 0);
    assert_objects(m, 0, 5, 0);
    assert_int_equal(runtime_collect(m, 1), 0);
    assert_counts(m, 0, 0, 1);
    assert_objects(m, 0, 0, 5);
    assert_int_equal(read_state(m).long_lived_pending, 5);
    assert_int_equal(runtime_collect(m, 2), 0);
    assert_counts(m, 0, 0, 0);
    assert_int_equal(read_state(m).long_lived_pending, 0);
    assert_int_equal(read_state(m).long_lived_total, 5);
    assert_string_equal(pause_order, "012");
    mutator_pop(m);
}

/* ---- Freeze ---- */

static void freeze_and_unfreeze_see_only_the_workloads_objects(void **state)
{
    struct mutator *m = *state;
    value *slot = mutator_push(m, 8);
    for (int i = 0; i < 5; i++)
        slot[i] = new_list(m, 1);
    runtime_freeze(m);
    assert_objects(m, 0, 0, 0);
    assert_counts(m, 0, 0, 0);
    for (int i = 5; i < 8; i++)
        slot[i] = new_list(m, 1);
    assert_int_equal(runtime_collect(m, 2), 0);
    assert_int_equal(read_state(m).long_lived_total, 3);
    runtime_unfreeze(m);
    assert_objects(m, 0, 0, 8);
    assert_int_equal(runtime_collect(m, 2), 0);
    assert_int_equal(read_state(m).long_lived_total, 8);
    mutator_pop(m);
}

/* ---- The pool allocator ---- */

static void the_pool_allocators_counters_are_known_and_move(void **state)
{
    struct mutator *m = *state;
    struct pool_counters before = read_state(m).pool;
    value *slot = mutator_push(m, 10000);
    assert_true(before.known);
    assert_true(before.arenas_now >= 1);
    assert_int_equal(before.arenas_allocated - before.arenas_reclaimed, before.arenas_now);
    for (int i = 0; i < 10000; i++)
        slot[i] = new_slots(m, PAIR); /* 16 bytes for the collector and 32 */
    struct pool_counters after = read_state(m).pool;
    /* 340 blocks of 48 bytes fit into a pool. */
    assert_in_range(after.bytes_in_blocks, before.bytes_in_blocks + 480000, before.bytes_in_blocks + 480000 + 4096);
    assert_in_range(after.pools_used, before.pools_used + 28, before.pools_used + 31);
    mutator_pop(m);
    struct pool_counters end = read_state(m).pool;
    assert_in_range(end.bytes_in_blocks, before.bytes_in_blocks, before.bytes_in_blocks + 4096);
    assert_true(end.arenas_highwater >= end.arenas_now);
}

static void reading_the_state_does_not_change_it(void **state)
{
    struct mutator *m = *state;
    struct runtime_state first = read_state(m), second = read_state(m);
    assert_memory_equal(&first.pool, &second.pool, sizeof first.pool);
    assert_counts(m, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_heap_is_empty_at_the_start),
        TEST(a_second_interpreter_is_refused),
        TEST(another_start_in_the_process_begins_with_an_empty_heap_too),
        TEST(what_the_interpreter_cannot_do_is_refused_and_it_starts_again_after_that),
        TEST(three_hundred_thousand_kept_lists_collect_as_in_python),
        TEST(a_million_dropped_pairs_collect_as_in_python),
        TEST(lists_that_come_from_a_free_list_are_not_counted),
        TEST(tuples_that_come_from_a_free_list_are_not_counted),
        TEST(a_pause_is_foreseen_at_the_allocation_that_collects),
        TEST(setting_thresholds_and_reading_do_not_disturb_the_counts),
        TEST(a_threshold_of_zero_turns_automatic_collection_off),
        TEST(a_disabled_collector_collects_only_by_hand),
        TEST(a_collection_by_hand_moves_the_counts_as_in_python),
        TEST(freeze_and_unfreeze_see_only_the_workloads_objects),
        TEST(the_pool_allocators_counters_are_known_and_move),
        TEST(reading_the_state_does_not_change_it),
    };
    return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
