/* test_instance.c - instances of plain classes: shared keys, when a dict is made, death.
 *
 * Sizes, counts and the number of attributes that an instance takes before its
 * dict is made are those of CPython 3.11.
 */
#include <stdio.h>
#include <string.h>

#include "core/types/dict.h"
#include "core/types/instance.h"
#include "core/types/weakref.h"
#include "tests/heap_fixture.h"

static void set(struct heap *h, struct object *o, const char *name, struct object *value)
{
    struct object *key = new_key(h, name);
    assert_int_equal(instance_set(h, o, key, value), 0);
    object_drop(h, key);
}

static struct object *get(struct heap *h, struct object *o, const char *name)
{
    struct object *key = new_key(h, name);
    struct object *value = instance_get(o, key);
    object_drop(h, key);
    return value;
}

static bool delete (struct heap *h, struct object *o, const char *name)
{
    struct object *key = new_key(h, name);
    bool found = instance_delete(h, o, key);
    object_drop(h, key);
    return found;
}

static const char *numbered(int i)
{
    static char name[32];
    snprintf(name, sizeof(name), "attribute_%d", i);
    return name;
}

static struct object *new_plain(struct heap_fixture *f)
{
    struct object *o = instance_new(&f->heap, &f->plain);
    assert_non_null(o);
    return o;
}

static struct object *new_finalized(struct heap_fixture *f, int64_t label)
{
    struct object *o = instance_new(&f->heap, &f->finalized);
    set(&f->heap, o, "n", int_new(&f->heap, label));
    return o;
}

/* ---- Size and blocks ---- */

static void an_instance_takes_two_blocks(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *o = new_plain(f);
    assert_int_equal(object_bytes(o), 56);
    assert_int_equal(memory_blocks(&h->memory), 2);
    assert_counts(h, 1, 0, 0);
    assert_true(object_is_tracked(o));
    object_drop(h, o);
    assert_int_equal(memory_blocks(&h->memory), 0);
    assert_counts(h, 0, 0, 0);
}

static void attributes_take_no_block_while_their_keys_are_shared(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *o = new_plain(f);
    for (int i = 0; i < 20; i++)
        set(h, o, numbered(i), none_new(h));
    assert_int_equal(memory_blocks(&h->memory), 2 + 20); /* 20 keys */
    assert_int_equal(object_bytes(o), 56);
    object_drop(h, o);
    assert_int_equal(memory_blocks(&h->memory), 20); /* the class keeps the keys */
}

/* ---- Content ---- */

static void check_attributes(struct heap *h, struct object *o, int n)
{
    for (int i = 0; i < n; i++)
        set(h, o, numbered(i), int_new(h, 1000 + i));
    for (int i = 0; i < n; i++)
        assert_int_equal(int_value(get(h, o, numbered(i))), 1000 + i);
    assert_null(get(h, o, "missing"));
    assert_false(delete (h, o, "missing"));
    for (int i = 0; i < n; i += 2)
        assert_true(delete (h, o, numbered(i)));
    for (int i = 0; i < n; i++)
        assert_int_equal(get(h, o, numbered(i)) != NULL, i % 2);
    assert_false(delete (h, o, numbered(0)));
    set(h, o, numbered(0), int_new(h, 7));
    assert_int_equal(int_value(get(h, o, numbered(0))), 7);
}

static void an_instance_gives_back_what_was_stored(void **state)
{
    struct heap_fixture *f = *state;
    struct object *few = new_plain(f), *many = new_plain(f);
    check_attributes(&f->heap, few, 10);
    assert_false(instance_has_dict(few));
    check_attributes(&f->heap, many, 200);
    assert_true(instance_has_dict(many));
    object_drop(&f->heap, few);
    object_drop(&f->heap, many);
}

static void an_attribute_of_one_instance_is_none_of_another(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *a = new_plain(f), *b = new_plain(f);
    set(h, a, "name", int_new(h, 1));
    assert_null(get(h, b, "name"));
    assert_false(delete (h, b, "name"));
    object_drop(h, a);
    object_drop(h, b);
}

