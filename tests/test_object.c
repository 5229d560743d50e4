/* test_object.c - objects one by one: sizes, values, growth, order of release, free lists.
 *
 * Sizes, capacities and counts are those of the real CPython 3.11.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/heap_fixture.h"

/* ---- Sizes ---- */

static void objects_have_cpythons_sizes(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *none = &h->none;
    const struct {
        struct object *o;
        size_t bytes;
    } rows[] = {
        {int_new(h, 0), 28},
        {int_new(h, 257), 28},
        {int_new(h, (1 << 30) - 1), 28},
        {int_new(h, 1 << 30), 32},
        {int_new(h, -(INT64_C(1) << 60)), 36},
        {int_new(h, INT64_MIN), 36},
        {float_new(h, 1.5), 24},
        {bytes_new(h, 100), 133},
        {list_new(h, 0), 56},
        {list_new(h, 3), 80},
        {tuple_new(h, &none, 1), 48},
        {slots_new(h, &f->pair), 48},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(object_bytes(rows[i].o), rows[i].bytes);
        object_drop(h, rows[i].o);
    }
}

static void an_instance_without_slots_is_tracked_too(void **state)
{
    struct heap *h = heap_under_test(state);
    struct slots_class empty;
    slots_class_init(&empty, "Empty", 0, NULL);
    struct object *o = slots_new(h, &empty);
    assert_int_equal(object_bytes(o), 32);
    assert_true(object_is_tracked(o));
    assert_counts(h, 1, 0, 0);
    object_drop(h, o);
}

/* ---- Atoms ---- */

static void ints_keep_their_value(void **state)
{
    static const int64_t values[] = {0,
                                     1,
                                     -1,
                                     256,
                                     257,
                                     -5,
                                     -6,
                                     (1 << 30),
                                     -(1 << 30),
                                     1073741823,
                                     INT64_MAX,
                                     INT64_MIN,
                                     INT64_C(1) << 60,
                                     -((INT64_C(1) << 60) - 1)};
    struct heap *h = heap_under_test(state);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct object *o = int_new(h, values[i]);
        assert_int_equal(int_value(o), values[i]);
        object_drop(h, o);
    }
}

static void small_ints_are_shared_from_minus_5_to_256(void **state)
{
    struct heap *h = heap_under_test(state);
    for (int64_t i = -5; i <= 256; i++) {
        struct object *a = int_new(h, i), *b = int_new(h, i);
        assert_ptr_equal(a, b);
        object_drop(h, a);
        object_drop(h, b);
    }
    assert_int_equal(memory_blocks(&h->memory), 0);
    static const int64_t own[] = {-6, 257};
    for (size_t i = 0; i < 2; i++) {
        struct object *a = int_new(h, own[i]), *b = int_new(h, own[i]);
        assert_ptr_not_equal(a, b);
        object_drop(h, a);
        object_drop(h, b);
    }
}

static void bytes_hold_what_is_written(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *o = bytes_new(h, 2000);
    memset(bytes_data(o), 'x', 2000);
    assert_int_equal(bytes_data(o)[2000], 0);
    assert_int_equal(bytes_data(o)[1999], 'x');
    assert_null(bytes_new(h, SIZE_MAX - 8));
    object_drop(h, o);
}

/* ---- Lists ---- */

static size_t capacity(const struct object *list)
{
    return ((const struct list_object *)list)->capacity;
}

static void a_list_grows_in_cpythons_steps(void **state)
{
    static const size_t steps[] = {0, 4, 8, 16, 24, 32, 40, 52, 64, 76, 92, 108};
    struct heap *h = heap_under_test(state);
    struct object *list = list_new(h, 0);
    size_t step = 0;
    for (int i = 0; i < 100; i++) {
        append(h, list, none_new(h));
        if (capacity(list) != steps[step])
            step++;
        assert_int_equal(capacity(list), steps[step]);
    }
    assert_int_equal(step, 11);
    object_drop(h, list);
}

