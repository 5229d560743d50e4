/* test_debates.c - what CPython's users argue about, as counts: the workloads
 * made for it show it on the model, on any machine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "workloads/workload.h"

enum { MOST_COLLECTIONS = 4096 };

/* A run, and the heap at each of its full collections. */
struct run {
    struct mutator m;
    void *memory;
    uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
    size_t full;
    int64_t live[MOST_COLLECTIONS]; /* tracked objects that the collection left */
};

static void on_pause(void *context, int generation, uint64_t start_ns, uint64_t end_ns)
{
    struct run *r = context;
    struct runtime_state state;
    (void)start_ns;
    (void)end_ns;
    if (generation != GENERATIONS - 1 || r->full == MOST_COLLECTIONS)
        return;
    runtime_read(&r->m, &state);
    r->live[r->full++] = state.long_lived_total;
}

static struct run *start(const char *name, const struct workload_setting *settings, const int thresholds[3])
{
    const struct workload *w = find_workload(name);
    struct run *r = calloc(1, sizeof *r);
    assert_non_null(w);
    assert_non_null(r);
    r->memory = calloc(1, MUTATOR_MEMORY_BYTES);
    assert_non_null(r->memory);
    char error[512];
    workload_defaults(w, r->params);
    for (; settings->param; settings++)
        assert_int_equal(workload_set_param(w, r->params, settings->param, settings->text, error, sizeof error), 0);
    struct runtime_options options = {
        .pools = true, .collector = "cpython-3.11", .classes = w->classes, .on_pause = on_pause, .on_pause_context = r};
    if (mutator_open(&r->m, r->memory, &options, r->params, 1, 1, error, sizeof error) != 0)
        fail_msg("%s", error);
    runtime_set_thresholds(&r->m, thresholds[0], thresholds[1], thresholds[2]);
    assert_int_equal(w->setup ? mutator_guard(&r->m, w->setup) : 0, 0);
    assert_int_equal(mutator_guard(&r->m, w->run), 0);
    return r;
}

static struct runtime_state finish(struct run *r)
{
    struct runtime_state state;
    runtime_read(&r->m, &state);
    mutator_close(&r->m);
    free(r->memory);
    free(r);
    return state;
}

/* About 250,000 objects. */
static const struct workload_setting batch[] = {{"modules", "400"}, {"nodes", "500"}, {0}};

/* The quarter rule: since the last full collection a quarter of what it left
 * has come anew. Thresholds 1 and 2 let one be asked for every 1,020 objects,
 * so it comes a little later than asked, less and less so as the heap grows. */
static void full_collections_of_a_growing_heap_are_a_quarter_of_it_apart(void **state)
{
    (void)state;
    struct run *r = start("batch-load", batch, (int[3]){50, 3, 4});
    assert_true(r->full >= 12 && r->full < 40);
    for (size_t i = 1; i < r->full; i++) {
        double ratio = (double)r->live[i] / (double)r->live[i - 1];
        double late = 3 * 1020.0 / (double)r->live[i - 1];
        if (r->live[i - 1] < 10000)
            continue;
        if (ratio < 1.24 || ratio > 1.25 + late)
            fail_msg("%.4f from %ld objects on", ratio, (long)r->live[i - 1]);
    }
    assert_true(r->live[r->full - 1] > 190000);
    finish(r);
}

/* mypy's change: what the collector looks at while a program loads what it keeps. */
static void few_collections_look_at_fewer_objects_of_a_batch_that_stays(void **state)
{
    (void)state;
    struct run *usual = start("batch-load", batch, (int[3]){700, 10, 10});
    struct run *few = start("batch-load", batch, (int[3]){200000, 30, 30});
    assert_int_equal(usual->m.checksum, few->m.checksum);
    struct runtime_state many = finish(usual), less = finish(few);
    assert_true(many.visited_known && less.visited_known);
    assert_true(less.visited > 100000 && many.visited > 3 * less.visited);
    for (int g = 0; g < GENERATIONS; g++)
        assert_int_equal(many.generation[g].collected, 0);
}

static void full_collections_of_gc_traversal_look_at_everything_and_free_nothing(void **state)
{
    (void)state;
    uint64_t visited[2];
    for (int i = 0; i < 2; i++) {
        const struct workload_setting levels[] = {{"levels", i == 0 ? "100" : "400"}, {0}};
        struct runtime_state s = finish(start("gc-traversal", levels, (int[3]){700, 10, 10}));
        assert_int_equal(s.generation[2].collections, 50);
        assert_int_equal(s.generation[2].collected, 0);
        visited[i] = s.visited;
    }
    assert_int_equal(visited[1], 4 * visited[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_collections_of_a_growing_heap_are_a_quarter_of_it_apart),
        cmocka_unit_test(few_collections_look_at_fewer_objects_of_a_batch_that_stays),
        cmocka_unit_test(full_collections_of_gc_traversal_look_at_everything_and_free_nothing),
    };
    return cmocka_run_group_tests_name("debates", tests, NULL, NULL);
}
