/* test_release.c - releases of any depth, and what happens when memory runs out. */
#include <pthread.h>

#include "tests/heap_fixture.h"

/* ---- The trashcan ---- */

/* Two hundred nested [D(i), inner]: the order read from the real CPython. */
static void nested_releases_finalize_in_cpythons_order(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *nested = none_new(h);
    for (int i = 0; i < 200; i++) {
        struct object *outer = list_new(h, 0);
        append(h, outer, new_logging(f, i));
        append(h, outer, nested);
        nested = outer;
    }
    object_drop(h, nested);

    static const struct {
        int first, last;
    } runs[] = {{151, 199}, {150, 150}, {102, 149}, {101, 101}, {53, 100}, {52, 52}, {4, 51}, {3, 3}, {0, 2}};
    size_t n = 0;
    for (size_t r = 0; r < sizeof(runs) / sizeof(runs[0]); r++)
        for (int i = runs[r].first; i <= runs[r].last; i++)
            assert_int_equal(f->logging.log[n++], i);
    assert_int_equal(f->logging.logged, n);
}

enum { SMALL_STACK = 1 << 20 };

#if defined GCSWEEP_SANITIZED || defined GCSWEEP_DEBUG_HEAP
enum { DEEP = 1000000 };
#else
enum { DEEP = 10000000 };
#endif

struct job {
    void (*step)(struct heap *h, struct object *o);
    struct heap *heap;
    struct object *o;
};

static void *run_job(void *argument)
{
    struct job *job = argument;
    job->step(job->heap, job->o);
    return NULL;
}

/* Runs the step on a thread with a stack of 1 MiB. */
static void on_small_stack(void (*step)(struct heap *h, struct object *o), struct heap *h, struct object *o)
{
    struct job job = {step, h, o};
    pthread_attr_t attributes;
    pthread_t thread;
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstacksize(&attributes, SMALL_STACK), 0);
    assert_int_equal(pthread_create(&thread, &attributes, run_job, &job), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    assert_sound(h);
}

static void collect_all(struct heap *h, struct object *unused)
{
    (void)unused;
    gc_collect(h, 2);
}

static void ten_million_linked_instances_are_released_on_a_small_stack(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    gc_disable(&h->gc);
    struct object *last = NULL;
    for (int i = 0; i < DEEP; i++) {
        struct object *node = slots_new(h, &f->pair);
        slots_set(h, node, 0, last);
        last = node;
    }
    on_small_stack(object_drop, h, last);
    assert_int_equal(memory_blocks(&h->memory), 0);
}

static void ten_million_nested_lists_are_released_on_a_small_stack(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_disable(&h->gc);
    struct object *last = list_new(h, 0);
    for (int i = 0; i < DEEP; i++) {
        struct object *outer = list_new(h, 1);
        list_set(h, outer, 0, last);
        last = outer;
    }
    on_small_stack(object_drop, h, last);
    assert_int_equal(memory_blocks(&h->memory), FREELIST_LISTS);
}

static void a_million_instances_in_one_cycle_are_collected_on_a_small_stack(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    gc_disable(&h->gc);
    struct object *first = slots_new(h, &f->pair), *last = object_keep(first);
    for (int i = 1; i < 1000000; i++) {
        struct object *node = slots_new(h, &f->pair);
        slots_set(h, node, 0, last);
        last = node;
    }
    slots_set(h, first, 0, last);
    object_drop(h, first);
    on_small_stack(collect_all, h, NULL);
    assert_int_equal(h->gc.stats[2].collected, 1000000);
    assert_int_equal(memory_blocks(&h->memory), 0);
}

/* ---- Out of memory ---- */

static struct object *int_tuple(struct heap *h, int64_t n)
{
    struct object *i = int_new(h, n);
    struct object *tuple = i ? tuple_new(h, &i, 1) : NULL;
    object_drop_if_any(h, i);
    return tuple;
}

