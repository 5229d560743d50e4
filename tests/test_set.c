/* test_set.c - sets: hashes, equality, growth, order and the end of them.
 *
 * Hashes, sizes and orders are those that Python 3.11.2 shows with
 * PYTHONHASHSEED=0.
 */
#include "tests/heap_fixture.h"

#include <math.h>
#include <string.h>

#include "core/types/function.h"
#include "core/types/hash.h"
#include "core/types/set.h"
#include "core/types/weakref.h"

static struct object *bytes_of(struct heap *h, const char *text)
{
    struct object *o = bytes_new(h, strlen(text));
    if (text[0])
        memcpy(bytes_data(o), text, strlen(text));
    return o;
}

/* A tuple that takes both references over. */
static struct object *pair_of(struct heap *h, struct object *a, struct object *b)
{
    struct object *tuple = tuple_new(h, (struct object *[]){a, b}, 2);
    object_drop(h, a);
    object_drop(h, b);
    return tuple;
}

/* A set that takes the references over. */
static struct object *set_of(struct heap *h, struct object **items, size_t n)
{
    bool refused;
    struct object *set = set_new(h, items, n, &refused);
    assert_int_equal(refused, set == NULL);
    for (size_t i = 0; i < n; i++)
        object_drop(h, items[i]);
    return set;
}

#define SET_OF(h, ...) \
    set_of(h, (struct object *[]){__VA_ARGS__}, sizeof((struct object *[]){__VA_ARGS__}) / sizeof(struct object *))

static struct object *range_set(struct heap *h, int n)
{
    struct object *items[400];
    for (int i = 0; i < n; i++)
        items[i] = int_new(h, i);
    return set_of(h, items, (size_t)n);
}

static void assert_hash(struct heap *h, struct object *o, intptr_t expected)
{
    intptr_t hash = 0;
    assert_true(object_hash(o, &hash));
    assert_int_equal(hash, expected);
    object_drop(h, o);
}

/* ---- Hashes ---- */

static void numbers_hash_as_in_cpython(void **state)
{
    struct heap *h = heap_under_test(state);
    assert_hash(h, int_new(h, 1000), 1000);
    assert_hash(h, int_new(h, -1), -2);
    assert_hash(h, int_new(h, -2), -2);
    assert_hash(h, int_new(h, INT64_MIN), -4);
    assert_hash(h, int_new(h, (INT64_C(1) << 61) - 1), 0);
    assert_hash(h, int_new(h, INT64_C(1) << 61), 1);
    assert_hash(h, float_new(h, 1000), 1000);
    assert_hash(h, float_new(h, 2.5), 1152921504606846978);
    assert_hash(h, float_new(h, 0.1), 230584300921369408);
    assert_hash(h, float_new(h, -0.1), -230584300921369408);
    assert_hash(h, float_new(h, -0.5), -1152921504606846976);
    assert_hash(h, float_new(h, 1e300), 1224995262755759164);
    assert_hash(h, float_new(h, 5e-324), 16777216);
    assert_hash(h, float_new(h, -1), -2);
    assert_hash(h, float_new(h, INFINITY), 314159);
    assert_hash(h, float_new(h, -INFINITY), -314159);
    assert_hash(h, float_new(h, -0.0), 0);
}

static void bytes_and_tuples_hash_as_in_cpython(void **state)
{
    struct heap *h = heap_under_test(state);
    assert_hash(h, bytes_of(h, ""), 0);
    assert_hash(h, bytes_of(h, "abc"), -4594863902769663758);
    assert_hash(h, bytes_of(h, "12345678"), 3785724242978802311);
    assert_hash(h, bytes_of(h, "123456789"), 1133797698992234447);
    assert_hash(h, tuple_new(h, NULL, 0), 5740354900026072187);
    assert_hash(h, pair_of(h, int_new(h, 1), int_new(h, 2)), -3550055125485641917);
    assert_hash(h, pair_of(h, int_new(h, 1), pair_of(h, float_new(h, 2), int_new(h, 3))), 7267574591690527098);
}

