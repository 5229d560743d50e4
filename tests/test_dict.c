/* test_dict.c - dicts: growth, holes, tracking, free lists, order of release.
 *
 * Sizes and counts are those of CPython 3.11 (sys.getsizeof, gc.is_tracked).
 */
#include <stdio.h>
#include <string.h>

#include "core/types/dict.h"
#include "tests/heap_fixture.h"

static void set(struct heap *h, struct object *dict, const char *name, struct object *value)
{
    struct object *key = new_key(h, name);
    assert_int_equal(dict_set(h, dict, key, value), 0);
    object_drop(h, key);
}

static struct object *get(struct heap *h, struct object *dict, const char *name)
{
    struct object *key = new_key(h, name);
    struct object *value = dict_get(dict, key);
    object_drop(h, key);
    return value;
}

static bool delete (struct heap *h, struct object *dict, const char *name)
{
    struct object *key = new_key(h, name);
    bool found = dict_delete(h, dict, key);
    object_drop(h, key);
    return found;
}

static const char *numbered(int i)
{
    static char name[16];
    snprintf(name, sizeof(name), "k%d", i);
    return name;
}

/* k0 to k(n-1), all None. */
static struct object *dict_of(struct heap *h, int n)
{
    struct object *dict = dict_new(h);
    for (int i = 0; i < n; i++)
        set(h, dict, numbered(i), none_new(h));
    return dict;
}

/* ---- Content ---- */

static void a_dict_gives_back_what_was_stored(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_new(h);
    assert_null(get(h, dict, "a"));
    for (int i = 0; i < 1000; i++)
        set(h, dict, numbered(i), int_new(h, i));
    assert_int_equal(dict_length(dict), 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(int_value(get(h, dict, numbered(i))), i);
    assert_null(get(h, dict, "k1000"));
    object_drop(h, dict);
}

static void storing_again_replaces_the_value(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *dict = dict_new(h);
    set(h, dict, "a", new_logging(f, 1));
    set(h, dict, "a", int_new(h, 2));
    ASSERT_LOGGED(&f->logging, 1);
    assert_int_equal(dict_length(dict), 1);
    assert_int_equal(int_value(get(h, dict, "a")), 2);
    object_drop(h, dict);
}

static void deleting_a_key_drops_key_and_value(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *dict = dict_new(h);
    assert_false(delete (h, dict, "only"));
    set(h, dict, "only", new_logging(f, 1));
    assert_int_equal(h->interned.used, 1);
    assert_true(delete (h, dict, "only"));
    ASSERT_LOGGED(&f->logging, 1);
    assert_int_equal(h->interned.used, 0);
    assert_int_equal(dict_length(dict), 0);
    assert_false(delete (h, dict, "only"));
    object_drop(h, dict);
}

static void keys_are_found_past_deleted_ones(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_of(h, 300);
    for (int i = 0; i < 300; i += 2)
        assert_true(delete (h, dict, numbered(i)));
    for (int i = 0; i < 300; i++)
        assert_int_equal(get(h, dict, numbered(i)) != NULL, i % 2);
    for (int i = 0; i < 300; i += 2)
        set(h, dict, numbered(i), int_new(h, i));
    assert_int_equal(dict_length(dict), 300);
    for (int i = 0; i < 300; i += 2)
        assert_int_equal(int_value(get(h, dict, numbered(i))), i);
    object_drop(h, dict);
}

/* ---- Sizes ---- */

static void a_dict_grows_in_cpythons_steps(void **state)
{
    static const struct {
        int length;
        size_t bytes;
    } steps[] = {{0, 64},    {1, 184},   {6, 272},    {11, 464},    {22, 832},
                 {43, 1584}, {86, 3328}, {171, 6576}, {342, 13056}, {100000, 3844864}};
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_new(h);
    int length = 0;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        size_t before = object_bytes(dict);
        for (; length < steps[i].length; length++) {
            if (i > 0 && i < 9)
                assert_int_equal(object_bytes(dict), before);
            set(h, dict, numbered(length), none_new(h));
        }
        assert_int_equal(object_bytes(dict), steps[i].bytes);
    }
    object_drop(h, dict);
}

/* The holes that deleted keys leave are filled by no key, so that a new table
 * is needed; its size follows from the keys that are left. */
