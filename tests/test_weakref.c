/* test_weakref.c - weak references: shared ones, callbacks and their order, what the collector does with them.
 *
 * Every order and count here is what Python 3.11.2 shows for the same program.
 */
#include "tests/heap_fixture.h"

#include "core/types/function.h"
#include "core/types/set.h"
#include "core/types/weakref.h"

/* What was called back, in order. */
struct calls {
    struct heap *heap;
    struct object *ref[16];
    size_t count;
    struct object **drop; /* a reference that the callback drops, NULL for none */
    bool collect;         /* the callback collects */
};

static void note_call(void *context, struct object *ref)
{
    struct calls *calls = context;
    assert_true(calls->count < 16);
    assert_true(ref->refcount > 0);
    assert_null(weakref_get(ref));
    calls->ref[calls->count++] = ref;
    if (calls->collect)
        gc_collect(calls->heap, 2);
    if (calls->drop) {
        struct object *dropped = *calls->drop;
        *calls->drop = NULL;
        object_drop_if_any(calls->heap, dropped);
    }
}

static struct heap *listen(void **state, struct calls *calls)
{
    struct heap *h = heap_under_test(state);
    *calls = (struct calls){.heap = h};
    h->on_weakref = note_call;
    h->on_weakref_context = calls;
    return h;
}

static struct object *new_referent(struct heap *h)
{
    return function_new(h, NULL, 0);
}

/* A list and a function whose closure holds it hold each other; the
 * function, with one reference of the caller's. */
static struct object *new_cycle(struct heap *h)
{
    struct object *list = list_new(h, 0);
    struct object *function = function_new(h, &list, 1);
    append(h, list, object_keep(function));
    object_drop(h, list);
    return function;
}

static struct object *list_of(struct object *cycle)
{
    struct object *cell = tuple_get(((struct function_object *)cycle)->closure, 0);
    return ((struct cell_object *)cell)->item;
}

static void drop_all(struct heap *h, struct object **refs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        object_drop(h, refs[i]);
}

static void assert_called(const struct calls *calls, size_t n, struct object *const *expected)
{
    assert_int_equal(calls->count, n);
    for (size_t i = 0; i < n; i++)
        assert_ptr_equal(calls->ref[i], expected[i]);
}

/* ---- Without callback ---- */

static void a_weak_reference_leads_to_its_referent_without_keeping_it(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *o = new_referent(h), *ref = weakref_new(h, o, false);
    assert_ptr_equal(weakref_get(ref), o);
    assert_int_equal(object_references(o), 1);
    assert_true(object_is_tracked(ref));
    assert_int_equal(object_bytes(ref), 80);
    object_drop(h, o);
    assert_null(weakref_get(ref));
    object_drop(h, ref);
}

static void without_callback_there_is_one_for_all(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *o = new_referent(h);
    struct object *a = weakref_new(h, o, false);
    struct object *called = weakref_new(h, o, true);
    struct object *b = weakref_new(h, o, false);
    assert_ptr_equal(a, b);
    assert_int_equal(object_references(a), 2);
    assert_ptr_not_equal(a, called);
    assert_counts(h, 3, 0, 0);
    drop_all(h, (struct object *[]){a, b, called}, 3);
    struct object *again = weakref_new(h, o, false);
    assert_ptr_equal(weakref_get(again), o);
    object_drop(h, again);
    object_drop(h, o);
}

static void a_weak_reference_may_die_before_its_referent(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *o = new_referent(h);
    struct object *refs[4] = {weakref_new(h, o, true), weakref_new(h, o, false), weakref_new(h, o, true),
                              weakref_new(h, o, true)};
    object_drop(h, refs[2]); /* from the middle, the start, the end of the list */
    object_drop(h, refs[1]);
    object_drop(h, refs[0]);
    object_drop(h, o);
    assert_called(&calls, 1, &refs[3]);
    object_drop(h, refs[3]);
}

/* ---- Callbacks ---- */

static void the_newest_is_called_back_first(void **state)
{
    for (int shared = 0; shared < 3; shared++) { /* none; made first; made last */
        struct calls calls;
        struct heap *h = listen(state, &calls);
        struct object *o = set_new(h, NULL, 0, &(bool){false});
        struct object *first = shared == 1 ? weakref_new(h, o, false) : none_new(h);
        struct object *a = weakref_new(h, o, true), *b = weakref_new(h, o, true), *c = weakref_new(h, o, true);
        struct object *last = shared == 2 ? weakref_new(h, o, false) : none_new(h);
        object_drop(h, o);
        assert_called(&calls, 3, (struct object *[]){c, b, a});
        drop_all(h, (struct object *[]){a, b, c, first, last}, 5);
    }
}

/* Two or more wait in a tuple, which takes an allocation, or the free list of
 * tuples of twice that length. */
static void several_callbacks_take_a_tuple(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    for (int round = 0; round < 2; round++) {
        struct object *o = new_referent(h);
        struct object *refs[3] = {weakref_new(h, o, true), weakref_new(h, o, true), weakref_new(h, o, true)};
        int64_t before = h->gc.count[0];
        object_drop(h, o);
        assert_int_equal(h->gc.count[0], before - 1 + (round == 0)); /* the referent's block, the tuple's */
        assert_int_equal(h->freelists.tuples[5].count, 1);
        drop_all(h, refs, 3);
    }
    assert_int_equal(calls.count, 6);
}

