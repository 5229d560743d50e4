/* test_cascade.c - frees by counts alone that come in one go. */
#include "core/cascade.h"

#include "tests/heap_fixture.h"

struct seen {
    int cascades, collections;
    uint64_t last_end_ns;
};

static void note(void *context, int kind, uint64_t start_ns, uint64_t end_ns)
{
    struct seen *s = context;
    assert_true(start_ns > 0 && start_ns <= end_ns);
    assert_true(start_ns >= s->last_end_ns); /* pauses do not overlap */
    s->last_end_ns = end_ns;
    if (kind == PAUSE_CASCADE)
        s->cascades++;
    else
        s->collections++;
}

/* A list of n floats, all its own. */
static struct object *list_of_floats(struct heap *h, size_t n)
{
    struct object *list = list_new(h, 0);
    for (size_t i = 0; i < n; i++)
        append(h, list, float_new(h, 0.5));
    return list;
}

static void watch(struct heap *h, struct seen *s)
{
    *s = (struct seen){0};
    gc_set_pause_hook(&h->gc, note, s);
}

static void a_thousand_frees_in_one_go_are_a_pause_and_999_are_none(void **state)
{
    struct heap *h = heap_under_test(state);
    struct seen s;
    watch(h, &s);
    object_drop(h, list_of_floats(h, CASCADE_LEAST - 2));
    assert_int_equal(s.cascades, 0);
    object_drop(h, list_of_floats(h, CASCADE_LEAST - 1)); /* and the list */
    assert_int_equal(s.cascades, 1);
    assert_int_equal(s.collections, 0);
}

static void frees_one_by_one_are_no_cascade(void **state)
{
    struct heap *h = heap_under_test(state);
    struct seen s;
    watch(h, &s);
    for (int i = 0; i < 3 * CASCADE_LEAST; i++)
        object_drop(h, float_new(h, 0.5));
    for (int i = 0; i < 3 * CASCADE_LEAST; i++)
        object_drop(h, list_of_floats(h, 1));
    assert_int_equal(s.cascades, 0);
}

static void clearing_a_list_is_one_go(void **state)
{
    struct heap *h = heap_under_test(state);
    struct seen s;
    struct object *list = list_new(h, 0);
    for (int i = 0; i < 100; i++)
        append(h, list, list_of_floats(h, 20));
    watch(h, &s);
    list_clear(h, list);
    assert_int_equal(s.cascades, 1);
    object_drop(h, list);
    assert_int_equal(s.cascades, 1);
}

/* 2,000 nested lists go deeper than the trashcan lets releases nest. */
static void what_the_trashcan_works_off_belongs_to_the_cascade(void **state)
{
    struct heap *h = heap_under_test(state);
    struct seen s;
    gc_disable(&h->gc);
    struct object *outer = list_new(h, 0);
    for (int i = 0; i < 2000; i++) {
        struct object *next = list_new(h, 0);
        append(h, next, outer);
        outer = next;
    }
    watch(h, &s);
    object_drop(h, outer);
    assert_int_equal(s.cascades, 1);
    assert_int_equal(s.collections, 0);
}

static void what_a_collection_frees_is_no_cascade(void **state)
{
    struct heap *h = heap_under_test(state);
    struct seen s;
    struct object *ring = new_ring(h);
    for (int i = 0; i < 3000; i++)
        append(h, ring, float_new(h, 0.5));
    object_drop(h, ring);
    watch(h, &s);
    assert_int_equal(gc_collect(h, GC_OLDEST), 1);
    assert_int_equal(s.collections, 1);
    assert_int_equal(s.cascades, 0);
}

static struct heap *finalizing;

static void collect_in_finalizer(const struct slots_class *class, struct object *self)
{
    (void)class, (void)self;
    gc_collect(finalizing, GC_OLDEST);
}

/* Items are dropped last first: 2,000 floats, the object that collects, and as
 * many again. */
static void a_collection_in_the_middle_cuts_a_cascade_in_two(void **state)
{
    struct heap *h = heap_under_test(state);
    struct slots_class class;
    struct seen s;
    slots_class_init(&class, "Collecting", 1, collect_in_finalizer);
    finalizing = h;
    struct object *list = list_of_floats(h, 2000);
    append(h, list, slots_new(h, &class));
    for (int i = 0; i < 2000; i++)
        append(h, list, float_new(h, 0.5));
    watch(h, &s);
    object_drop(h, list);
    assert_int_equal(s.collections, 1);
    assert_int_equal(s.cascades, 2);
}

static void a_short_piece_before_a_collection_counts_for_what_follows(void **state)
{
    struct heap *h = heap_under_test(state);
    struct slots_class class;
    struct seen s;
    slots_class_init(&class, "Collecting", 1, collect_in_finalizer);
    finalizing = h;
    struct object *list = list_of_floats(h, 700);
    append(h, list, slots_new(h, &class));
    for (int i = 0; i < 400; i++)
        append(h, list, float_new(h, 0.5));
    watch(h, &s);
    object_drop(h, list);
    assert_int_equal(s.collections, 1);
    assert_int_equal(s.cascades, 1);
}

static void without_a_hook_objects_are_counted_all_the_same(void **state)
{
    struct heap *h = heap_under_test(state);
    uint64_t before = cascade_released(&h->cascade);
    object_drop(h, list_of_floats(h, 5000));
    assert_int_equal(cascade_released(&h->cascade) - before, 5001);
    assert_int_equal(h->cascade.depth, 0);
    assert_int_equal(h->cascade.start_ns, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(a_thousand_frees_in_one_go_are_a_pause_and_999_are_none),
        HEAP_TEST(frees_one_by_one_are_no_cascade),
        HEAP_TEST(clearing_a_list_is_one_go),
        HEAP_TEST(what_the_trashcan_works_off_belongs_to_the_cascade),
        HEAP_TEST(what_a_collection_frees_is_no_cascade),
        HEAP_TEST(a_collection_in_the_middle_cuts_a_cascade_in_two),
        HEAP_TEST(a_short_piece_before_a_collection_counts_for_what_follows),
        HEAP_TEST(without_a_hook_objects_are_counted_all_the_same),
    };
    return cmocka_run_group_tests_name("cascade", tests, NULL, NULL);
}