static void what_can_change_has_no_hash(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *refused[] = {list_new(h, 0), SET_OF(h, int_new(h, 1)),
                                pair_of(h, int_new(h, 1), pair_of(h, int_new(h, 2), list_new(h, 0)))};
    for (size_t i = 0; i < 3; i++) {
        intptr_t hash;
        assert_false(object_hash(refused[i], &hash));
        assert_null(SET_OF(h, int_new(h, 1), refused[i]));
    }
}

static void a_refused_set_is_not_even_begun(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list = list_new(h, 0);
    gc_set_threshold(&h->gc, 1, 10, 10);
    assert_null(SET_OF(h, int_new(h, 1), list));
    assert_collections(h, 0, 0, 0);
}

static void tuples_nested_too_deep_are_refused(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *tuple = int_new(h, 1);
    for (int depth = 0; depth <= HASH_DEPTH; depth++) {
        struct object *inner = tuple;
        tuple = tuple_new(h, &inner, 1);
        object_drop(h, inner);
    }
    intptr_t hash;
    assert_false(object_hash(tuple, &hash));
    assert_true(object_hash(tuple_get(tuple, 0), &hash));
    object_drop(h, tuple);
}

static void a_weak_reference_keeps_the_hash_of_its_referent(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *o = function_new(h, NULL, 0), *set = set_new(h, NULL, 0, &(bool){false});
    struct object *ref = weakref_new(h, o, false), *called = weakref_new(h, o, true), *late = weakref_new(h, o, true);
    intptr_t of_object, of_ref, again;
    assert_true(object_hash(o, &of_object) && object_hash(ref, &of_ref));
    assert_int_equal(of_object, of_ref);
    assert_true(object_equal(ref, called));
    object_drop(h, o);
    assert_true(object_hash(ref, &again));
    assert_int_equal(again, of_ref);
    assert_false(object_hash(late, &again)); /* never asked in time */
    assert_true(object_equal(ref, ref));
    assert_false(object_equal(ref, called));
    struct object *to_set = weakref_new(h, set, false);
    assert_false(object_hash(to_set, &again));
    object_drop(h, to_set);
    object_drop(h, set);
    object_drop(h, ref);
    object_drop(h, called);
    object_drop(h, late);
}

/* ---- Equality ---- */

static void assert_length(struct heap *h, struct object *set, size_t n)
{
    assert_int_equal(set_length(set), n);
    object_drop(h, set);
}

static void equal_values_are_kept_once(void **state)
{
    struct heap *h = heap_under_test(state);
    assert_length(h, SET_OF(h, int_new(h, 1), float_new(h, 1), int_new(h, 1)), 1);
    assert_length(h, SET_OF(h, int_new(h, 1000), int_new(h, 1000)), 1);
    assert_length(h, SET_OF(h, float_new(h, 0.0), float_new(h, -0.0)), 1);
    assert_length(h, SET_OF(h, float_new(h, NAN), float_new(h, NAN)), 2);
    assert_length(h, SET_OF(h, bytes_of(h, "a b"), bytes_of(h, "a b")), 1);
    assert_length(h, SET_OF(h, bytes_of(h, "a b"), bytes_of(h, "a c")), 2);
    assert_length(
        h, SET_OF(h, pair_of(h, int_new(h, 1), bytes_of(h, "x")), pair_of(h, float_new(h, 1), bytes_of(h, "x"))), 1);
    assert_length(h, SET_OF(h, tuple_new(h, NULL, 0), tuple_new(h, NULL, 0), none_new(h), none_new(h)), 2);
    assert_length(h, SET_OF(h, int_new(h, -1), int_new(h, -2)), 2);                    /* one hash */
    assert_length(h, SET_OF(h, int_new(h, 0), int_new(h, (INT64_C(1) << 61) - 1)), 2); /* one hash */
    assert_length(h, SET_OF(h, int_new(h, INT64_MAX), float_new(h, 0x1p63)), 2);       /* no double holds it */
    assert_length(h, SET_OF(h, int_new(h, (INT64_C(1) << 53) + 1), float_new(h, 0x1p53)), 2);
    assert_length(h, SET_OF(h, int_new(h, INT64_C(1) << 53), float_new(h, 0x1p53)), 1);
    assert_length(h, SET_OF(h, int_new(h, INT64_MIN), float_new(h, -0x1p63)), 1);
    assert_length(h, SET_OF(h, function_new(h, NULL, 0), function_new(h, NULL, 0)), 2);
}