static void one_callback_takes_no_tuple(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *o = new_referent(h);
    struct object *refs[2] = {weakref_new(h, o, false), weakref_new(h, o, true)};
    h->gc.count[0] = 100;
    object_drop(h, o);
    assert_int_equal(h->gc.count[0], 99);
    assert_called(&calls, 1, &refs[1]);
    drop_all(h, refs, 2);
}

static void a_callback_may_drop_the_last_reference_to_another(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *o = new_referent(h);
    struct object *a = weakref_new(h, o, true), *b = weakref_new(h, o, true);
    calls.drop = &a; /* b is called first, and a all the same: the tuple holds it */
    struct object *expected[2] = {b, a};
    object_drop(h, o);
    assert_called(&calls, 2, expected);
    object_drop(h, b);
}

/* The allocation of the tuple collects, and a weak reference that is garbage
 * goes out of the list on which it was counted. */
static void a_collection_in_between_shortens_the_list(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *o = new_referent(h);
    struct object *a = weakref_new(h, o, true), *b = weakref_new(h, o, true);
    struct object *ring = new_ring(h);
    append(h, ring, weakref_new(h, o, true));
    object_drop(h, ring);
    gc_set_threshold(&h->gc, (int)h->gc.count[0], 10, 10); /* the next allocation collects */
    object_drop(h, o);
    assert_collections(h, 1, 0, 0);
    assert_called(&calls, 2, (struct object *[]){b, a});
    object_drop(h, a);
    object_drop(h, b);
}

static void without_memory_for_the_tuple_nobody_is_called(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct heap_fixture *f = *state;
    struct object *o = new_referent(h);
    struct object *refs[2] = {weakref_new(h, o, true), weakref_new(h, o, true)};
    f->memory.fail_from = 1;
    object_drop(h, o);
    f->memory.fail_from = 0;
    assert_int_equal(calls.count, 0);
    assert_null(weakref_get(refs[0]));
    assert_null(weakref_get(refs[1]));
    drop_all(h, refs, 2);
}

static void an_object_that_waits_to_be_released_is_dead_already(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    h->trash.nesting = TRASHCAN_LEVELS; /* as deep in a cascade */
    struct object *set = set_new(h, NULL, 0, &(bool){false}), *ref = weakref_new(h, set, true);
    object_drop(h, set);
    assert_ptr_equal(((struct weakref_object *)ref)->referent, set);
    assert_null(weakref_get(ref));
    assert_int_equal(calls.count, 0);
    h->trash.nesting = 1;
    trashcan_end(h);
    assert_called(&calls, 1, &ref);
    object_drop(h, ref);
}

/* ---- In a collection ---- */

static void garbage_is_called_back_newest_first(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *cycle = new_cycle(h);
    struct object *refs[4] = {weakref_new(h, cycle, true), weakref_new(h, cycle, true), weakref_new(h, cycle, true),
                              weakref_new(h, cycle, false)};
    object_drop(h, cycle);
    assert_int_equal(gc_collect(h, 2), 4); /* list, function, tuple, cell */
    assert_called(&calls, 3, (struct object *[]){refs[2], refs[1], refs[0]});
    assert_null(weakref_get(refs[3]));
    drop_all(h, refs, 4);
}

static void a_weak_reference_in_the_trash_is_not_called(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *cycle = new_cycle(h);
    append(h, list_of(cycle), weakref_new(h, cycle, true));
    object_drop(h, cycle);
    assert_int_equal(gc_collect(h, 2), 5);
    assert_int_equal(calls.count, 0);
}

/* Its referent dies in the same collection, but by its count. */
static void a_weak_reference_in_the_trash_to_another_object_is_not_called_either(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *ring = new_ring(h), *o = new_referent(h);
    struct object *ref = weakref_new(h, o, true);
    append(h, ring, ref);
    append(h, ring, o);
    gc_untrack(o); /* so that it is none of the garbage */
    object_drop(h, ring);
    assert_int_equal(gc_collect(h, 2), 2);
    assert_int_equal(calls.count, 0);
}

static void one_that_dies_after_its_callback_counts_as_collected(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *cycle = new_cycle(h);
    struct object *ref = weakref_new(h, cycle, true);
    calls.drop = &ref;
    object_drop(h, cycle);
    assert_int_equal(gc_collect(h, 2), 5);
    assert_int_equal(h->gc.stats[2].collected, 5);
    assert_int_equal(calls.count, 1);
}

static void one_that_survives_its_callback_grows_old(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *cycle = new_cycle(h);
    struct object *ref = weakref_new(h, cycle, true);
    gc_freeze(&h->gc); /* even out of the permanent generation */
    gc_unfreeze(&h->gc);
    object_drop(h, cycle);
    assert_int_equal(gc_generation_length(&h->gc, 2), 5);
    assert_int_equal(gc_collect(h, 2), 4);
    assert_int_equal(gc_generation_length(&h->gc, 2), 1);
    assert_called(&calls, 1, &ref);
    object_drop(h, ref);
}