static void asking_for_an_attribute_adds_no_shared_key(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *o = new_plain(f);
    assert_null(get(h, o, "missing"));
    assert_false(delete (h, o, "missing"));
    assert_int_equal(memory_blocks(&h->memory), 2);
    object_drop(h, o);
}

/* ---- Shared keys ---- */

/* How many attributes the next instance can get before its dict is made. */
static int attributes_without_dict(struct heap_fixture *f, int instances_before)
{
    struct object *before[64];
    for (int i = 0; i < instances_before; i++)
        before[i] = new_plain(f);
    struct object *o = new_plain(f);
    int n = 0;
    while (!instance_has_dict(o))
        set(&f->heap, o, numbered(n++), none_new(&f->heap));
    object_drop(&f->heap, o);
    for (int i = 0; i < instances_before; i++)
        object_drop(&f->heap, before[i]);
    return n - 1;
}

static void each_instance_made_takes_a_usable_key_away(void **state)
{
    static const struct {
        int before, attributes;
    } rows[] = {{0, 29}, {1, 28}, {5, 24}, {20, 9}, {27, 2}, {28, 1}, {29, 1}, {40, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *own;
        open_heap(&own);
        assert_int_equal(attributes_without_dict(own, rows[i].before), rows[i].attributes);
        assert_int_equal(close_heap(&own), 0);
    }
}

static void a_dict_that_is_made_counts_as_an_object_and_takes_the_values_over(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *early[40], *none = &h->none;
    for (int i = 0; i < 40; i++)
        early[i] = new_plain(f);
    struct object *o = new_plain(f), *a = new_key(h, "ab"), *b = new_key(h, "bc");
    assert_counts(h, 41, 0, 0);
    uint64_t blocks = memory_blocks(&h->memory);
    instance_set(h, o, a, object_keep(none));
    assert_counts(h, 41, 0, 0);
    assert_int_equal(memory_blocks(&h->memory), blocks);
    instance_set(h, o, b, object_keep(none));
    assert_counts(h, 42, 0, 0);
    assert_int_equal(memory_blocks(&h->memory), blocks + 1); /* a dict and its table for the values */
    assert_ptr_equal(instance_get(o, a), none);
    assert_int_equal(object_bytes(o), 56);
    object_drop(h, a);
    object_drop(h, b);
    object_drop(h, o);
    for (int i = 0; i < 40; i++)
        object_drop(h, early[i]);
}

static void the_class_keeps_its_keys(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *o = new_plain(f), *key = new_key(h, "name");
    instance_set(h, o, key, none_new(h));
    assert_int_equal(key->refcount, 2);
    instance_delete(h, o, key);
    object_drop(h, o);
    assert_int_equal(key->refcount, 2);
    object_drop(h, key);
}

/* ---- Order of release ---- */

static void attributes_go_in_the_order_of_the_shared_keys(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *first = new_plain(f), *second = new_plain(f);
    static const char *const names[] = {"ab", "bc", "cd"};
    for (int i = 0; i < 3; i++)
        set(h, first, names[i], none_new(h));
    for (int i = 2; i >= 0; i--)
        set(h, second, names[i], new_logging(f, i));
    object_drop(h, second);
    ASSERT_LOGGED(&f->logging, 0, 1, 2);
    object_drop(h, first);
}

/* ab, bc and cd are the shared keys; the dict has its own table, in the order stored. */
static void attributes_in_a_dict_go_in_the_order_stored(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *early[26];
    for (int i = 0; i < 26; i++)
        early[i] = new_plain(f);
    static const char *const names[] = {"ab", "bc", "cd"};
    for (int i = 0; i < 3; i++)
        set(h, early[0], names[i], none_new(h));
    struct object *o = new_plain(f);
    for (int i = 2; i >= 0; i--)
        set(h, o, names[i], new_logging(f, i));
    assert_true(delete (h, o, "bc"));
    assert_false(instance_has_dict(o));
    f->logging.logged = 0;
    set(h, o, "bc", new_logging(f, 11));
    for (int i = 0; !instance_has_dict(o); i++)
        set(h, o, numbered(i), none_new(h));
    object_drop(h, o);
    ASSERT_LOGGED(&f->logging, 2, 0, 11);
    for (int i = 0; i < 26; i++)
        object_drop(h, early[i]);
}

static void nested_instances_are_released_in_cpythons_order(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *outer = new_plain(f);
    for (int i = 0; i < 200; i++) {
        struct object *next = new_plain(f);
        set(h, next, "label", new_logging(f, i));
        set(h, next, "inner", outer);
        outer = next;
    }
    object_drop(h, outer);
    assert_nested_order(&f->logging);
}

static void a_chain_of_instances_is_released_by_the_trashcan(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    gc_disable(&h->gc);
    struct object *o = new_plain(f);
    for (int i = 0; i < 100000; i++) {
        struct object *next = new_plain(f);
        set(h, next, "next", o);
        o = next;
    }
    object_drop(h, o);
    assert_counts(h, 0, 0, 0);
}

/* ---- Finalizers ---- */

static void a_finalizer_sees_the_attributes(void **state)
{
    struct heap_fixture *f = *state;
    object_drop(&f->heap, new_finalized(f, 5));
    ASSERT_LOGGED(&f->logging, 5);
}

static void a_cycle_of_instances_is_finalized_and_collected(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *a = new_finalized(f, 1), *b = new_finalized(f, 2);
    set(h, a, "other", object_keep(b));
    set(h, b, "other", object_keep(a));
    object_drop(h, a);
    object_drop(h, b);
    assert_int_equal(f->logging.logged, 0);
    assert_int_equal(gc_collect(h, 2), 2);
    ASSERT_LOGGED(&f->logging, 1, 2);
}

static void a_cycle_through_a_dict_that_was_made_is_collected(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *o = new_finalized(f, 1);
    for (int i = 0; !instance_has_dict(o); i++)
        set(h, o, numbered(i), object_keep(o));
    object_drop(h, o);
    assert_int_equal(gc_collect(h, 2), 2);
    ASSERT_LOGGED(&f->logging, 1);
}

static struct object *rescued;

static void rescue(const struct instance_class *class, struct object *self)
{
    (void)class;
    rescued = object_keep(self);
}

/* Its finalizer sets an attribute of another instance. */
struct meddling_class {
    struct instance_class core;
    struct heap *heap;
    struct object *other;
    bool called;
};

static void meddle(const struct instance_class *core, struct object *self)
{
    (void)self;
    struct meddling_class *class = (struct meddling_class *)(uintptr_t)core;
    class->called = true;
    delete (class->heap, class->other, numbered(0));
    set(class->heap, class->other, "by the finalizer", int_new(class->heap, 1000));
}

static void a_finalizer_may_give_an_instance_its_dict_while_it_gets_one(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    static struct meddling_class meddling;
    meddling = (struct meddling_class){.heap = h};
    instance_class_init(h, &meddling.core, "Meddling", meddle);
    struct object *o = new_plain(f);
    for (int i = 0; i < KEYS_SHARED_MOST - 1; i++)
        set(h, o, numbered(i), int_new(h, i));
    assert_false(instance_has_dict(o));
    meddling.other = o;

    struct object *cycle = instance_new(h, &meddling.core);
    set(h, cycle, "self", object_keep(cycle));
    object_drop(h, cycle);
    gc_set_threshold(&h->gc, 1, 10, 10);
    set(h, o, "the one too many", int_new(h, 2000));
    assert_true(meddling.called);
    assert_true(instance_has_dict(o));
    assert_null(get(h, o, numbered(0)));
    assert_int_equal(int_value(get(h, o, numbered(1))), 1);
    assert_int_equal(int_value(get(h, o, "by the finalizer")), 1000);
    assert_int_equal(int_value(get(h, o, "the one too many")), 2000);
    assert_int_equal(dict_length(instance_dict(o)), KEYS_SHARED_MOST);
    char error[200] = "";
    assert_int_equal(heap_check(h, error, sizeof error), 0);
    object_drop(h, o);
}

static void an_armed_finalizer_is_called_again(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct instance_class class;
    instance_class_init(h, &class, "Phoenix", rescue);
    object_drop(h, instance_new(h, &class));
    struct object *o = rescued;
    assert_true(object_is_finalized(o));
    assert_true(object_is_tracked(o));
    rescued = NULL;
    instance_arm_finalizer(o);
    object_drop(h, o);
    assert_ptr_equal(rescued, o);
    rescued = NULL;
    object_drop(h, o);
    assert_null(rescued);
    instance_classes_close(h);
}

static void weak_references_are_cleared_before_the_attributes_go(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *o = new_plain(f);
    struct object *ref = weakref_new(h, o, false);
    assert_ptr_equal(weakref_get(ref), o);
    object_drop(h, o);
    assert_null(weakref_get(ref));
    object_drop(h, ref);
}

/* ---- Memory ---- */

static bool try_set(struct heap *h, struct object *o, int i, struct object *value)
{
    const char *name = numbered(i);
    struct object *key = string_new(h, name, strlen(name));
    key = key ? intern(h, key) : NULL;
    bool done = key && value && instance_set(h, o, key, value) == 0;
    object_drop_if_any(h, key);
    if (!done)
        object_drop_if_any(h, value);
    return done;
}

static bool instances_program(struct heap_fixture *f)
{
    struct heap *h = &f->heap;
    gc_set_threshold(&h->gc, 10, 2, 2);
    struct object *list = list_new(h, 0);
    bool done = list != NULL;
    for (int i = 0; done && i < 45; i++) {
        struct object *o = instance_new(h, &f->plain);
        done = o != NULL;
        if (done && list_append(h, list, o) < 0) {
            object_drop(h, o);
            done = false;
        }
        for (int k = 0; done && k < i % 4; k++)
            done = try_set(h, o, k, object_keep(o)) && try_set(h, o, 10 + k, int_new(h, 5000));
    }
    object_drop_if_any(h, list);
    return done;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        fail_each_allocation(instances_program, i & 1, i & 2, i & 1 ? 3 : 100);
}

static void without_memory_for_a_dict_the_attributes_stay(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *o = new_plain(f), *key = new_key(h, "one more");
    for (int i = 0; i < 29; i++)
        set(h, o, numbered(i), int_new(h, i));
    f->memory.fail_from = f->memory.calls + 1;
    assert_int_equal(instance_set(h, o, key, &h->none), -1);
    f->memory.fail_from = 0;
    assert_null(instance_get(o, key));
    for (int i = 0; i < 29; i++)
        assert_int_equal(int_value(get(h, o, numbered(i))), i);
    object_drop(h, key);
    object_drop(h, o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(an_instance_takes_two_blocks),
        HEAP_TEST(attributes_take_no_block_while_their_keys_are_shared),
        HEAP_TEST(an_instance_gives_back_what_was_stored),
        HEAP_TEST(an_attribute_of_one_instance_is_none_of_another),
        HEAP_TEST(asking_for_an_attribute_adds_no_shared_key),
        HEAP_TEST(each_instance_made_takes_a_usable_key_away),
        HEAP_TEST(a_dict_that_is_made_counts_as_an_object_and_takes_the_values_over),
        HEAP_TEST(the_class_keeps_its_keys),
        HEAP_TEST(attributes_go_in_the_order_of_the_shared_keys),
        HEAP_TEST(attributes_in_a_dict_go_in_the_order_stored),
        HEAP_TEST(nested_instances_are_released_in_cpythons_order),
        HEAP_TEST(a_chain_of_instances_is_released_by_the_trashcan),
        HEAP_TEST(a_finalizer_sees_the_attributes),
        HEAP_TEST(a_cycle_of_instances_is_finalized_and_collected),
        HEAP_TEST(a_cycle_through_a_dict_that_was_made_is_collected),
        HEAP_TEST(a_finalizer_may_give_an_instance_its_dict_while_it_gets_one),
        HEAP_TEST(an_armed_finalizer_is_called_again),
        HEAP_TEST(weak_references_are_cleared_before_the_attributes_go),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test_setup_teardown(without_memory_for_a_dict_the_attributes_stay, open_heap_without_pools,
                                        close_heap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
