/* test_gc.c - the collector's rules: trigger, generations, garbage, finalizers, switches.
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

/* ---- What it collects ---- */

static void a_list_that_holds_itself_is_collected(void **state)
{
    struct heap *h = heap_under_test(state);
    make_ring_garbage(h);
    assert_int_equal(gc_generation_length(&h->gc, 0), 1);
    assert_int_equal(gc_collect(h, 2), 1);
    assert_int_equal(gc_generation_length(&h->gc, 2), 0);
    assert_int_equal(h->gc.stats[2].collected, 1);
}

static void a_ring_that_is_referenced_survives_with_all_it_leads_to(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *ring = new_ring(h);
    struct object *pair = slots_new(h, &f->pair);
    slots_set(h, pair, 0, list_new(h, 2));
    slots_set(h, pair, 1, object_keep(ring));
    append(h, ring, pair);
    assert_int_equal(gc_collect(h, 0), 0);
    assert_int_equal(gc_generation_length(&h->gc, 1), 3);
    assert_sound(h);
    object_drop(h, ring);
    assert_int_equal(gc_collect(h, 0), 0); /* it is older now */
    assert_int_equal(gc_collect(h, 1), 3);
}

static void a_tuple_in_a_cycle_is_freed_by_those_that_can_be_cleared(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list = list_new(h, 0);
    append(h, list, tuple_new(h, &list, 1));
    object_drop(h, list);
    assert_int_equal(gc_collect(h, 2), 2);
    assert_int_equal(gc_generation_length(&h->gc, 2), 0);
}

static void survivors_keep_the_order_that_saves_the_next_collection_its_moves(void **state)
{
    /* Each holds the one made before it, and only the last is referenced: all
     * others are set aside and come back, so that the order turns round. */
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *made[5], *last = NULL;
    for (int i = 0; i < 5; i++) {
        made[i] = slots_new(h, &f->pair);
        slots_set(h, made[i], 0, last);
        last = made[i];
    }
    gc_collect(h, 0);
    const struct gc_head *head = gc_next(&h->gc.generation[1]);
    for (int i = 4; i >= 0; i--, head = gc_next(head))
        assert_ptr_equal(object_of(head), made[i]);
    object_drop(h, last);
}

static void references_from_older_generations_keep_the_young_alive(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *old = new_ring(h);
    gc_collect(h, 2);
    append(h, old, new_ring(h)); /* the old one's reference, and its own */
    object_drop(h, old);         /* garbage as well, but not in generation 0 */
    assert_int_equal(gc_collect(h, 0), 0);
    assert_int_equal(gc_collect(h, 2), 2);
}

/* ---- Tuples that can be in no cycle ---- */

static void tuples_of_atoms_are_untracked_inner_first_in_one_pass(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *atom = int_new(h, 1);
    struct object *inner = tuple_new(h, &atom, 1);
    struct object *outer = tuple_new(h, &inner, 1);
    assert_true(object_is_tracked(inner));
    gc_collect(h, 0);
    assert_false(object_is_tracked(inner));
    assert_false(object_is_tracked(outer));
    assert_counts(h, 0, 1, 0);
    object_drop(h, outer);
    object_drop(h, inner);
    object_drop(h, atom);
}

static void an_outer_tuple_that_comes_first_takes_two_passes(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *atom = int_new(h, 1);
    struct object *inner = tuple_new(h, &atom, 1);
    struct object *outer = tuple_new(h, &inner, 1);
    /* To the end of the list, as if made after the outer one. */
    gc_untrack(inner);
    gc_track(&h->gc, inner);
    gc_collect(h, 0);
    assert_false(object_is_tracked(inner));
    assert_true(object_is_tracked(outer));
    gc_collect(h, 1);
    assert_false(object_is_tracked(outer));
    object_drop(h, outer);
    object_drop(h, inner);
    object_drop(h, atom);
}

static void a_tuple_that_holds_a_list_stays_tracked(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list = list_new(h, 0);
    struct object *tuple = tuple_new(h, &list, 1);
    gc_collect(h, 2);
    assert_true(object_is_tracked(tuple));
    object_drop(h, tuple);
    object_drop(h, list);
}

/* ---- Finalizers ---- */

/* An instance that holds itself, with a label. */
static struct object *new_logging_ring(struct heap_fixture *f, int64_t label)
{
    struct object *o = new_logging(f, label);
    slots_set(&f->heap, o, 1, object_keep(o));
    return o;
}

static void garbage_is_finalized_oldest_first(void **state)
{
    struct heap_fixture *f = *state;
    for (int i = 0; i < 4; i++)
        object_drop(&f->heap, new_logging_ring(f, i));
    assert_int_equal(gc_collect(&f->heap, 2), 4);
    ASSERT_LOGGED(&f->logging, 0, 1, 2, 3);
}

/* Stores its object in `kept` when finalized; where to is in slot 2. */
static void resurrect(const struct slots_class *core, struct object *self)
{
    struct logging_class *class = (struct logging_class *)(uintptr_t)core;
    log_finalized(core, self);
    append((struct heap *)(uintptr_t) class->log[LOG_LENGTH - 1], slots_get(self, 2), object_keep(self));
}

