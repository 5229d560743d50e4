/* test_garbage.c - what the collector finds, and what becomes of it: order, tuples, finalizers.
 *
 * Numbers and orders are the real CPython 3.11's for the same steps.
 */
#include "tests/heap_fixture.h"

/* ---- What it collects ---- */

static void a_list_that_holds_itself_is_collected(void **state)
{
    struct heap *h = heap_under_test(state);
    make_ring_garbage(h);
    assert_int_equal(gc_generation_length(&h->gc, 0), 1);
    assert_int_equal(gc_collect(h, 2), 1);
    assert_int_equal(gc_generation_length(&h->gc, 2), 0);
    assert_int_equal(h->gc.stats[2].collected, 1);
}

static void a_ring_that_is_referenced_survives_with_all_it_leads_to(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *ring = new_ring(h);
    struct object *pair = slots_new(h, &f->pair);
    slots_set(h, pair, 0, list_new(h, 2));
    slots_set(h, pair, 1, object_keep(ring));
    append(h, ring, pair);
    assert_int_equal(gc_collect(h, 0), 0);
    assert_int_equal(gc_generation_length(&h->gc, 1), 3);
    assert_sound(h);
    object_drop(h, ring);
    assert_int_equal(gc_collect(h, 0), 0); /* it is older now */
    assert_int_equal(gc_collect(h, 1), 3);
}

static void a_tuple_in_a_cycle_is_freed_by_those_that_can_be_cleared(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list = list_new(h, 0);
    append(h, list, tuple_new(h, &list, 1));
    object_drop(h, list);
    assert_int_equal(gc_collect(h, 2), 2);
    assert_int_equal(gc_generation_length(&h->gc, 2), 0);
}

static void survivors_keep_the_order_that_saves_the_next_collection_its_moves(void **state)
{
    /* Each holds the one made before it, and only the last is referenced: all
     * others are set aside and come back, so that the order turns round. */
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct object *made[5], *last = NULL;
    for (int i = 0; i < 5; i++) {
        made[i] = slots_new(h, &f->pair);
        slots_set(h, made[i], 0, last);
        last = made[i];
    }
    gc_collect(h, 0);
    const struct gc_head *head = gc_next(&h->gc.generation[1]);
    for (int i = 4; i >= 0; i--, head = gc_next(head))
        assert_ptr_equal(object_of(head), made[i]);
    object_drop(h, last);
}

enum holder { LIST, TUPLE, INSTANCE };

/* The one object that holds the three, which the caller gives away. */
static struct object *hold(struct heap_fixture *f, enum holder holder, struct object *held[3])
{
    struct heap *h = &f->heap;
    struct object *o = holder == TUPLE  ? tuple_new(h, held, 3)
                       : holder == LIST ? list_new(h, 3)
                                        : slots_new(h, &f->logging.core);
    for (size_t i = 0; i < 3; i++) {
        if (holder == LIST)
            list_set(h, o, i, held[i]);
        else if (holder == INSTANCE)
            slots_set(h, o, i, held[i]);
        else
            object_drop(h, held[i]);
    }
    return o;
}

static void what_a_container_holds_follows_it_in_the_order_it_is_visited(void **state)
{
    static const int last_first[] = {2, 1, 0}, first_first[] = {0, 1, 2};
    static const int *const order[] = {[LIST] = last_first, [TUPLE] = last_first, [INSTANCE] = first_first};
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    f->logging.core.type.finalize = NULL; /* three slots alone are wanted */
    for (enum holder holder = LIST; holder <= INSTANCE; holder++) {
        struct object *held[3];
        for (int i = 0; i < 3; i++)
            held[i] = slots_new(h, &f->pair);
        struct object *o = hold(f, holder, held);
        gc_collect(h, 0);
        const struct gc_head *head = gc_next(gc_head_of(o));
        for (int i = 0; i < 3; i++, head = gc_next(head))
            assert_ptr_equal(object_of(head), held[order[holder][i]]);
        object_drop(h, o);
    }
}

