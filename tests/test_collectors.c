/* test_collectors.c - what every row of collectors.def owes, whatever its algorithm. */
#include <string.h>

#include "tests/heap_fixture.h"
#include "workloads/random.h"

static void every_collector_says_what_it_is(void **state)
{
    (void)state;
    assert_true(collector_count > 0);
    for (size_t i = 0; i < collector_count; i++) {
        const struct collector *c = collectors[i];
        assert_true(c->name[0] && c->summary[0] && c->source[0]);
        assert_ptr_equal(find_collector(c->name), c);
    }
}

static void the_default_is_cpython_3_11(void **state)
{
    (void)state;
    assert_string_equal(collectors[0]->name, "cpython-3.11");
}

static void an_unknown_collector_is_not_found(void **state)
{
    (void)state;
    assert_null(find_collector("cpython-2.7"));
    assert_null(find_collector(""));
}

enum { PLACES = 200, STEPS = 50000 };

/* Objects that refer to each other at random, each with its place's number in
 * slot 0. */
struct graph {
    struct heap *heap;
    struct slots_class class;
    struct object *place[PLACES];
    struct random random;
};

static size_t below(struct graph *g, size_t n)
{
    return (size_t)random_next_below(&g->random, n);
}

static void replace(struct graph *g, size_t place)
{
    struct object *o = slots_new(g->heap, &g->class);
    slots_set(g->heap, o, 0, int_new(g->heap, (int64_t)place));
    object_drop_if_any(g->heap, g->place[place]);
    g->place[place] = o;
}

static void mutate(struct graph *g)
{
    size_t from = below(g, PLACES), to = below(g, PLACES);
    if (!g->place[from] || below(g, 4) == 0)
        replace(g, from);
    else if (g->place[to])
        slots_set(g->heap, g->place[from], 1 + below(g, 2), object_keep(g->place[to]));
}

static void assert_all_there(struct graph *g)
{
    assert_sound(g->heap);
    for (size_t i = 0; i < PLACES; i++)
        if (g->place[i])
            assert_int_equal(int_value(slots_get(g->place[i], 0)), i);
}

static void mutate_under(const struct collector *collector, bool debug)
{
    static struct heap heap;
    struct failing memory = {0};
    struct memory_backend backend = failing_backend(&memory);
    struct arena_source arenas = failing_arenas(&memory);
    struct graph g = {.heap = &heap};
    slots_class_init(&g.class, "Node", 3, NULL);
    random_seed(&g.random, 1);
    assert_int_equal(
        heap_open(&heap,
                  &(struct heap_options){
                      .backend = &backend, .arenas = &arenas, .pools = !debug, .collector = collector, .debug = debug}),
        0);
    gc_set_threshold(&heap.gc, 50, 3, 3);
    for (int i = 0; i < (debug ? STEPS / 50 : STEPS); i++) {
        mutate(&g);
        if (i % 1000 == 0)
            assert_all_there(&g);
    }
    assert_all_there(&g);
    for (size_t i = 0; i < PLACES; i++)
        object_drop_if_any(&heap, g.place[i]);
    heap_close(&heap);
    assert_int_equal(memory.blocks, 0);
    assert_int_equal(memory.mapped, memory.unmapped);
}

static void every_collector_keeps_what_is_reachable_and_leaves_nothing_behind(void **state)
{
    (void)state;
    for (size_t i = 0; i < collector_count; i++) {
        mutate_under(collectors[i], false);
        mutate_under(collectors[i], true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_collector_says_what_it_is),
        cmocka_unit_test(the_default_is_cpython_3_11),
        cmocka_unit_test(an_unknown_collector_is_not_found),
        cmocka_unit_test(every_collector_keeps_what_is_reachable_and_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("collectors", tests, NULL, NULL);
}
