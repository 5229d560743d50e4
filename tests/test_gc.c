/* test_gc.c - when the collector runs, and what the gc module offers: trigger, generations, switches.
 *
 * Where a number of collections or a count is expected, it is the real
 * CPython 3.11's for the same steps.
 */
#include "tests/heap_fixture.h"

/* ---- When it collects ---- */

/* A list of n lists of `length` times None each. */
static struct object *keep_lists(struct heap *h, size_t n, size_t length)
{
    struct object *all = list_new(h, 0);
    for (size_t i = 0; i < n; i++)
        append(h, all, list_new(h, length));
    return all;
}

static void three_hundred_thousand_kept_lists(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *all = keep_lists(h, 300000, 2);
    assert_collections(h, 389, 35, 3);
    assert_counts(h, 674, 4, 2);
    object_drop(h, all);
}

static void a_million_dropped_pairs_of_lists_that_hold_each_other(void **state)
{
    struct heap *h = heap_under_test(state);
    for (int i = 0; i < 1000000; i++) {
        struct object *a = list_new(h, 1), *b = list_new(h, 1);
        list_set(h, a, 0, object_keep(b));
        list_set(h, b, 0, object_keep(a));
        object_drop(h, a);
        object_drop(h, b);
    }
    assert_collections(h, 2332, 211, 19);
    assert_counts(h, 598, 11, 2);
}

/* The reference values were read with the interpreter's own objects in
 * generation 2. */
enum { INTERPRETERS_OBJECTS = 4788 };