static void the_first_of_equal_items_stays(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *first = int_new(h, 1000), *second = float_new(h, 1000);
    struct object *set = SET_OF(h, object_keep(first), object_keep(second));
    assert_int_equal(object_references(first), 2);
    assert_int_equal(object_references(second), 1);
    object_drop(h, set);
    object_drop(h, first);
    object_drop(h, second);
}

/* ---- Growth and order ---- */

static void sets_grow_as_in_cpython(void **state)
{
    struct heap *h = heap_under_test(state);
    static const struct {
        int length;
        size_t bytes;
    } expected[] = {{0, 216},   {4, 216},   {5, 728},    {18, 728},   {19, 2264},
                    {76, 2264}, {77, 8408}, {306, 8408}, {307, 32984}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct object *set = range_set(h, expected[i].length);
        assert_int_equal(object_bytes(set), expected[i].bytes);
        object_drop(h, set);
        assert_int_equal(memory_blocks(&h->memory), 0);
    }
}

static void a_large_set_doubles_only(void **state)
{
    struct heap *h = heap_under_test(state);
    static struct object *items[100000];
    for (int i = 0; i < 100000; i++)
        items[i] = int_new(h, i);
    static const struct {
        size_t length, bytes;
    } expected[] = {{60000, 2097368}, {100000, 4194520}};
    for (size_t i = 0; i < 2; i++) {
        bool refused;
        struct object *set = set_new(h, items, expected[i].length, &refused);
        assert_int_equal(object_bytes(set), expected[i].bytes);
        assert_int_equal(set_length(set), expected[i].length);
        object_drop(h, set);
    }
    for (int i = 0; i < 100000; i++)
        object_drop(h, items[i]);
}

struct seen {
    struct object *items[32];
    size_t count;
};

static void see(struct object *o, void *argument)
{
    struct seen *seen = argument;
    seen->items[seen->count++] = o;
}

static void elements_lie_in_the_order_of_cpython(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *tuple = pair_of(h, int_new(h, 1), int_new(h, 2));
    struct object *nested = pair_of(h, int_new(h, 1), pair_of(h, float_new(h, 2), bytes_of(h, "x")));
    struct object *items[] = {int_new(h, 1000),
                              int_new(h, -5),
                              int_new(h, 3),
                              int_new(h, 17),
                              float_new(h, 2.5),
                              tuple,
                              bytes_of(h, "abc"),
                              int_new(h, -1),
                              int_new(h, -2),
                              int_new(h, INT64_C(1) << 61),
                              int_new(h, INT64_C(1) << 40),
                              float_new(h, INFINITY),
                              float_new(h, 0.1),
                              nested,
                              float_new(h, 1e300),
                              float_new(h, -0.1),
                              float_new(h, 5e-324)};
    static const size_t order[] = {10, 9, 4, 2, 5, 12, 15, 16, 0, 13, 11, 3, 6, 8, 1, 14, 7};
    struct object *set = set_of(h, items, 17);
    struct seen seen = {.count = 0};
    object_traverse(set, see, &seen);
    assert_int_equal(seen.count, 17);
    for (size_t i = 0; i < 17; i++)
        assert_ptr_equal(seen.items[i], items[order[i]]);
    object_drop(h, set);
}

/* ---- Life and death ---- */

static void a_set_is_tracked_from_the_start(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *set = SET_OF(h, int_new(h, 1));
    assert_true(object_is_tracked(set));
    gc_collect(h, 2);
    assert_true(object_is_tracked(set));
    assert_counts(h, 0, 0, 0);
    object_drop(h, set);
}

