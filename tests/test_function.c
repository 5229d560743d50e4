/* test_function.c - functions, closures and cells: their blocks, their order, the cycles they make. */
#include "tests/heap_fixture.h"

#include "core/types/function.h"
#include "core/types/weakref.h"

static struct object *closure_of(struct object *function)
{
    return ((struct function_object *)function)->closure;
}

static struct object *cell_at(struct object *function, size_t i)
{
    return tuple_get(closure_of(function), i);
}

static struct object *variable(struct object *function, size_t i)
{
    return ((struct cell_object *)cell_at(function, i))->item;
}

static void a_closure_holds_a_cell_for_each_value(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *items[2] = {int_new(h, 1000), list_new(h, 0)};
    struct object *function = function_new(h, items, 2);
    assert_int_equal(tuple_length(closure_of(function)), 2);
    for (size_t i = 0; i < 2; i++) {
        assert_ptr_equal(variable(function, i), items[i]);
        assert_int_equal(object_references(items[i]), 2);
        assert_int_equal(object_references(cell_at(function, i)), 1);
        assert_true(object_is_tracked(cell_at(function, i)));
    }
    assert_int_equal(object_references(closure_of(function)), 1);
    assert_true(object_is_tracked(closure_of(function)));
    assert_true(object_is_tracked(function));
    object_drop(h, function);
    assert_int_equal(object_references(items[1]), 1);
    object_drop(h, items[0]);
    object_drop(h, items[1]);
}

static void sizes_are_those_of_cpython(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *item = none_new(h);
    struct object *function = function_new(h, &item, 1);
    assert_int_equal(object_bytes(function), 152);
    assert_int_equal(object_bytes(cell_at(function, 0)), 40);
    assert_int_equal(object_bytes(closure_of(function)), 48);
    object_drop(h, function);
    object_drop(h, item);
}

/* Two cells, a tuple, a function; the next time the tuple comes from its free list. */
static void each_part_counts_as_an_allocation(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *items[2] = {none_new(h), none_new(h)};
    struct object *function = function_new(h, items, 2);
    assert_counts(h, 4, 0, 0);
    assert_int_equal(memory_blocks(&h->memory), 4);
    object_drop(h, function);
    assert_counts(h, 1, 0, 0);
    function = function_new(h, items, 2);
    assert_counts(h, 4, 0, 0);
    assert_int_equal(memory_blocks(&h->memory), 4);
    object_drop(h, function);
    object_drop(h, items[0]);
    object_drop(h, items[1]);
}

static void without_variables_there_is_no_closure(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *function = function_new(h, NULL, 0);
    assert_null(closure_of(function));
    assert_counts(h, 1, 0, 0);
    object_drop(h, function);
    assert_counts(h, 0, 0, 0);
    assert_int_equal(memory_blocks(&h->memory), 0);
}

struct order {
    const struct type *type[8];
    size_t count;
};

static void note_type(struct object *o, void *argument)
{
    struct order *order = argument;
    assert_true(order->count < 8);
    order->type[order->count++] = o->type;
}

/* As they lie in generation 0. */
static void cells_come_first_then_the_tuple_then_the_function(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *items[2] = {none_new(h), none_new(h)};
    struct object *function = function_new(h, items, 2);
    struct order order = {.count = 0};
    heap_visit(h, note_type, &order);
    assert_int_equal(order.count, 4);
    assert_ptr_equal(order.type[0], &cell_type);
    assert_ptr_equal(order.type[1], &cell_type);
    assert_ptr_equal(order.type[2], &tuple_type);
    assert_ptr_equal(order.type[3], &function_type);
    object_drop(h, function);
    object_drop(h, items[0]);
    object_drop(h, items[1]);
}

/* A tuple releases its items from the last to the first. */
static void variables_die_last_to_first(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *items[3] = {new_logging(f, 1), new_logging(f, 2), new_logging(f, 3)};
    struct object *function = function_new(h, items, 3);
    for (int i = 0; i < 3; i++)
        object_drop(h, items[i]);
    object_drop(h, function);
    ASSERT_LOGGED(&f->logging, 3, 2, 1);
}