static void references_from_older_generations_keep_the_young_alive(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *old = new_ring(h);
    gc_collect(h, 2);
    append(h, old, new_ring(h)); /* the old one's reference, and its own */
    object_drop(h, old);         /* garbage as well, but not in generation 0 */
    assert_int_equal(gc_collect(h, 0), 0);
    assert_int_equal(gc_collect(h, 2), 2);
}

/* ---- Tuples that can be in no cycle ---- */

static void tuples_of_atoms_are_untracked_inner_first_in_one_pass(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *atom = int_new(h, 1);
    struct object *inner = tuple_new(h, &atom, 1);
    struct object *outer = tuple_new(h, &inner, 1);
    assert_true(object_is_tracked(inner));
    gc_collect(h, 0);
    assert_false(object_is_tracked(inner));
    assert_false(object_is_tracked(outer));
    assert_counts(h, 0, 1, 0);
    object_drop(h, outer);
    object_drop(h, inner);
    object_drop(h, atom);
}

static void an_outer_tuple_that_comes_first_takes_two_passes(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *atom = int_new(h, 1);
    struct object *inner = tuple_new(h, &atom, 1);
    struct object *outer = tuple_new(h, &inner, 1);
    /* To the end of the list, as if made after the outer one. */
    gc_untrack(inner);
    gc_track(&h->gc, inner);
    gc_collect(h, 0);
    assert_false(object_is_tracked(inner));
    assert_true(object_is_tracked(outer));
    gc_collect(h, 1);
    assert_false(object_is_tracked(outer));
    object_drop(h, outer);
    object_drop(h, inner);
    object_drop(h, atom);
}

static void a_tuple_that_holds_a_list_stays_tracked(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *list = list_new(h, 0);
    struct object *tuple = tuple_new(h, &list, 1);
    gc_collect(h, 2);
    assert_true(object_is_tracked(tuple));
    object_drop(h, tuple);
    object_drop(h, list);
}

/* ---- Finalizers ---- */

/* An instance that holds itself, with a label. */
static struct object *new_logging_ring(struct heap_fixture *f, int64_t label)
{
    struct object *o = new_logging(f, label);
    slots_set(&f->heap, o, 1, object_keep(o));
    return o;
}

static void garbage_is_finalized_oldest_first(void **state)
{
    struct heap_fixture *f = *state;
    for (int i = 0; i < 4; i++)
        object_drop(&f->heap, new_logging_ring(f, i));
    assert_int_equal(gc_collect(&f->heap, 2), 4);
    ASSERT_LOGGED(&f->logging, 0, 1, 2, 3);
}

/* Stores its object in `kept` when finalized; where to is in slot 2. */
static void resurrect(const struct slots_class *core, struct object *self)
{
    struct logging_class *class = (struct logging_class *)(uintptr_t)core;
    log_finalized(core, self);
    append((struct heap *)(uintptr_t) class->log[LOG_LENGTH - 1], slots_get(self, 2), object_keep(self));
}

/* A class that resurrects, and an instance in a ring with label 1 whose
 * finalizer appends it to `kept`. */
static struct object *new_resurrecting(struct heap_fixture *f, struct logging_class *class, struct object *kept)
{
    struct heap *h = &f->heap;
    slots_class_init(&class->core, "Resurrecting", 3, resurrect);
    class->logged = 0;
    class->log[LOG_LENGTH - 1] = (int64_t)(intptr_t)h;
    struct object *o = slots_new(h, &class->core);
    slots_set(h, o, 0, int_new(h, 1));
    slots_set(h, o, 1, object_keep(o));
    slots_set(h, o, 2, object_keep(kept));
    return o;
}