/* A class that resurrects, and an instance in a ring with label 1 whose
 * finalizer appends it to `kept`. */
static struct object *new_resurrecting(struct heap_fixture *f, struct logging_class *class, struct object *kept)
{
    struct heap *h = &f->heap;
    slots_class_init(&class->core, "Resurrecting", 3, resurrect);
    class->logged = 0;
    class->log[LOG_LENGTH - 1] = (int64_t)(intptr_t)h;
    struct object *o = slots_new(h, &class->core);
    slots_set(h, o, 0, int_new(h, 1));
    slots_set(h, o, 1, object_keep(o));
    slots_set(h, o, 2, object_keep(kept));
    return o;
}

static void a_resurrected_object_is_promoted_and_finalized_no_more(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct logging_class *class = calloc(1, sizeof(*class));
    assert_non_null(class);
    struct object *kept = list_new(h, 0);
    object_drop(h, new_resurrecting(f, class, kept));
    make_ring_garbage(h); /* dies, although its neighbour comes back */

    assert_int_equal(gc_collect(h, 0), 1);
    assert_int_equal(list_length(kept), 1);
    assert_int_equal(gc_generation_length(&h->gc, 1), 2);
    assert_true(object_is_finalized(list_get(kept, 0)));
    assert_sound(h);

    list_clear(h, kept);
    assert_int_equal(gc_collect(h, 2), 1);
    ASSERT_LOGGED(class, 1);
    object_drop(h, kept);
    free(class);
}

static void an_object_resurrected_by_its_last_drop_is_finalized_no_more(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct logging_class *class = calloc(1, sizeof(*class));
    assert_non_null(class);
    struct object *kept = list_new(h, 0);
    struct object *o = new_resurrecting(f, class, kept);
    slots_set(h, o, 1, NULL); /* no ring: the count alone decides */
    object_drop(h, o);
    assert_int_equal(list_length(kept), 1);
    assert_true(object_is_tracked(list_get(kept, 0)));
    assert_sound(h);
    list_clear(h, kept);
    ASSERT_LOGGED(class, 1);
    object_drop(h, kept);
    free(class);
}

/* Allocates tracked objects past the threshold, some of them garbage. */
static void allocate_much(const struct slots_class *core, struct object *self)
{
    struct logging_class *class = (struct logging_class *)(uintptr_t)core;
    struct heap *h = (struct heap *)(uintptr_t) class->log[LOG_LENGTH - 1];
    (void)self;
    class->logged++;
    assert_int_equal(gc_collect(h, 2), 0); /* one at a time */
    for (int i = 0; i < 2000; i++)
        make_ring_garbage(h);
}

static void a_finalizer_that_allocates_starts_no_second_collection(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct logging_class *class = calloc(1, sizeof(*class));
    assert_non_null(class);
    class->log[LOG_LENGTH - 1] = (int64_t)(intptr_t)h;
    slots_class_init(&class->core, "Allocating", 1, allocate_much);
    struct object *o = slots_new(h, &class->core);
    slots_set(h, o, 0, object_keep(o));
    object_drop(h, o);
    assert_int_equal(gc_collect(h, 2), 1);
    assert_int_equal(class->logged, 1);
    assert_collections(h, 0, 0, 1);
    assert_int_equal(gc_generation_length(&h->gc, 0), 2000);
    assert_sound(h);
    gc_collect(h, 2);
    free(class);
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
    assert_null(heap_garbage(h));
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
        HEAP_TEST(a_full_collection_is_skipped_below_a_quarter_of_new_survivors),
        HEAP_TEST(a_collection_by_hand_counts_as_an_automatic_one),
        HEAP_TEST(a_list_that_holds_itself_is_collected),
        HEAP_TEST(a_ring_that_is_referenced_survives_with_all_it_leads_to),
        HEAP_TEST(a_tuple_in_a_cycle_is_freed_by_those_that_can_be_cleared),
        HEAP_TEST(survivors_keep_the_order_that_saves_the_next_collection_its_moves),
        HEAP_TEST(references_from_older_generations_keep_the_young_alive),
        HEAP_TEST(tuples_of_atoms_are_untracked_inner_first_in_one_pass),
        HEAP_TEST(an_outer_tuple_that_comes_first_takes_two_passes),
        HEAP_TEST(a_tuple_that_holds_a_list_stays_tracked),
        HEAP_TEST(garbage_is_finalized_oldest_first),
        HEAP_TEST(a_resurrected_object_is_promoted_and_finalized_no_more),
        HEAP_TEST(an_object_resurrected_by_its_last_drop_is_finalized_no_more),
        HEAP_TEST(a_finalizer_that_allocates_starts_no_second_collection),
        HEAP_TEST(frozen_objects_are_passed_by_until_they_thaw),
        cmocka_unit_test(freezing_leaves_the_quarter_rule_as_it_was),
        HEAP_TEST(saveall_keeps_garbage_in_a_list),
        HEAP_TEST(what_saveall_kept_is_freed_on_closing),
        HEAP_TEST(callbacks_hear_of_start_and_stop),
        HEAP_TEST(the_pause_hook_gets_one_interval_a_collection),
    };
    return cmocka_run_group_tests_name("gc", tests, NULL, NULL);
}