static void a_list_shrinks_once_less_than_half_is_used(void **state)
{
    static const struct {
        size_t length, capacity;
    } rows[] = {{69, 76}, {38, 76}, {37, 44}, {22, 44}, {21, 28}, {14, 28}, {13, 20}, {10, 20},
                {9, 16},  {8, 16},  {7, 12},  {6, 12},  {5, 8},   {2, 8},   {1, 4}};
    struct heap *h = heap_under_test(state);
    struct object *list = list_new(h, 0);
    for (int i = 0; i < 70; i++)
        append(h, list, none_new(h));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        while (list_length(list) > rows[i].length)
            assert_int_equal(list_delete(h, list, 0), 0);
        assert_int_equal(capacity(list), rows[i].capacity);
    }
    assert_int_equal(list_delete(h, list, 0), 0);
    assert_int_equal(capacity(list), 0);
    object_drop(h, list);
}

static void deleting_an_item_closes_the_gap(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list = list_new(h, 0);
    for (int i = 1000; i < 1005; i++)
        append(h, list, int_new(h, i));
    list_delete(h, list, 1);
    list_delete(h, list, 3);
    assert_int_equal(list_length(list), 3);
    assert_int_equal(int_value(list_get(list, 0)), 1000);
    assert_int_equal(int_value(list_get(list, 1)), 1002);
    assert_int_equal(int_value(list_get(list, 2)), 1003);
    object_drop(h, list);
}

static void an_impossibly_long_list_is_refused(void **state)
{
    struct heap *h = heap_under_test(state);
    assert_null(list_new(h, SIZE_MAX / 8 + 1));
    assert_int_equal(h->none.refcount, HEAP_SHARED_REFERENCES);
}

/* ---- Order of release ---- */

static struct object *three_logging(struct heap_fixture *f)
{
    struct object *list = list_new(&f->heap, 0);
    for (int i = 0; i < 3; i++)
        append(&f->heap, list, new_logging(f, i));
    return list;
}

static void a_list_drops_its_last_item_first(void **state)
{
    struct heap_fixture *f = *state;
    object_drop(&f->heap, three_logging(f));
    ASSERT_LOGGED(&f->logging, 2, 1, 0);
}

static void clear_drops_the_last_item_first(void **state)
{
    struct heap_fixture *f = *state;
    struct object *list = three_logging(f);
    list_clear(&f->heap, list);
    ASSERT_LOGGED(&f->logging, 2, 1, 0);
    assert_int_equal(list_length(list), 0);
    object_drop(&f->heap, list);
}

static void a_tuple_drops_its_last_item_first(void **state)
{
    struct heap_fixture *f = *state;
    struct object *list = three_logging(f);
    struct object *items[3] = {list_get(list, 0), list_get(list, 1), list_get(list, 2)};
    struct object *tuple = tuple_new(&f->heap, items, 3);
    object_drop(&f->heap, list);
    assert_int_equal(f->logging.logged, 0);
    object_drop(&f->heap, tuple);
    ASSERT_LOGGED(&f->logging, 2, 1, 0);
}

static void an_instance_drops_its_first_slot_first(void **state)
{
    struct heap_fixture *f = *state;
    struct object *pair = slots_new(&f->heap, &f->pair);
    slots_set(&f->heap, pair, 0, new_logging(f, 0));
    slots_set(&f->heap, pair, 1, new_logging(f, 1));
    object_drop(&f->heap, pair);
    ASSERT_LOGGED(&f->logging, 0, 1);
}

static void a_finalizer_runs_before_the_slots_are_cleared(void **state)
{
    struct heap_fixture *f = *state;
    struct object *outer = new_logging(f, 1);
    slots_set(&f->heap, outer, 1, new_logging(f, 2));
    object_drop(&f->heap, outer);
    ASSERT_LOGGED(&f->logging, 1, 2);
}

