/* test_census.c - what is live and what floats, marked from the roots; how old blocks get; the card. */
#include "core/heap_mark.h"

#include "harness/worker/census/ages.h"
#include "tests/command.h"
#include "tests/heap_fixture.h"
#include "tests/worker_process.h"
#include "workloads/workload.h"

/* ---- Marking ---- */

static struct heap_census mark(struct heap *h, struct object *const *roots, size_t n)
{
    struct heap_census census;
    struct heap_mark *m = heap_mark_open();
    assert_non_null(m);
    assert_int_equal(heap_mark_run(m, h, roots, n, &census), 0);
    heap_mark_close(m);
    return census;
}

static void an_empty_heap_has_nothing_live_and_nothing_floating(void **state)
{
    struct heap_census c = mark(heap_under_test(state), NULL, 0);
    assert_int_equal(c.live.objects, 0);
    assert_int_equal(c.floating.objects, 0);
    assert_int_equal(c.floating_tracked, 0);
}

/* A root that holds a float twice and None: the float counts once, None not. */
static void what_roots_lead_to_is_live_and_counted_once(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *root = list_new(h, 0), *x = float_new(h, 0.5);
    append(h, root, object_keep(x));
    append(h, root, x);
    append(h, root, none_new(h));
    append(h, root, object_keep(root));
    struct object *const roots[] = {NULL, root, root};
    struct heap_census c = mark(h, roots, 3);
    assert_int_equal(c.live.objects, 2);
    assert_int_equal(c.live.bytes, object_bytes(root) + object_bytes(x));
    assert_int_equal(c.floating.objects, 0);
    list_clear(h, root);
    object_drop(h, root);
}

/* A ring of two lists with a bytes object and a float of their own, and one that is live, too. */
static void a_dropped_ring_floats_with_all_that_dies_with_it(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *kept = float_new(h, 0.25), *a = list_new(h, 0), *b = list_new(h, 0);
    append(h, a, object_keep(b));
    append(h, b, object_keep(a));
    append(h, a, bytes_new(h, 100));
    append(h, b, float_new(h, 0.5));
    append(h, b, object_keep(kept));
    uint64_t bytes = object_bytes(a) + object_bytes(b) + 133 + 24;
    struct object *const all[] = {a, kept};
    assert_int_equal(mark(h, all, 2).floating.objects, 0);
    object_drop(h, a);
    object_drop(h, b);
    struct heap_census c = mark(h, &kept, 1);
    assert_int_equal(c.live.objects, 1);
    assert_int_equal(c.floating_tracked, 2);
    assert_int_equal(c.floating.objects, 4);
    assert_int_equal(c.floating.bytes, bytes);
    gc_collect(h, GC_OLDEST);
    assert_int_equal(mark(h, &kept, 1).floating.objects, 0);
    object_drop(h, kept);
}

static void keys_of_dicts_are_reached(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *dict = dict_new(h), *key = new_key(h, "a long enough key");
    assert_int_equal(dict_set(h, dict, key, none_new(h)), 0);
    struct heap_census c = mark(h, &dict, 1);
    assert_int_equal(c.live.objects, 2);
    assert_int_equal(c.live.bytes, object_bytes(dict) + object_bytes(key));
    object_drop(h, key);
    object_drop(h, dict);
}

/* Deeper than any stack of calls, and more than the first stack of marks holds. */
static void a_million_nested_and_a_million_beside_each_other_are_marked(void **state)
{
    struct heap *h = heap_under_test(state);
    gc_disable(&h->gc);
    struct object *outer = list_new(h, 0);
    for (int i = 0; i < 1000000; i++) {
        struct object *next = list_new(h, 0);
        append(h, next, outer);
        outer = next;
    }
    struct object *wide = list_new(h, 0);
    for (int i = 0; i < 1000000; i++)
        append(h, wide, float_new(h, 0.5));
    struct object *const roots[] = {outer, wide};
    assert_int_equal(mark(h, roots, 2).live.objects, 2000002);
    object_drop(h, outer);
    object_drop(h, wide);
}

static void frozen_garbage_floats_and_gc_garbage_is_live(void **state)
{
    struct heap *h = heap_under_test(state);
    make_ring_garbage(h);
    gc_freeze(&h->gc);
    gc_set_debug(&h->gc, GC_DEBUG_SAVEALL);
    make_ring_garbage(h);
    gc_collect(h, GC_OLDEST);
    struct heap_census c = mark(h, NULL, 0);
    assert_int_equal(c.live.objects, 1);
    assert_int_equal(c.floating_tracked, 1);
    gc_set_debug(&h->gc, 0);
    heap_clear_garbage(h);
    gc_unfreeze(&h->gc);
}

/* The collector finds garbage by counts, the walk by references. */
static void random_garbage_is_what_a_full_collection_finds(void **state)
{
    struct heap *h = heap_under_test(state);
    enum { LISTS = 500 };
    uint64_t x = 1;
    gc_disable(&h->gc);
    for (int round = 0; round < 20; round++) {
        struct object *list[LISTS];
        for (int i = 0; i < LISTS; i++)
            list[i] = list_new(h, 0);
        for (int i = 0; i < LISTS; i++) {
            x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
            append(h, list[(x >> 33) % LISTS], object_keep(list[(x >> 48) % LISTS]));
        }
        for (int i = 1; i < LISTS; i++)
            object_drop(h, list[i]);
        struct heap_census c = mark(h, list, 1);
        assert_int_equal(gc_collect(h, GC_OLDEST), c.floating_tracked);
        object_drop(h, list[0]);
        gc_collect(h, GC_OLDEST);
    }
}

/* ---- Ages ---- */