static void a_resurrected_object_is_promoted_and_finalized_no_more(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct logging_class *class = calloc(1, sizeof(*class));
    assert_non_null(class);
    struct object *kept = list_new(h, 0);
    object_drop(h, new_resurrecting(f, class, kept));
    make_ring_garbage(h); /* dies, although its neighbour comes back */

    assert_int_equal(gc_collect(h, 0), 1);
    assert_int_equal(list_length(kept), 1);
    assert_int_equal(gc_generation_length(&h->gc, 1), 2);
    assert_true(object_is_finalized(list_get(kept, 0)));
    assert_sound(h);

    list_clear(h, kept);
    assert_int_equal(gc_collect(h, 2), 1);
    ASSERT_LOGGED(class, 1);
    object_drop(h, kept);
    free(class);
}

static void an_object_resurrected_by_its_last_drop_is_finalized_no_more(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct logging_class *class = calloc(1, sizeof(*class));
    assert_non_null(class);
    struct object *kept = list_new(h, 0);
    struct object *o = new_resurrecting(f, class, kept);
    slots_set(h, o, 1, NULL); /* no ring: the count alone decides */
    object_drop(h, o);
    assert_int_equal(list_length(kept), 1);
    assert_true(object_is_tracked(list_get(kept, 0)));
    assert_sound(h);
    list_clear(h, kept);
    ASSERT_LOGGED(class, 1);
    object_drop(h, kept);
    free(class);
}

/* Allocates tracked objects past the threshold, some of them garbage. */
static void allocate_much(const struct slots_class *core, struct object *self)
{
    struct logging_class *class = (struct logging_class *)(uintptr_t)core;
    struct heap *h = (struct heap *)(uintptr_t) class->log[LOG_LENGTH - 1];
    (void)self;
    class->logged++;
    assert_int_equal(gc_collect(h, 2), 0); /* one at a time */
    for (int i = 0; i < 2000; i++)
        make_ring_garbage(h);
}

static void a_finalizer_that_allocates_starts_no_second_collection(void **state)
{
    struct heap_fixture *f = *state;
    struct heap *h = &f->heap;
    struct logging_class *class = calloc(1, sizeof(*class));
    assert_non_null(class);
    class->log[LOG_LENGTH - 1] = (int64_t)(intptr_t)h;
    slots_class_init(&class->core, "Allocating", 1, allocate_much);
    struct object *o = slots_new(h, &class->core);
    slots_set(h, o, 0, object_keep(o));
    object_drop(h, o);
    assert_int_equal(gc_collect(h, 2), 1);
    assert_int_equal(class->logged, 1);
    assert_collections(h, 0, 0, 1);
    assert_int_equal(gc_generation_length(&h->gc, 0), 2000);
    assert_sound(h);
    gc_collect(h, 2);
    free(class);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(a_list_that_holds_itself_is_collected),
        HEAP_TEST(a_ring_that_is_referenced_survives_with_all_it_leads_to),
        HEAP_TEST(a_tuple_in_a_cycle_is_freed_by_those_that_can_be_cleared),
        HEAP_TEST(survivors_keep_the_order_that_saves_the_next_collection_its_moves),
        HEAP_TEST(what_a_container_holds_follows_it_in_the_order_it_is_visited),
        HEAP_TEST(references_from_older_generations_keep_the_young_alive),
        HEAP_TEST(tuples_of_atoms_are_untracked_inner_first_in_one_pass),
        HEAP_TEST(an_outer_tuple_that_comes_first_takes_two_passes),
        HEAP_TEST(a_tuple_that_holds_a_list_stays_tracked),
        HEAP_TEST(garbage_is_finalized_oldest_first),
        HEAP_TEST(a_resurrected_object_is_promoted_and_finalized_no_more),
        HEAP_TEST(an_object_resurrected_by_its_last_drop_is_finalized_no_more),
        HEAP_TEST(a_finalizer_that_allocates_starts_no_second_collection),
    };
    return cmocka_run_group_tests_name("garbage", tests, NULL, NULL);
}