/* Hands the item over; drops it when the list cannot take it. */
static bool append_or_drop(struct heap *h, struct object *list, struct object *item)
{
    if (!item)
        return false;
    if (list_append(h, list, item) == 0)
        return true;
    object_drop(h, item);
    return false;
}

static bool make_things(struct heap_fixture *f, struct object *list, int i)
{
    struct heap *h = &f->heap;
    struct object *pair = slots_new(h, &f->pair);
    if (!append_or_drop(h, list, pair))
        return false;
    slots_set(h, pair, 0, object_keep(pair));
    slots_set(h, pair, 1, float_new(h, i));
    return slots_get(pair, 1) && append_or_drop(h, list, int_tuple(h, i + 100000)) &&
           append_or_drop(h, list, bytes_new(h, 600)) && append_or_drop(h, list, list_new(h, 100)) &&
           (i % 3 > 0 || list_delete(h, list, 0) == 0);
}

/* A small program with every type, garbage, growing and shrinking lists, and
 * SAVEALL. False when memory ran out; nothing is left referenced then. */
static bool small_program(struct heap_fixture *f)
{
    struct heap *h = &f->heap;
    gc_set_threshold(&h->gc, 20, 2, 2);
    gc_set_debug(&h->gc, GC_DEBUG_SAVEALL);
    struct object *list = list_new(h, 0);
    if (!list)
        return false;
    bool done = true;
    for (int i = 0; done && i < 60; i++)
        done = make_things(f, list, i);
    while (done && list_length(list) > 1)
        done = list_delete(h, list, list_length(list) - 1) == 0;
    object_drop(h, list);
    return done;
}

static void every_allocation_may_fail_once(void **state)
{
    (void)state;
    fail_each_allocation(small_program, false, false, 300);
    fail_each_allocation(small_program, true, false, 50);
}

static void memory_may_run_out_for_good_at_every_allocation(void **state)
{
    (void)state;
    fail_each_allocation(small_program, false, true, 300);
    fail_each_allocation(small_program, true, true, 50);
}

static void a_failed_append_leaves_the_list_as_it_was(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *list = list_new(h, 0);
    for (int i = 0; i < 64; i++)
        append(h, list, none_new(h));
    f->memory.fail_from = 1;
    struct object *item = &h->small_int[0].base;
    assert_int_equal(list_append(h, list, item), -1);
    assert_int_equal(list_length(list), 64);
    assert_ptr_equal(list_get(list, 63), &h->none);
    f->memory.fail_from = 0;
    object_drop(h, list);
}

static void a_failed_shrink_leaves_the_list_as_it_was(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *list = list_new(h, 0);
    for (int i = 0; i < 64; i++)
        append(h, list, int_new(h, i));
    while (list_length(list) > 32)
        list_delete(h, list, 0);
    f->memory.fail_from = 1;
    assert_int_equal(list_delete(h, list, 10), -1);
    assert_int_equal(list_length(list), 32);
    for (int i = 0; i < 32; i++)
        assert_int_equal(int_value(list_get(list, (size_t)i)), i + 32);
    f->memory.fail_from = 0;
    object_drop(h, list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(nested_releases_finalize_in_cpythons_order),
        HEAP_TEST(ten_million_linked_instances_are_released_on_a_small_stack),
        HEAP_TEST(ten_million_nested_lists_are_released_on_a_small_stack),
        HEAP_TEST(a_million_instances_in_one_cycle_are_collected_on_a_small_stack),
        cmocka_unit_test(every_allocation_may_fail_once),
        cmocka_unit_test(memory_may_run_out_for_good_at_every_allocation),
        cmocka_unit_test_setup_teardown(a_failed_append_leaves_the_list_as_it_was, open_heap_without_pools, close_heap),
        cmocka_unit_test_setup_teardown(a_failed_shrink_leaves_the_list_as_it_was, open_heap_without_pools, close_heap),
    };
    return cmocka_run_group_tests_name("release", tests, NULL, NULL);
}