static void thresholds_decide_how_many_collections_there_are(void **state)
{
    static const struct {
        int threshold[3];
        uint64_t collections[3];
    } rows[] = {
        {{700, 10, 10}, {389, 35, 3}},  {{50, 3, 4}, {4692, 1172, 18}}, {{1000, 5, 2}, {250, 41, 8}},
        {{700, 1000, 10}, {427, 0, 0}}, {{5000, 20, 100}, {57, 2, 0}},  {{2000, 10, 10}, {136, 12, 1}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *fixture;
        open_heap(&fixture);
        struct heap *h = heap_under_test(&fixture);
        gc_disable(&h->gc);
        struct object *interpreter = keep_lists(h, INTERPRETERS_OBJECTS - 1, 0);
        gc_collect(h, 2);
        gc_set_threshold(&h->gc, rows[i].threshold[0], rows[i].threshold[1], rows[i].threshold[2]);
        gc_enable(&h->gc);
        struct object *all = keep_lists(h, 300000, 0);
        assert_collections(h, rows[i].collections[0], rows[i].collections[1], rows[i].collections[2] + 1);
        object_drop(h, all);
        object_drop(h, interpreter);
        assert_int_equal(close_heap(&fixture), 0);
    }
}

static void the_701st_allocation_collects_and_enters_generation_0_afterwards(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *all = keep_lists(h, 699, 0); /* itself is the 700th */
    assert_collections(h, 0, 0, 0);
    assert_counts(h, 700, 0, 0);
    append(h, all, list_new(h, 0));
    assert_collections(h, 1, 0, 0);
    assert_counts(h, 0, 1, 0);
    assert_int_equal(gc_generation_length(&h->gc, 0), 1);
    assert_int_equal(gc_generation_length(&h->gc, 1), 700);
    object_drop(h, all);
}

static void eleven_collections_of_generation_0_precede_one_of_generation_1(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *all = keep_lists(h, 701 * 11, 0);
    assert_collections(h, 11, 0, 0);
    assert_counts(h, 1, 11, 0); /* the list of all */
    for (int i = 0; i < 700; i++)
        append(h, all, list_new(h, 0));
    assert_collections(h, 11, 1, 0);
    assert_counts(h, 0, 0, 1);
    object_drop(h, all);
}

static void threshold_0_of_zero_turns_collection_off(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_set_threshold(&h->gc, 0, 10, 10);
    for (int i = 0; i < 5000; i++)
        make_ring_garbage(h);
    assert_collections(h, 0, 0, 0);
    assert_counts(h, 5000, 0, 0);
    assert_int_equal(gc_collect(h, 2), 5000);
}

static void disabled_nothing_is_collected_but_by_hand(void **state)
{
    struct heap *h = heap_under_test(state);
    assert_true(gc_is_enabled(&h->gc));
    gc_disable(&h->gc);
    assert_false(gc_is_enabled(&h->gc));
    for (int i = 0; i < 5000; i++)
        make_ring_garbage(h);
    assert_collections(h, 0, 0, 0);
    assert_int_equal(gc_collect(h, 0), 5000);
    gc_enable(&h->gc);
    for (int i = 0; i < FREELIST_LISTS + 701; i++)
        make_ring_garbage(h);
    assert_collections(h, 2, 0, 0);
}

static void thresholds_are_as_they_were_set(void **state)
{
    struct heap *h = heap_under_test(state);
    int threshold[3];
    gc_get_threshold(&h->gc, threshold);
    assert_int_equal(threshold[0], 700);
    assert_int_equal(threshold[1], 10);
    assert_int_equal(threshold[2], 10);
    gc_set_threshold(&h->gc, 5, 6, 7);
    gc_get_threshold(&h->gc, threshold);
    assert_int_equal(threshold[0], 5);
    assert_int_equal(threshold[1], 6);
    assert_int_equal(threshold[2], 7);
}

static void collections_count_the_objects_that_they_look_at(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_disable(&h->gc);
    struct object *all = keep_lists(h, 99, 0);
    gc_collect(h, 0);
    assert_int_equal(h->gc.visited, 100);
    gc_collect(h, 1); /* generation 0 is empty now, its survivors are in generation 1 */
    assert_int_equal(h->gc.visited, 200);
    gc_collect(h, 1);
    assert_int_equal(h->gc.visited, 200);
    gc_collect(h, 2);
    assert_int_equal(h->gc.visited, 300);
    object_drop(h, all);
}

static void a_full_collection_is_skipped_below_a_quarter_of_new_survivors(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_disable(&h->gc);
    struct object *all = keep_lists(h, 999, 0);
    gc_collect(h, 2);
    assert_int_equal(h->gc.long_lived_total, 1000);
    gc_set_threshold(&h->gc, 1000, 0, 0);

    struct object *more = keep_lists(h, 248, 0);
    gc_collect(h, 1); /* 249 survivors: below 250 */
    assert_int_equal(h->gc.long_lived_pending, 249);
    h->gc.count[0] = 1001;
    h->gc.count[1] = 0;
    assert_int_equal(h->gc.collector->find_due(&h->gc), 0); /* falls through to the youngest */
    assert_true(h->gc.count[2] > 0);

    append(h, more, list_new(h, 0));
    gc_collect(h, 1);
    assert_int_equal(h->gc.long_lived_pending, 250);
    h->gc.count[0] = 1001;
    assert_int_equal(h->gc.collector->find_due(&h->gc), 2);

    gc_collect(h, 2);
    assert_int_equal(h->gc.long_lived_pending, 0);
    assert_int_equal(h->gc.long_lived_total, 1250);
    object_drop(h, all);
    object_drop(h, more);
}

static void a_collection_by_hand_counts_as_an_automatic_one(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_collect(h, 0);
    gc_collect(h, 0);
    assert_counts(h, 0, 2, 0);
    gc_collect(h, 1);
    assert_counts(h, 0, 0, 1);
    gc_collect(h, 2);
    assert_counts(h, 0, 0, 0);
    assert_collections(h, 2, 1, 1);
}

/* ---- Freeze ---- */

static void frozen_objects_are_passed_by_until_they_thaw(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_disable(&h->gc);
    make_ring_garbage(h);
    gc_collect(h, 0);
    struct object *list = keep_lists(h, 9, 0);
    make_ring_garbage(h);
    gc_freeze(&h->gc);
    assert_int_equal(gc_get_freeze_count(&h->gc), 11);
    assert_counts(h, 0, 0, 0);
    assert_int_equal(gc_collect(h, 2), 0);
    gc_unfreeze(&h->gc);
    assert_int_equal(gc_get_freeze_count(&h->gc), 0);
    assert_int_equal(gc_generation_length(&h->gc, 2), 11);
    assert_int_equal(gc_collect(h, 2), 1);
    object_drop(h, list);
}

static void freezing_leaves_the_quarter_rule_as_it_was(void **state)
{
    /* 100,000 lists, then 30,000 more: the same with and without a freeze between. */
    (void)state;
    for (int freeze = 0; freeze < 2; freeze++) {
        void *fixture;
        open_heap(&fixture);
        struct heap *h = heap_under_test(&fixture);
        gc_disable(&h->gc);
        struct object *all = keep_lists(h, 100000, 0);
        gc_collect(h, 2);
        if (freeze)
            gc_freeze(&h->gc);
        gc_set_threshold(&h->gc, 100, 2, 2);
        gc_enable(&h->gc);
        for (int i = 0; i < 30000; i++)
            append(h, all, list_new(h, 0));
        assert_collections(h, 222, 74, 1 + 1); /* and the one by hand */
        object_drop(h, all);
        assert_int_equal(close_heap(&fixture), 0);
    }
}

/* ---- SAVEALL ---- */

static void saveall_keeps_garbage_in_a_list(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_set_debug(&h->gc, GC_DEBUG_SAVEALL);
    assert_int_equal(list_length(heap_garbage(h)), 0);
    make_ring_garbage(h);
    assert_int_equal(gc_collect(h, 0), 1);
    assert_int_equal(list_length(heap_garbage(h)), 1);
    assert_int_equal(h->gc.stats[0].collected, 1);
    assert_int_equal(gc_generation_length(&h->gc, 1), 1);
    assert_counts(h, 0, 1, 0);
    assert_int_equal(gc_collect(h, 2), 0); /* gc.garbage refers to it */
    gc_set_debug(&h->gc, 0);
    heap_clear_garbage(h);
    assert_int_equal(gc_collect(h, 2), 1);
}

static void what_saveall_kept_is_freed_on_closing(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_set_debug(&h->gc, GC_DEBUG_SAVEALL);
    for (int i = 0; i < 100; i++)
        make_ring_garbage(h);
    assert_int_equal(gc_collect(h, 2), 100);
}

/* ---- Callbacks and pauses ---- */

struct events {
    struct gc_event event[8];
    size_t n;
    uint64_t start_ns, end_ns;
    int pauses;
    struct heap *heap;
};

static void note_event(void *context, const struct gc_event *event)
{
    struct events *e = context;
    e->event[e->n++] = *event;
    assert_true(e->heap->gc.collecting);
}

static void note_pause(void *context, int generation, uint64_t start_ns, uint64_t end_ns)
{
    struct events *e = context;
    assert_int_equal(generation, e->event[e->n - 1].generation);
    e->start_ns = start_ns;
    e->end_ns = end_ns;
    e->pauses++;
}

static void callbacks_hear_of_start_and_stop(void **state)
{
    struct heap *h = heap_under_test(state);
    struct events e = {.heap = h};
    gc_set_callback(&h->gc, note_event, &e);
    make_ring_garbage(h);
    make_ring_garbage(h);
    gc_collect(h, 1);
    assert_int_equal(e.n, 2);
    assert_false(e.event[0].stop);
    assert_int_equal(e.event[0].generation, 1);
    assert_int_equal(e.event[0].collected, 0);
    assert_true(e.event[1].stop);
    assert_int_equal(e.event[1].generation, 1);
    assert_int_equal(e.event[1].collected, 2);
    assert_int_equal(e.event[1].uncollectable, 0);
}

static void the_pause_hook_gets_one_interval_a_collection(void **state)
{
    struct heap *h = heap_under_test(state);
    struct events e = {.heap = h};
    gc_set_callback(&h->gc, note_event, &e);
    gc_set_pause_hook(&h->gc, note_pause, &e);
    struct object *all = keep_lists(h, 701 * 2, 0);
    assert_int_equal(e.pauses, 2);
    assert_true(e.start_ns > 0 && e.end_ns >= e.start_ns);
    gc_set_pause_hook(&h->gc, NULL, NULL); /* dropping them all is a pause of another kind */
    object_drop(h, all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(three_hundred_thousand_kept_lists),
        HEAP_TEST(a_million_dropped_pairs_of_lists_that_hold_each_other),
        cmocka_unit_test(thresholds_decide_how_many_collections_there_are),
        HEAP_TEST(the_701st_allocation_collects_and_enters_generation_0_afterwards),
        HEAP_TEST(eleven_collections_of_generation_0_precede_one_of_generation_1),
        HEAP_TEST(threshold_0_of_zero_turns_collection_off),
        HEAP_TEST(disabled_nothing_is_collected_but_by_hand),
        HEAP_TEST(thresholds_are_as_they_were_set),
        HEAP_TEST(collections_count_the_objects_that_they_look_at),
        HEAP_TEST(a_full_collection_is_skipped_below_a_quarter_of_new_survivors),
        HEAP_TEST(a_collection_by_hand_counts_as_an_automatic_one),
        HEAP_TEST(frozen_objects_are_passed_by_until_they_thaw),
        cmocka_unit_test(freezing_leaves_the_quarter_rule_as_it_was),
        HEAP_TEST(saveall_keeps_garbage_in_a_list),
        HEAP_TEST(what_saveall_kept_is_freed_on_closing),
        HEAP_TEST(callbacks_hear_of_start_and_stop),
        HEAP_TEST(the_pause_hook_gets_one_interval_a_collection),
    };
    return cmocka_run_group_tests_name("gc", tests, NULL, NULL);
}