static void emptying_a_slot_drops_what_it_held(void **state)
{
    struct heap_fixture *f = *state;
    struct object *pair = slots_new(&f->heap, &f->pair);
    assert_null(slots_get(pair, 1));
    slots_set(&f->heap, pair, 1, new_logging(f, 7));
    slots_set(&f->heap, pair, 1, NULL);
    ASSERT_LOGGED(&f->logging, 7);
    assert_null(slots_get(pair, 1));
    object_drop(&f->heap, pair);
}

/* ---- Free lists ---- */

static void drop_all(struct heap *h, struct object **objects, int n)
{
    for (int i = 0; i < n; i++)
        object_drop(h, objects[i]);
}

static void eighty_dead_lists_are_kept_and_not_counted(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_disable(&h->gc);
    struct object *lists[1000];
    for (int i = 0; i < 1000; i++)
        lists[i] = list_new(h, 0);
    assert_counts(h, 1000, 0, 0);
    drop_all(h, lists, 1000);
    assert_counts(h, 80, 0, 0);
    for (int i = 0; i < 1000; i++)
        lists[i] = list_new(h, 0);
    assert_counts(h, 1000, 0, 0);
    drop_all(h, lists, 1000);
}

static void a_dead_list_is_used_again_last_in_first_out(void **state)
{
#ifdef GCSWEEP_DEBUG_HEAP
    print_message("skipped: the debug heap keeps copies of what is dead\n");
    skip();
#endif
    struct heap *h = heap_under_test(state);
    struct object *a = list_new(h, 0), *b = list_new(h, 0);
    object_drop(h, a);
    object_drop(h, b);
    assert_ptr_equal(list_new(h, 0), b);
    assert_ptr_equal(list_new(h, 0), a);
    assert_true(object_is_tracked(a));
    object_drop(h, a);
    object_drop(h, b);
}

static void a_hundred_dead_floats_are_kept(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *floats[2000];
    for (int i = 0; i < 2000; i++)
        floats[i] = float_new(h, i);
    uint64_t blocks = memory_blocks(&h->memory);
    drop_all(h, floats, 2000);
    assert_int_equal(blocks - memory_blocks(&h->memory), 1900);
}

static uint64_t tuples_kept(struct heap *h, size_t length)
{
    struct object *items[21], *tuples[2100];
    for (size_t i = 0; i < length; i++)
        items[i] = &h->none;
    uint64_t before = memory_blocks(&h->memory);
    for (int i = 0; i < 2100; i++)
        tuples[i] = tuple_new(h, items, length);
    drop_all(h, tuples, 2100);
    return memory_blocks(&h->memory) - before;
}

static void two_thousand_dead_tuples_of_each_length_up_to_20_are_kept(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_disable(&h->gc);
    assert_int_equal(tuples_kept(h, 1), 2000);
    assert_int_equal(tuples_kept(h, 20), 2000);
    assert_int_equal(tuples_kept(h, 21), 0);
}

/* As in CPython, which looks for kept tuples that are shorter than 20. */
static void a_kept_tuple_is_used_again_up_to_length_19(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *items[20];
    for (size_t i = 0; i < 20; i++)
        items[i] = &h->none;
    object_drop(h, tuple_new(h, items, 19));
    object_drop(h, tuple_new(h, items, 20));
    assert_counts(h, 2, 0, 0);
    object_drop(h, tuple_new(h, items, 19));
    assert_counts(h, 2, 0, 0);
    object_drop(h, tuple_new(h, items, 20));
    assert_counts(h, 3, 0, 0);
}

/* How a wrong constant is put in on purpose. */
static void the_most_lists_kept_can_be_set(void **state)
{
    static struct heap h;
    (void)state;
    assert_int_equal(heap_open(&h, &(struct heap_options){.pools = true, .free_lists = 79}), 0);
    struct object *lists[100];
    for (int i = 0; i < 100; i++)
        lists[i] = list_new(&h, 0);
    for (int i = 0; i < 100; i++)
        object_drop(&h, lists[i]);
    assert_counts(&h, 79, 0, 0);
    assert_int_equal(h.freelists.lists.count, 79);
    assert_sound(&h);
    heap_close(&h);
}