static void a_block_dies_at_the_age_of_the_blocks_allocated_after_it(void **state)
{
    (void)state;
    static struct memory mem;
    static struct ages ages;
    assert_int_equal(ages_open(&ages), 0);
    assert_int_equal(memory_open(&mem, &memory_system, &memory_mmap, &pool_geometry_3_11), 0);
    memory_observe(&mem, &ages.observer);
    void *a = memory_alloc(&mem, 16), *b = memory_alloc(&mem, 100), *c = memory_alloc(&mem, 1000);
    memory_free(&mem, a);
    assert_int_equal(ages.at_death.max_ns, 2);
    memory_free(&mem, c);
    assert_int_equal(ages.at_death.min_ns, 0);
    assert_int_equal(ages.allocated, 3);
    assert_int_equal(ages.allocated_bytes, 1116);
    memory_free(&mem, b);
    assert_int_equal(ages.at_death.count, 3);
    assert_int_equal(histogram_percentile(&ages.at_death, 50), 1);
    assert_int_equal(ages.blocks.used, 0);
    memory_close(&mem);
    ages_close(&ages);
}

/* ---- The commands ---- */

static void read_census(const char *workload, const char *scale, unsigned long long *objects, unsigned long long *bytes)
{
    static struct command c;
    char name[100];
    snprintf(name, sizeof name, "workload=%s", workload);
    const char *const words[] = {"census=each", name, scale, NULL};
    command_run(&c, built("gcsweep-worker"), words);
    assert_int_equal(c.status, 0);
    const char *line = strstr(c.out, "\nfloating ");
    assert_non_null(line);
    assert_int_equal(sscanf(line, "\nfloating %llu %llu", objects, bytes), 2);
}

/* What a workload declares, and what marking finds, come to the same. */
static void a_census_finds_the_objects_and_bytes_that_workloads_declare(void **state)
{
    (void)state;
    for (size_t i = 0; i < workload_count; i++) {
        if (!workloads[i]->knows_garbage)
            continue;
        unsigned long long objects, bytes;
        char name[100], error[256];
        struct run_record record;
        snprintf(name, sizeof name, "workload=%s", workloads[i]->name);
        const char *const arguments[] = {name, "scale=0.05", NULL};
        struct worker_run *run = worker_run(&(struct worker_request){.arguments = arguments});
        assert_int_equal(record_read(run->record, run->record_length, &record, error, sizeof error), 0);
        free(run);
        read_census(workloads[i]->name, "scale=0.05", &objects, &bytes);
        assert_int_equal(objects, record.floating_objects_peak);
        assert_int_equal(bytes, record.floating_bytes_peak);
        record_free(&record);
    }
}

static void a_workload_that_knows_nothing_has_its_garbage_by_a_census(void **state)
{
    (void)state;
    static struct command c;
    GCSWEEP(&c, "run", "linked-list", "--scale", "0.02");
    assert_int_equal(c.status, 0);
    assert_null(strstr(c.out, "live at the peak"));
    assert_null(strstr(c.out, "garbage peak"));
    GCSWEEP(&c, "run", "linked-list", "--scale", "0.02", "--census");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "\nlive at the peak "));
    assert_non_null(strstr(c.out, "\ngarbage peak     "));
}

static void a_census_of_another_kind_is_refused(void **state)
{
    (void)state;
    static struct command c;
    static const char *const words[] = {"census=often", "workload=chain", NULL};
    command_run(&c, built("gcsweep-worker"), words);
    assert_int_equal(c.status, 2);
    assert_string_equal(c.error, "gcsweep-worker: census must be each or card\n");
}

static void the_card_of_chain_says_what_it_makes(void **state)
{
    (void)state;
    static struct command c;
    static const char *const words[] = {"list", "workloads", "--card", "chain", NULL};
    command_run(&c, built("gcsweep"), words);
    assert_int_equal(c.status, 0);
    /* 10,000 chains of 100 nodes and a witness, and the list that keeps them. */
    assert_non_null(strstr(c.out, "objects allocated    1010001\n"));
    assert_non_null(strstr(c.out, "cyclic garbage       100.0 % of "));
    assert_non_null(strstr(c.out, "median age at death  "));
    assert_non_null(strstr(c.out, "allocation rate      "));
}

static void a_card_of_nothing_known_is_refused(void **state)
{
    (void)state;
    static struct command c;
    static const char *const unknown[] = {"list", "workloads", "--card", "nope", NULL};
    static const char *const misplaced[] = {"list", "tunings", "--card", "chain", NULL};
    command_run(&c, built("gcsweep"), unknown);
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "unknown workload 'nope'; known: "));
    command_run(&c, built("gcsweep"), misplaced);
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "gcsweep list workloads --card NAME"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(an_empty_heap_has_nothing_live_and_nothing_floating),
        HEAP_TEST(what_roots_lead_to_is_live_and_counted_once),
        HEAP_TEST(a_dropped_ring_floats_with_all_that_dies_with_it),
        HEAP_TEST(keys_of_dicts_are_reached),
        HEAP_TEST(a_million_nested_and_a_million_beside_each_other_are_marked),
        HEAP_TEST(frozen_garbage_floats_and_gc_garbage_is_live),
        HEAP_TEST(random_garbage_is_what_a_full_collection_finds),
        cmocka_unit_test(a_block_dies_at_the_age_of_the_blocks_allocated_after_it),
        cmocka_unit_test(a_census_finds_the_objects_and_bytes_that_workloads_declare),
        cmocka_unit_test(a_workload_that_knows_nothing_has_its_garbage_by_a_census),
        cmocka_unit_test(a_census_of_another_kind_is_refused),
        cmocka_unit_test(the_card_of_chain_says_what_it_makes),
        cmocka_unit_test(a_card_of_nothing_known_is_refused),
    };
    return cmocka_run_group_tests_name("census", tests, NULL, NULL);
}