static void a_cycle_through_a_set_is_collected(void **state)
{
    struct heap *h = heap_under_test(state);
    for (int large = 0; large < 2; large++) {
        struct heap_fixture *f = *state;
        struct object *pair = slots_new(h, &f->pair);
        struct object *items[] = {object_keep(pair), int_new(h, 1), int_new(h, 2), int_new(h, 3), int_new(h, 4)};
        struct object *set = large ? set_of(h, items, 5) : SET_OF(h, object_keep(pair));
        if (!large)
            for (int i = 0; i < 5; i++)
                object_drop(h, items[i]);
        slots_set(h, pair, 0, set);
        object_drop(h, pair);
        assert_int_equal(gc_collect(h, 2), 2);
        assert_int_equal(memory_blocks(&h->memory), 0);
    }
}

static void elements_die_in_the_order_of_the_table(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *set = SET_OF(h, new_logging(f, 1), new_logging(f, 2), new_logging(f, 3), new_logging(f, 4),
                                new_logging(f, 5), new_logging(f, 6));
    struct seen seen = {.count = 0};
    object_traverse(set, see, &seen);
    int64_t expected[6];
    for (size_t i = 0; i < 6; i++)
        expected[i] = int_value(slots_get(seen.items[i], 0));
    object_drop(h, set);
    assert_logged(&f->logging, expected, 6);
}

static void nested_sets_are_released_on_a_bounded_stack(void **state)
{
    struct heap *h = heap_under_test(state);
    struct heap_fixture *f = *state;
    struct object *inner = slots_new(h, &f->pair);
    for (int i = 0; i < 100000; i++) {
        struct object *outer = slots_new(h, &f->pair);
        slots_set(h, outer, 0, SET_OF(h, inner));
        inner = outer;
    }
    object_drop(h, inner);
    assert_int_equal(memory_blocks(&h->memory), 0);
}

static bool set_program(struct heap_fixture *f)
{
    struct heap *h = &f->heap;
    gc_set_threshold(&h->gc, 5, 1, 1);
    struct object *items[80] = {NULL};
    bool done = true, refused;
    for (int i = 0; done && i < 80; i++)
        done = (items[i] = i % 2 ? int_new(h, i + 1000) : float_new(h, i)) != NULL;
    for (size_t n = 0; done && n <= 80; n += 20) {
        struct object *set = set_new(h, items, n, &refused);
        done = set != NULL;
        object_drop_if_any(h, set);
    }
    for (int i = 0; i < 80; i++)
        object_drop_if_any(h, items[i]);
    return done;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int all_after = 0; all_after < 2; all_after++) {
        fail_each_allocation(set_program, false, all_after, 90);
        fail_each_allocation(set_program, true, all_after, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(numbers_hash_as_in_cpython),
        HEAP_TEST(bytes_and_tuples_hash_as_in_cpython),
        HEAP_TEST(what_can_change_has_no_hash),
        HEAP_TEST(a_refused_set_is_not_even_begun),
        HEAP_TEST(tuples_nested_too_deep_are_refused),
        HEAP_TEST(a_weak_reference_keeps_the_hash_of_its_referent),
        HEAP_TEST(equal_values_are_kept_once),
        HEAP_TEST(the_first_of_equal_items_stays),
        HEAP_TEST(sets_grow_as_in_cpython),
        HEAP_TEST(a_large_set_doubles_only),
        HEAP_TEST(elements_lie_in_the_order_of_cpython),
        HEAP_TEST(a_set_is_tracked_from_the_start),
        HEAP_TEST(a_cycle_through_a_set_is_collected),
        HEAP_TEST(elements_die_in_the_order_of_the_table),
        HEAP_TEST(nested_sets_are_released_on_a_bounded_stack),
        cmocka_unit_test_setup_teardown(a_cycle_through_a_set_is_collected, open_debug_heap, close_heap),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("set", tests, NULL, NULL);
}