static void a_callback_that_its_owner_holds_is_collected(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    for (int round = 0; round < 2; round++) {
        struct object *owner = new_logging(f, round);
        struct object *callback = function_new(h, &owner, 1);
        slots_set(h, owner, 1, callback);
        object_drop(h, owner);
        assert_int_equal(f->logging.logged, round);
        assert_int_equal(gc_collect(h, 2), 4); /* owner, cell, tuple, function */
    }
    ASSERT_LOGGED(&f->logging, 0, 1);
    assert_int_equal(memory_blocks(&h->memory), 0);
}

/* As Python: 4 for f = FunctionType(..., closure=(cell,)); cell.cell_contents = f. */
static void a_function_that_holds_itself_is_collected(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list = list_new(h, 0);
    struct object *function = function_new(h, &list, 1);
    append(h, list, function);
    object_drop(h, list);
    assert_int_equal(gc_collect(h, 0), 4);
}

static void a_chain_of_functions_is_released_on_a_bounded_stack(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *inner = none_new(h);
    for (int i = 0; i < 100000; i++) {
        struct object *outer = function_new(h, &inner, 1);
        object_drop(h, inner);
        inner = outer;
    }
    object_drop(h, inner);
    freelists_clear(h);
    assert_int_equal(memory_blocks(&h->memory), 0);
}

static void too_many_variables_are_refused(void **state)
{
    struct heap *h = heap_under_test(state);
    static struct object *items[FUNCTION_MOST_ITEMS + 1];
    for (size_t i = 0; i <= FUNCTION_MOST_ITEMS; i++)
        items[i] = &h->none;
    assert_null(function_new(h, items, FUNCTION_MOST_ITEMS + 1));
    struct object *function = function_new(h, items, FUNCTION_MOST_ITEMS);
    assert_int_equal(tuple_length(closure_of(function)), FUNCTION_MOST_ITEMS);
    object_drop(h, function);
}

/* The cells made so far are referenced from nowhere but the call itself. */
static void a_collection_while_a_function_is_made_keeps_its_parts(void **state)
{
    struct heap *h = heap_under_test(state);
    for (int t = 0; t < 6; t++) {
        struct object *items[3] = {list_new(h, 0), list_new(h, 0), list_new(h, 0)};
        gc_set_threshold(&h->gc, (int)h->gc.count[0] + t, 10, 10);
        struct object *function = function_new(h, items, 3);
        assert_sound(h);
        for (size_t i = 0; i < 3; i++) {
            assert_ptr_equal(variable(function, i), items[i]);
            object_drop(h, items[i]);
        }
        object_drop(h, function);
    }
}

static bool function_program(struct heap_fixture *f)
{
    struct heap *h = &f->heap;
    gc_set_threshold(&h->gc, 5, 1, 1);
    bool done = true;
    for (int i = 0; done && i < 30; i++) {
        struct object *items[2] = {list_new(h, 0), int_new(h, i + 1000)};
        struct object *function = items[0] && items[1] ? function_new(h, items, 2) : NULL;
        done = function && (i % 2 || list_append(h, items[0], object_keep(function)) == 0);
        if (function && !done)
            object_drop(h, function); /* the list did not take it over */
        object_drop_if_any(h, function);
        object_drop_if_any(h, items[0]);
        object_drop_if_any(h, items[1]);
    }
    return done;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int all_after = 0; all_after < 2; all_after++) {
        fail_each_allocation(function_program, false, all_after, 100);
        fail_each_allocation(function_program, true, all_after, 1);
    }
}

#define DEBUG_HEAP_TEST(f) cmocka_unit_test_setup_teardown(f, open_debug_heap, close_heap)

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(a_closure_holds_a_cell_for_each_value),
        HEAP_TEST(sizes_are_those_of_cpython),
        HEAP_TEST(each_part_counts_as_an_allocation),
        HEAP_TEST(without_variables_there_is_no_closure),
        HEAP_TEST(cells_come_first_then_the_tuple_then_the_function),
        HEAP_TEST(variables_die_last_to_first),
        DEBUG_HEAP_TEST(variables_die_last_to_first),
        HEAP_TEST(a_callback_that_its_owner_holds_is_collected),
        DEBUG_HEAP_TEST(a_closure_holds_a_cell_for_each_value),
        HEAP_TEST(a_function_that_holds_itself_is_collected),
        HEAP_TEST(a_chain_of_functions_is_released_on_a_bounded_stack),
        HEAP_TEST(too_many_variables_are_refused),
        HEAP_TEST(a_collection_while_a_function_is_made_keeps_its_parts),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("function", tests, NULL, NULL);
}