static void a_full_table_of_holes_is_replaced_by_one_for_what_is_left(void **state)
{
    static const size_t bytes[] = {184, 272, 272, 272, 272, 272}; /* for that many left of 5 */
    struct heap *h = heap_under_test(state);
    for (int left = 0; left <= 5; left++) {
        struct object *dict = dict_of(h, 5);
        for (int i = left; i < 5; i++)
            assert_true(delete (h, dict, numbered(i)));
        assert_int_equal(object_bytes(dict), 184);
        set(h, dict, "one more", none_new(h));
        assert_int_equal(object_bytes(dict), bytes[left]);
        assert_int_equal(dict_length(dict), left + 1);
        object_drop(h, dict);
    }
}

static void deleting_shrinks_nothing(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_of(h, 100);
    size_t before = object_bytes(dict);
    for (int i = 0; i < 100; i++)
        delete (h, dict, numbered(i));
    assert_int_equal(object_bytes(dict), before);
    assert_int_equal(dict_length(dict), 0);
    object_drop(h, dict);
}

static void clearing_gives_the_table_back(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_of(h, 100);
    dict_clear(h, dict);
    assert_int_equal(object_bytes(dict), 64);
    assert_int_equal(dict_length(dict), 0);
    assert_int_equal(memory_blocks(&h->memory), 1 + h->freelists.tables.count);
    set(h, dict, "a", none_new(h));
    assert_int_equal(dict_length(dict), 1);
    object_drop(h, dict);
}

/* ---- Tracking ---- */

static void a_dict_is_tracked_once_a_value_may_be(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_new(h);
    assert_false(object_is_tracked(dict));
    set(h, dict, "a", int_new(h, 1));
    set(h, dict, "b", tuple_new(h, NULL, 0));
    assert_false(object_is_tracked(dict));
    set(h, dict, "c", list_new(h, 0));
    assert_true(object_is_tracked(dict));
    object_drop(h, dict);
}

static void only_a_full_collection_untracks_a_dict(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_new(h);
    set(h, dict, "a", none_new(h));
    set(h, dict, "b", list_new(h, 0));
    delete (h, dict, "b");
    gc_collect(h, 1);
    assert_true(object_is_tracked(dict));
    gc_collect(h, 2);
    assert_false(object_is_tracked(dict));
    assert_int_equal(h->gc.long_lived_total, 0);
    object_drop(h, dict);
}

static void a_dict_that_holds_an_untracked_dict_stays_tracked(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_new(h);
    set(h, dict, "inner", dict_new(h));
    gc_collect(h, 2);
    assert_true(object_is_tracked(dict));
    object_drop(h, dict);
}

static void a_dict_that_holds_itself_is_collected(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_new(h);
    set(h, dict, "self", object_keep(dict));
    object_drop(h, dict);
    assert_int_equal(gc_collect(h, 2), 1);
    assert_int_equal(memory_blocks(&h->memory), 0);
}

/* ---- Order of release ---- */

static struct object *five_logging(struct heap_fixture *f)
{
    struct object *dict = dict_new(&f->heap);
    for (int i = 0; i < 5; i++)
        set(&f->heap, dict, numbered(i), new_logging(f, i));
    return dict;
}

static void a_dict_drops_its_first_key_first(void **state)
{
    struct heap_fixture *f = *state;
    object_drop(&f->heap, five_logging(f));
    ASSERT_LOGGED(&f->logging, 0, 1, 2, 3, 4);
}

static void the_order_is_kept_when_the_table_is_replaced(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *dict = five_logging(f);
    delete (h, dict, "k1");
    set(h, dict, "k1", new_logging(f, 11));
    set(h, dict, "k0", new_logging(f, 10));
    f->logging.logged = 0;
    object_drop(h, dict);
    ASSERT_LOGGED(&f->logging, 10, 2, 3, 4, 11);
}

static void a_cleared_dict_is_empty_while_its_values_go(void **state)
{
    struct heap_fixture *f = *state;
    struct object *dict = five_logging(f);
    dict_clear(&f->heap, dict);
    ASSERT_LOGGED(&f->logging, 0, 1, 2, 3, 4);
    object_drop(&f->heap, dict);
}

static void nested_dicts_are_released_in_cpythons_order(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *outer = dict_new(h);
    for (int i = 0; i < 200; i++) {
        struct object *next = dict_new(h);
        set(h, next, "label", new_logging(f, i));
        set(h, next, "inner", outer);
        outer = next;
    }
    object_drop(h, outer);
    assert_nested_order(&f->logging);
}

/* ---- Free lists ---- */

