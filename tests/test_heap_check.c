/* test_heap_check.c - the heap's check is silent on a sound heap, and names what is broken in another. */
#include <string.h>

#include "tests/heap_fixture.h"

static void assert_found(struct heap *h, const char *what)
{
    char error[200] = "";
    assert_int_equal(heap_check(h, error, sizeof(error)), -1);
    if (!strstr(error, what))
        fail_msg("found '%s' instead of '%s'", error, what);
}

/* Three lists in generation 0, the second holding the third. */
static void make_three(struct heap *h, struct object *list[3])
{
    for (int i = 0; i < 3; i++)
        list[i] = list_new(h, 0);
    append(h, list[1], object_keep(list[2]));
}

static void drop_three(struct heap *h, struct object *list[3])
{
    assert_sound(h);
    for (int i = 0; i < 3; i++)
        object_drop(h, list[i]);
}

static void a_count_below_the_references_is_found(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list[3];
    make_three(h, list);
    append(h, list[0], object_keep(list[2]));
    list[2]->refcount = 1;
    assert_found(h, "a list counts 1 references, but more were found");
    list[2]->refcount = 0;
    assert_found(h, "a list with count 0");
    list[2]->refcount = 3;
    drop_three(h, list);
}

static void a_freed_item_in_a_container_is_found(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list[3];
    make_three(h, list);
    struct object *item = bytes_new(h, 10);
    append(h, list[0], item);
    item->refcount = 0;
    assert_found(h, "a list holds a bytes with count 0");
    item->refcount = 1;
    drop_three(h, list);
}

static void a_broken_link_is_found(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list[3];
    make_three(h, list);
    uintptr_t prev = gc_head_of(list[2])->prev;
    gc_head_of(list[2])->prev = (uintptr_t)gc_head_of(list[0]);
    assert_found(h, "generation 0: an object's link back");
    gc_head_of(list[2])->prev = prev;
    h->gc.generation[0].prev = (uintptr_t)gc_head_of(list[1]);
    assert_found(h, "generation 0: its end");
    h->gc.generation[0].prev = (uintptr_t)gc_head_of(list[2]);
    drop_three(h, list);
}

static void flags_left_by_a_collection_are_found(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list[3];
    make_three(h, list);
    gc_collect(h, 0);
    gc_head_of(list[1])->prev |= GC_PREV_COLLECTING;
    assert_found(h, "generation 1: an object is still flagged collecting");
    gc_head_of(list[1])->prev &= ~(uintptr_t)GC_PREV_COLLECTING;
    gc_head_of(list[1])->next |= GC_NEXT_UNREACHABLE;
    assert_found(h, "generation 1: an object is still flagged unreachable");
    gc_head_of(list[1])->next &= ~(uintptr_t)GC_NEXT_UNREACHABLE;
    drop_three(h, list);
}

static void a_shared_object_dropped_too_often_is_found(void **state)
{
    struct heap *h = heap_under_test(state);
    h->none.refcount--;
    assert_found(h, "None was dropped once too often");
    h->none.refcount++;
    h->small_int[0].base.refcount--;
    assert_found(h, "the int -5 was dropped once too often");
    h->small_int[0].base.refcount++;
}

static void a_free_list_of_another_length_is_found(void **state)
{
    struct heap *h = heap_under_test(state);
    object_drop(h, list_new(h, 0));
    h->freelists.lists.count = 2;
    assert_found(h, "free list of lists");
    h->freelists.lists.count = 0;
    assert_found(h, "free list of lists");
    h->freelists.lists.count = 1;
}

static void a_broken_pool_is_found(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list = list_new(h, 0);
    struct pool *pool = pool_of(&h->memory.pool, list);
    pool->used++;
    char error[200];
    assert_int_equal(heap_check(h, error, sizeof(error)), -1);
    pool->used--;
    object_drop(h, list);
}

static void the_check_leaves_the_heap_as_it_was(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *list[3];
    make_three(h, list);
    object_drop(h, new_ring(h));
    gc_collect(h, 0);
    append(h, list[0], new_ring(h));
    gc_freeze(&h->gc);
    append(h, list[0], new_ring(h));
    list_clear(h, list[0]);
    assert_sound(h);
    gc_unfreeze(&h->gc);
    assert_int_equal(gc_collect(h, 2), 2);
    drop_three(h, list);
}

static void count_visit(struct object *o, void *argument)
{
    (void)o;
    ++*(int *)argument;
}

static void every_tracked_object_is_visited_once(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list[3];
    make_three(h, list);
    gc_freeze(&h->gc);
    struct object *young = list_new(h, 3);
    int visited = 0, held = 0;
    heap_visit(h, count_visit, &visited);
    assert_int_equal(visited, 4);
    object_traverse(young, count_visit, &held);
    assert_int_equal(held, 3);
    object_traverse(&h->none, count_visit, &held);
    assert_int_equal(held, 3);
    object_drop(h, young);
    drop_three(h, list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(a_count_below_the_references_is_found),
        HEAP_TEST(a_freed_item_in_a_container_is_found),
        HEAP_TEST(a_broken_link_is_found),
        HEAP_TEST(flags_left_by_a_collection_are_found),
        HEAP_TEST(a_shared_object_dropped_too_often_is_found),
        HEAP_TEST(a_free_list_of_another_length_is_found),
        HEAP_TEST(a_broken_pool_is_found),
        HEAP_TEST(the_check_leaves_the_heap_as_it_was),
        HEAP_TEST(every_tracked_object_is_visited_once),
    };
    return cmocka_run_group_tests_name("heap_check", tests, NULL, NULL);
}