static void a_full_collection_empties_the_free_lists(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_disable(&h->gc);
    tuples_kept(h, 3);
    object_drop(h, float_new(h, 1));
    object_drop(h, list_new(h, 0));
    gc_collect(h, 1);
    assert_int_equal(memory_blocks(&h->memory), 2002);
    gc_collect(h, 2);
    assert_int_equal(memory_blocks(&h->memory), 0);
}

static void a_debug_heap_keeps_no_dead_object(void **state)
{
    struct heap *h = heap_under_test(state);
    object_drop(h, float_new(h, 1));
    object_drop(h, list_new(h, 0));
    assert_int_equal(memory_blocks(&h->memory), 0);
}

static void a_debug_heap_collects_at_each_allocation_even_when_disabled(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_disable(&h->gc);
    make_ring_garbage(h);
    struct object *list = list_new(h, 0);
    assert_collections(h, 0, 0, 2);
    assert_int_equal(h->gc.stats[2].collected, 1);
    object_drop(h, list);
}

static void a_debug_heap_poisons_what_it_frees(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *keep = slots_new(h, &((struct heap_fixture *)*state)->pair);
    struct object *o = slots_new(h, &((struct heap_fixture *)*state)->pair);
    const unsigned char *bytes = (const unsigned char *)o;
    object_drop(h, o);
    /* It is in quarantine. */
    for (size_t i = 0; i < 32; i++)
        assert_int_equal(bytes[i], MEMORY_POISON_FREED);
    object_drop(h, keep);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(objects_have_cpythons_sizes),
        HEAP_TEST(an_instance_without_slots_is_tracked_too),
        HEAP_TEST(ints_keep_their_value),
        HEAP_TEST(small_ints_are_shared_from_minus_5_to_256),
        HEAP_TEST(bytes_hold_what_is_written),
        HEAP_TEST(a_list_grows_in_cpythons_steps),
        HEAP_TEST(a_list_shrinks_once_less_than_half_is_used),
        HEAP_TEST(deleting_an_item_closes_the_gap),
        HEAP_TEST(an_impossibly_long_list_is_refused),
        HEAP_TEST(a_list_drops_its_last_item_first),
        HEAP_TEST(clear_drops_the_last_item_first),
        HEAP_TEST(a_tuple_drops_its_last_item_first),
        HEAP_TEST(an_instance_drops_its_first_slot_first),
        HEAP_TEST(a_finalizer_runs_before_the_slots_are_cleared),
        HEAP_TEST(emptying_a_slot_drops_what_it_held),
        HEAP_TEST(eighty_dead_lists_are_kept_and_not_counted),
        HEAP_TEST(a_dead_list_is_used_again_last_in_first_out),
        HEAP_TEST(a_hundred_dead_floats_are_kept),
        HEAP_TEST(two_thousand_dead_tuples_of_each_length_up_to_20_are_kept),
        HEAP_TEST(a_kept_tuple_is_used_again_up_to_length_19),
        cmocka_unit_test(the_most_lists_kept_can_be_set),
        HEAP_TEST(a_full_collection_empties_the_free_lists),
        cmocka_unit_test_setup_teardown(a_debug_heap_keeps_no_dead_object, open_debug_heap, close_heap),
        cmocka_unit_test_setup_teardown(a_debug_heap_collects_at_each_allocation_even_when_disabled, open_debug_heap,
                                        close_heap),
        cmocka_unit_test_setup_teardown(a_debug_heap_poisons_what_it_frees, open_debug_heap, close_heap),
    };
    return cmocka_run_group_tests_name("object", tests, NULL, NULL);
}