static void eighty_dead_dicts_and_tables_are_kept(void **state)
{
    enum { N = 200 };
    struct heap *h = heap_under_test(state);
    gc_disable(&h->gc);
    struct object *dicts[N];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < N; i++)
            dicts[i] = dict_of(h, 1);
        assert_counts(h, N, 0, 0);
        assert_int_equal(memory_blocks(&h->memory), 2 * N + 1); /* and the key */
        for (int i = 0; i < N; i++)
            object_drop(h, dicts[i]);
        assert_counts(h, 80, 0, 0);
        assert_int_equal(memory_blocks(&h->memory), 160);
    }
    gc_collect(h, 2);
    assert_int_equal(memory_blocks(&h->memory), 0);
}

static void a_table_that_was_outgrown_is_kept_too(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_of(h, 6);
    assert_int_equal(h->freelists.tables.count, 1);
    struct object *other = dict_of(h, 1);
    assert_int_equal(h->freelists.tables.count, 0);
    object_drop(h, dict);
    assert_int_equal(h->freelists.tables.count, 0);
    object_drop(h, other);
    assert_int_equal(h->freelists.tables.count, 1);
    assert_int_equal(h->freelists.dicts.count, 2);
}

static void a_debug_heap_keeps_no_dict(void **state)
{
    struct heap *h = heap_under_test(state);
    object_drop(h, dict_of(h, 10));
    assert_int_equal(memory_blocks(&h->memory), 0);
}

/* ---- Memory ---- */

static bool try_set(struct heap *h, struct object *dict, int i, struct object *value)
{
    const char *name = numbered(i);
    struct object *key = string_new(h, name, strlen(name));
    key = key ? intern(h, key) : NULL;
    bool done = key && value && dict_set(h, dict, key, value) == 0;
    object_drop_if_any(h, key);
    if (!done)
        object_drop_if_any(h, value);
    return done;
}

static bool dicts_program(struct heap_fixture *f)
{
    struct heap *h = &f->heap;
    gc_set_threshold(&h->gc, 10, 2, 2);
    struct object *outer = dict_new(h);
    bool done = outer != NULL;
    for (int i = 0; done && i < 30; i++) {
        struct object *inner = dict_new(h);
        done = inner && try_set(h, inner, i % 3, int_new(h, 1000 + i)) && try_set(h, inner, 7, list_new(h, 1));
        if (done)
            done = try_set(h, outer, i, object_keep(inner)) && try_set(h, inner, 8, object_keep(outer));
        object_drop_if_any(h, inner);
    }
    object_drop_if_any(h, outer);
    return done;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        fail_each_allocation(dicts_program, i & 1, i & 2, i & 1 ? 3 : 150);
}

static void a_failed_store_leaves_the_dict_as_it_was(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *dict = dict_of(h, 85), *key = new_key(h, "one more");
    f->memory.fail_from = 1;
    assert_int_equal(dict_set(h, dict, key, &h->none), -1);
    assert_int_equal(dict_length(dict), 85);
    assert_null(dict_get(dict, key));
    assert_int_equal(key->refcount, 1);
    f->memory.fail_from = 0;
    assert_ptr_equal(get(h, dict, "k84"), &h->none);
    object_drop(h, key);
    object_drop(h, dict);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(a_dict_gives_back_what_was_stored),
        HEAP_TEST(storing_again_replaces_the_value),
        HEAP_TEST(deleting_a_key_drops_key_and_value),
        HEAP_TEST(keys_are_found_past_deleted_ones),
        HEAP_TEST(a_dict_grows_in_cpythons_steps),
        HEAP_TEST(a_full_table_of_holes_is_replaced_by_one_for_what_is_left),
        HEAP_TEST(deleting_shrinks_nothing),
        HEAP_TEST(clearing_gives_the_table_back),
        HEAP_TEST(a_dict_is_tracked_once_a_value_may_be),
        HEAP_TEST(only_a_full_collection_untracks_a_dict),
        HEAP_TEST(a_dict_that_holds_an_untracked_dict_stays_tracked),
        HEAP_TEST(a_dict_that_holds_itself_is_collected),
        HEAP_TEST(a_dict_drops_its_first_key_first),
        HEAP_TEST(the_order_is_kept_when_the_table_is_replaced),
        HEAP_TEST(a_cleared_dict_is_empty_while_its_values_go),
        HEAP_TEST(nested_dicts_are_released_in_cpythons_order),
        HEAP_TEST(eighty_dead_dicts_and_tables_are_kept),
        HEAP_TEST(a_table_that_was_outgrown_is_kept_too),
        cmocka_unit_test_setup_teardown(a_debug_heap_keeps_no_dict, open_debug_heap, close_heap),
        cmocka_unit_test(every_allocation_may_fail),
        HEAP_TEST(a_failed_store_leaves_the_dict_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
