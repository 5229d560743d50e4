/* test_reference_malloc.c - the real CPython without its pool allocator, and without a pause hook. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "workloads/mutator.h"

static struct mutator mutator;

static int open_runtime(void **state)
{
    static value memory[MUTATOR_MEMORY_BYTES / sizeof(value) + 1];
    char error[256];
    *state = &mutator;
    if (mutator_open(&mutator, memory, &(struct runtime_options){0}, NULL, 1, 1, error, sizeof error) == 0)
        return 0;
    fprintf(stderr, "%s\n", error);
    return -1;
}

static int close_runtime(void **state)
{
    mutator_close(*state);
    return 0;
}

static void the_pool_allocators_counters_are_unknown(void **state)
{
    struct runtime_state s;
    runtime_read(*state, &s);
    assert_false(s.pool.known);
}

static void a_small_object_comes_straight_from_malloc(void **state)
{
    struct mutator *m = *state;
    value *list = mutator_push(m, 1);
    *list = new_list(m, 4);
    /* A block of the pool allocator would have no size that malloc knows. */
    assert_in_range(malloc_usable_size(((PyListObject *)*list)->ob_item), 4 * sizeof(value), 5 * sizeof(value));
    mutator_pop(m);
}

static void collections_and_counts_are_the_same_without_pools(void **state)
{
    struct mutator *m = *state;
    value *kept = mutator_roots(m, 1);
    *kept = new_list(m, 0);
    for (int i = 0; i < 300000; i++)
        value_list_append(m, *kept, new_list(m, 2));
    struct runtime_state s;
    runtime_read(m, &s);
    assert_int_equal(s.generation[0].collections, 389);
    assert_int_equal(s.generation[1].collections, 35);
    assert_int_equal(s.generation[2].collections, 3);
    assert_int_equal(s.count[0], 674);
    assert_int_equal(s.count[1], 4);
    assert_int_equal(s.count[2], 2);
    assert_int_equal(runtime_collect(m, 2), 0);
}

static void another_start_works_without_pools_too(void **state)
{
    struct runtime_state s;
    for (int i = 0; i < 3; i++) {
        close_runtime(state);
        assert_int_equal(open_runtime(state), 0);
        runtime_read(*state, &s);
        assert_int_equal(s.generation[0].objects + s.generation[1].objects + s.generation[2].objects, 0);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_runtime, close_runtime)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_pool_allocators_counters_are_unknown),
        TEST(a_small_object_comes_straight_from_malloc),
        TEST(collections_and_counts_are_the_same_without_pools),
        TEST(another_start_works_without_pools_too),
    };
    return cmocka_run_group_tests_name("reference without pools", tests, NULL, NULL);
}