static void a_called_one_of_the_permanent_generation_becomes_old(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *cycle = new_cycle(h);
    gc_collect(h, 2);
    struct object *ref = weakref_new(h, cycle, true);
    struct gc_head *head = gc_head_of(ref);
    gc_list_move(&h->gc.permanent, head);
    object_drop(h, cycle);
    assert_int_equal(gc_collect(h, 2), 4);
    assert_int_equal(gc_get_freeze_count(&h->gc), 0);
    assert_int_equal(gc_generation_length(&h->gc, 2), 1);
    object_drop(h, ref);
}

static void all_are_cleared_before_the_first_is_called(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *a = new_cycle(h), *b = new_cycle(h);
    struct object *refs[2] = {weakref_new(h, a, true), weakref_new(h, b, true)};
    calls.collect = true; /* and a collection within one finds nothing to do */
    object_drop(h, a);
    object_drop(h, b);
    assert_int_equal(gc_collect(h, 2), 8);
    assert_called(&calls, 2, refs);
    drop_all(h, refs, 2);
}

static void saveall_clears_weak_references_too(void **state)
{
    struct calls calls;
    struct heap *h = listen(state, &calls);
    struct object *cycle = new_cycle(h);
    struct object *ref = weakref_new(h, cycle, true);
    gc_set_debug(&h->gc, GC_DEBUG_SAVEALL);
    object_drop(h, cycle);
    assert_int_equal(gc_collect(h, 2), 4);
    assert_called(&calls, 1, &ref);
    assert_int_equal(list_length(heap_garbage(h)), 4);
    assert_null(weakref_get(ref));
    object_drop(h, ref);
}

/* ---- Soundness ---- */

static void a_broken_list_is_found(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *o = new_referent(h);
    struct object *a = weakref_new(h, o, true), *b = weakref_new(h, o, true);
    assert_sound(h);
    struct weakref_object *second = (struct weakref_object *)a;
    char error[200];
    second->previous = NULL;
    assert_int_equal(heap_check(h, error, sizeof(error)), -1);
    second->previous = (struct weakref_object *)b;
    second->has_callback = 0; /* not at the head */
    assert_int_equal(heap_check(h, error, sizeof(error)), -1);
    second->has_callback = 1;
    second->referent = b;
    assert_int_equal(heap_check(h, error, sizeof(error)), -1);
    second->referent = o;
    assert_sound(h);
    drop_all(h, (struct object *[]){o, a, b}, 3);
}

static bool weak_program(struct heap_fixture *f)
{
    struct heap *h = &f->heap;
    gc_set_threshold(&h->gc, 5, 1, 1);
    bool done = true;
    for (int i = 0; done && i < 40; i++) {
        struct object *list = list_new(h, 0), *refs[3] = {NULL};
        struct object *function = list ? function_new(h, &list, 1) : NULL;
        for (int r = 0; function && r < 3; r++)
            refs[r] = weakref_new(h, function, r > 0);
        done = refs[0] && refs[1] && refs[2];
        if (done && list_append(h, list, object_keep(function)) != 0) {
            object_drop(h, function);
            done = false;
        }
        object_drop_if_any(h, i % 2 ? function : list);
        object_drop_if_any(h, i % 2 ? list : function);
        for (int r = 0; r < 3; r++)
            object_drop_if_any(h, refs[r]);
    }
    return done;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int all_after = 0; all_after < 2; all_after++) {
        fail_each_allocation(weak_program, false, all_after, 200);
        fail_each_allocation(weak_program, true, all_after, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(a_weak_reference_leads_to_its_referent_without_keeping_it),
        HEAP_TEST(without_callback_there_is_one_for_all),
        HEAP_TEST(a_weak_reference_may_die_before_its_referent),
        HEAP_TEST(the_newest_is_called_back_first),
        HEAP_TEST(several_callbacks_take_a_tuple),
        HEAP_TEST(one_callback_takes_no_tuple),
        HEAP_TEST(a_callback_may_drop_the_last_reference_to_another),
        HEAP_TEST(a_collection_in_between_shortens_the_list),
        cmocka_unit_test_setup_teardown(without_memory_for_the_tuple_nobody_is_called, open_heap_without_pools,
                                        close_heap),
        HEAP_TEST(an_object_that_waits_to_be_released_is_dead_already),
        HEAP_TEST(garbage_is_called_back_newest_first),
        HEAP_TEST(a_weak_reference_in_the_trash_is_not_called),
        HEAP_TEST(a_weak_reference_in_the_trash_to_another_object_is_not_called_either),
        HEAP_TEST(one_that_dies_after_its_callback_counts_as_collected),
        HEAP_TEST(one_that_survives_its_callback_grows_old),
        HEAP_TEST(a_called_one_of_the_permanent_generation_becomes_old),
        HEAP_TEST(all_are_cleared_before_the_first_is_called),
        HEAP_TEST(saveall_clears_weak_references_too),
        HEAP_TEST(a_broken_list_is_found),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("weakref", tests, NULL, NULL);
}
