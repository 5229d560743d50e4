/* test_workloads.c - the contract of a workload, over every row of the table, on the model.
 *
 * Each row is run with its reduced settings: collecting at every allocation
 * takes time by the square of the live set.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/memory_backend.h"
#include "workloads/workload.h"

/* malloc that refuses one request, and knows what is out. */
struct failing {
    uint64_t requests, fail_at; /* fail_at 0: never */
    uint64_t blocks;
};

struct set_up {
    int thresholds[3];
    struct failing *failing; /* serves the heap; NULL for malloc itself */
    bool disabled, without_pools, debug;
    uint64_t watch_every; /* requests from one full collection, to see what lives, to the next; 0: none */
    double scale;
    uint64_t seed;
};

static const struct set_up usual = {.thresholds = {700, 10, 10}, .scale = 1, .seed = 1};

struct outcome {
    uint64_t checksum, operations, freed, collections;
    uint64_t left_objects;
    uint64_t peak_live, left_bytes; /* in blocks of the pool allocator */
    bool drew_numbers;
    int error;
};

static void set_reduced(const struct workload *w, void *params)
{
    char error[512];
    workload_defaults(w, params);
    for (const struct workload_setting *s = w->reduced; s && s->param; s++)
        if (workload_set_param(w, params, s->param, s->text, error, sizeof error) != 0)
            fail_msg("%s", error);
}

static bool refuses(struct failing *f)
{
    return ++f->requests == f->fail_at;
}

static void *alloc_or_fail(void *context, size_t bytes)
{
    struct failing *f = context;
    void *block = refuses(f) ? NULL : malloc(bytes);
    f->blocks += block != NULL;
    return block;
}

static void *alloc_zeroed_or_fail(void *context, size_t bytes)
{
    void *block = alloc_or_fail(context, bytes);
    return block ? memset(block, 0, bytes) : NULL;
}

static void *resize_or_fail(void *context, void *block, size_t bytes)
{
    return refuses(context) ? NULL : realloc(block, bytes);
}

static void release(void *context, void *block)
{
    struct failing *f = context;
    f->blocks--;
    free(block);
}

static uint64_t objects_now(struct mutator *m)
{
    struct runtime_state state;
    runtime_read(m, &state);
    return state.generation[0].objects + state.generation[1].objects + state.generation[2].objects;
}

struct watch {
    uint64_t every, peak;
};

static void watch_live_bytes(struct mutator *m, void *context)
{
    struct watch *w = context;
    if (m->operations % w->every != 0)
        return;
    struct runtime_state state;
    runtime_collect(m, GENERATIONS - 1);
    runtime_read(m, &state);
    w->peak = state.pool.bytes_in_blocks > w->peak ? state.pool.bytes_in_blocks : w->peak;
}

static struct outcome read_outcome(struct mutator *m, uint64_t seed)
{
    struct outcome out = {.checksum = m->checksum, .operations = m->operations};
    struct random fresh;
    random_seed(&fresh, seed);
    out.drew_numbers = memcmp(&fresh, &m->random, sizeof fresh) != 0;

    mutator_release_all(m);
    runtime_collect(m, GENERATIONS - 1);
    struct runtime_state state;
    runtime_read(m, &state);
    out.left_objects = objects_now(m);
    out.left_bytes = state.pool.known ? state.pool.bytes_in_blocks : 0;
    out.freed = m->freed;
    for (int g = 0; g < GENERATIONS; g++)
        out.collections += state.generation[g].collections;
    return out;
}

static struct outcome run_params(const struct workload *w, const struct set_up *set_up, const void *params)
{
    struct mutator *m = calloc(1, sizeof *m);
    void *memory = calloc(1, MUTATOR_MEMORY_BYTES);
    assert_non_null(m);
    assert_non_null(memory);
    struct runtime_options options = {
        .pools = !set_up->without_pools,
        .collector = "cpython-3.11",
        .classes = w->classes,
        .debug = set_up->debug,
    };
    struct memory_backend backend = {set_up->failing, alloc_or_fail, alloc_zeroed_or_fail, resize_or_fail, release};
    options.backend = set_up->failing ? &backend : NULL;
    char error[512];
    if (mutator_open(m, memory, &options, params, set_up->scale, set_up->seed, error, sizeof error) != 0)
        fail_msg("%s", error);
    runtime_set_thresholds(m, set_up->thresholds[0], set_up->thresholds[1], set_up->thresholds[2]);
    runtime_enable(m, !set_up->disabled);

    struct watch watch = {.every = set_up->watch_every};
    m->on_request = set_up->watch_every ? watch_live_bytes : NULL;
    m->on_request_context = &watch;
    int failed = w->setup ? mutator_guard(m, w->setup) : 0;
    if (!failed)
        failed = mutator_guard(m, w->run);
    struct outcome out = read_outcome(m, set_up->seed);
    out.error = failed;
    out.peak_live = watch.peak;
    mutator_close(m);
    free(memory);
    free(m);
    return out;
}

static struct outcome run(const struct workload *w, const struct set_up *set_up)
{
    uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
    set_reduced(w, params);
    struct outcome out = run_params(w, set_up, params);
    assert_int_equal(out.error, 0);
    return out;
}

#define EVERY_WORKLOAD(w)                             \
    for (size_t row = 0; row < workload_count; row++) \
        for (const struct workload *w = workloads[row]; w; w = NULL)

/* ---- The table ---- */

static void every_workload_says_what_it_is_and_is_found_by_its_name(void **state)
{
    (void)state;
    EVERY_WORKLOAD(w)
    {
        assert_true(w->name && w->name[0]);
        assert_true(w->stresses && w->stresses[0]);
        assert_true(w->source && w->source[0]);
        assert_non_null(w->run);
        assert_non_null(w->params);
        assert_true(w->params_size <= WORKLOAD_OWN_PARAMS_BYTES);
        assert_ptr_equal(find_workload(w->name), w);
    }
    assert_null(find_workload("no-such-workload"));
    assert_null(find_workload(""));
}

static void every_default_is_in_range_and_reads_back_as_its_text(void **state)
{
    (void)state;
    EVERY_WORKLOAD(w)
    {
        uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)], again[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
        workload_defaults(w, params);
        memset(again, 0, sizeof again);
        for (size_t i = 0; w->params[i].name; i++) {
            const struct workload_param *p = &w->params[i];
            char text[64], error[512];
            assert_true(p->help && p->help[0]);
            assert_true(p->initial >= p->least && p->initial <= p->most);
            assert_true(p->offset + sizeof(uint64_t) <= w->params_size);
            workload_param_text(w, params, i, text, sizeof text);
            if (workload_set_param(w, again, p->name, text, error, sizeof error) != 0)
                fail_msg("%s", error);
        }
        assert_memory_equal(params, again, w->params_size);
    }
}

static void the_standard_parameters_are_the_defaults(void **state)
{
    (void)state;
    static const struct {
        const char *workload, *param, *text;
    } standard[] = {
        {"chain", "cycle_size", "100"},      {"chain", "extra_bytes", "0"},         {"chain", "live_objects", "10000"},
        {"chain", "cyclic_fraction", "1"},   {"chain", "total_objects", "1000000"}, {"gcbench", "stretch_depth", "18"},
        {"gcbench", "array_size", "500000"}, {"gcbench", "long_lived_depth", "16"}, {"gcbench", "min_depth", "4"},
        {"gcbench", "max_depth", "16"},
    };
    for (size_t i = 0; i < sizeof standard / sizeof standard[0]; i++) {
        const struct workload *w = find_workload(standard[i].workload);
        uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
        workload_defaults(w, params);
        size_t index = 0;
        while (strcmp(w->params[index].name, standard[i].param) != 0)
            index++;
        char text[64];
        workload_param_text(w, params, index, text, sizeof text);
        assert_string_equal(text, standard[i].text);
    }
}

/* ---- Parameters from a user ---- */

static void assert_refused(const char *name, const char *text, const char *part, const char *other_part)
{
    const struct workload *w = find_workload("chain");
    uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)], before[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
    char error[512] = "";
    workload_defaults(w, params);
    memcpy(before, params, w->params_size);
    assert_int_equal(workload_set_param(w, params, name, text, error, sizeof error), -1);
    assert_non_null(strstr(error, part));
    assert_non_null(strstr(error, other_part));
    assert_null(strchr(error, '\n'));
    assert_memory_equal(params, before, w->params_size);
}

static void an_unknown_parameter_is_refused_with_the_known_ones_named(void **state)
{
    (void)state;
    assert_refused("cycle", "5", "'cycle'", "cycle_size, extra_bytes, live_objects, total_objects, cyclic_fraction");
    assert_refused("", "5", "''", "cycle_size");
    assert_refused("a\nb", "5", "'a?b'", "cycle_size");
}

static void a_value_that_is_no_number_or_out_of_range_is_refused_with_the_range_named(void **state)
{
    (void)state;
    static const char *const integers[] = {"",    "x",   "0",    "-1",  "1.5",       "1e3",
                                           " 10", "10 ", "0x10", "+10", "100000001", "99999999999999999999999",
                                           "1\n", "nan", "1,000"};
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++)
        assert_refused("cycle_size", integers[i], "an integer from 1 to 100000000", "cycle_size");
    static const char *const fractions[] = {"",       "half", "-0.1", "1.01",  "nan",  "inf",
                                            "0x1p-1", "1e",   "--1",  "0.5.5", "1e999"};
    for (size_t i = 0; i < sizeof fractions / sizeof fractions[0]; i++)
        assert_refused("cyclic_fraction", fractions[i], "a number from 0 to 1", "cyclic_fraction");
}

static void one_number_has_one_text(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"0.5", "0.5"}, {"5e-1", "0.5"}, {".50", "0.5"}, {"-0", "0"}, {"0.1", "0.1"}};
    const struct workload *w = find_workload("chain");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
        char text[64], error[512];
        workload_defaults(w, params);
        assert_int_equal(workload_set_param(w, params, "cyclic_fraction", texts[i][0], error, sizeof error), 0);
        workload_param_text(w, params, 4, text, sizeof text);
        assert_string_equal(text, texts[i][1]);
    }
}

/* ---- What a run sees ---- */

static void the_checksum_does_not_depend_on_collector_settings_or_pools(void **state)
{
    (void)state;
    EVERY_WORKLOAD(w)
    {
        struct set_up other[4] = {usual, usual, usual, usual};
        other[0].disabled = true;
        memcpy(other[1].thresholds, (int[3]){50, 3, 4}, sizeof other[1].thresholds);
        other[2].without_pools = true;
        memcpy(other[3].thresholds, (int[3]){1, 1, 1}, sizeof other[3].thresholds);
        other[3].without_pools = true;

        struct outcome first = run(w, &usual);
        assert_true(first.operations > 0);
        for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
            struct outcome o = run(w, &other[i]);
            assert_int_equal(o.checksum, first.checksum);
            assert_int_equal(o.operations, first.operations);
        }
    }
}

/* But for those that are after the allocator alone, or nothing. */
static void lower_thresholds_make_more_collections(void **state)
{
    (void)state;
    size_t more = 0;
    EVERY_WORKLOAD(w)
    {
        struct set_up low = usual;
        memcpy(low.thresholds, (int[3]){50, 3, 4}, sizeof low.thresholds);
        uint64_t few = run(w, &usual).collections, many = run(w, &low).collections;
        assert_true(many >= few);
        more += many > few;
    }
    assert_true(more * 4 >= workload_count * 3);
}

static void a_seed_gives_the_same_run_again_and_another_seed_another(void **state)
{
    (void)state;
    EVERY_WORKLOAD(w)
    {
        struct set_up other = usual;
        other.seed = 2;
        struct outcome first = run(w, &usual), again = run(w, &usual), another = run(w, &other);
        assert_int_equal(first.checksum, again.checksum);
        assert_int_equal(first.collections, again.collections);
        if (first.drew_numbers)
            assert_int_not_equal(first.checksum, another.checksum);
    }
}

/* In the debug heap what is freed waits in quarantine and takes room until then, and a free list's entry is a copy
 * where there is memory for one. */
#ifdef GCSWEEP_DEBUG_HEAP
enum { DEBUG_HEAP = true };
#else
enum { DEBUG_HEAP = false };
#endif

enum { WATCHED_REQUESTS = 8000, WATCHES = 300 };

static void scale_multiplies_the_steps_and_not_the_live_set(void **state)
{
    (void)state;
    EVERY_WORKLOAD(w)
    {
        struct set_up watched = usual;
        uint64_t requests = run(w, &usual).operations;
        watched.scale = fmin(1, (double)WATCHED_REQUESTS / (double)requests);
        watched.watch_every = 1 + (uint64_t)(watched.scale * (double)requests) / WATCHES;
        struct outcome one = run(w, &watched);
        watched.scale *= 4;
        struct outcome four = run(w, &watched);
        assert_true(four.operations >= 3 * one.operations && four.operations <= 5 * one.operations);
        assert_true(DEBUG_HEAP || four.peak_live <= one.peak_live + one.peak_live / 4);
        assert_true(one.peak_live > 0 || w == find_workload("empty"));
        assert_int_not_equal(four.checksum, one.checksum);
    }
}

static void collecting_at_each_allocation_changes_nothing_that_a_workload_sees(void **state)
{
    (void)state;
    EVERY_WORKLOAD(w)
    {
        struct set_up debug = usual;
        debug.debug = true;
        debug.scale = 0.02;
        struct set_up plain = debug;
        plain.debug = false;
        assert_int_equal(run(w, &debug).checksum, run(w, &plain).checksum);
    }
}

static bool has_dict_class(const struct workload *w)
{
    for (const struct workload_class *c = w->classes; c && c->name; c++)
        if (c->dict)
            return true;
    return false;
}

/* But the names of attributes that a class keeps, however long the run was. */
static void nothing_is_left_when_a_run_has_ended(void **state)
{
    (void)state;
    EVERY_WORKLOAD(w)
    {
        struct set_up disabled = usual;
        disabled.disabled = true;
        const struct set_up *const ways[] = {&usual, &disabled};
        for (int i = 0; i < 2; i++) {
            struct set_up longer = *ways[i];
            longer.scale = 2;
            struct outcome o = run(w, ways[i]);
            assert_int_equal(o.left_objects, 0);
            if (!DEBUG_HEAP)
                assert_int_equal(o.left_bytes, has_dict_class(w) ? run(w, &longer).left_bytes : 0);
        }
    }
}

static void running_out_of_memory_at_any_request_is_unwound_without_a_leak(void **state)
{
    (void)state;
    EVERY_WORKLOAD(w)
    {
        uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
        set_reduced(w, params);
        struct failing count = {0};
        struct set_up set_up = usual;
        set_up.scale = 0.02;
        set_up.without_pools = true;
        set_up.failing = &count;
        assert_int_equal(run_params(w, &set_up, params).error, 0);
        assert_int_equal(count.blocks, 0);

        /* Each of the first, then fewer and fewer. */
        for (uint64_t n = 1; n <= count.requests; n += 1 + n / 20) {
            struct failing failing = {.fail_at = n};
            set_up.failing = &failing;
            struct outcome o = run_params(w, &set_up, params);
            bool ended = o.error == ENOMEM || (DEBUG_HEAP && o.error == 0);
            if (!ended || failing.blocks != 0)
                fail_msg("%s, request %" PRIu64 " of %" PRIu64 " refused: %s, %" PRIu64 " blocks left", w->name, n,
                         count.requests, strerror(o.error), failing.blocks);
        }
    }
}

static void each_chain_is_counted_as_freed_by_its_witness(void **state)
{
    (void)state;
    struct outcome o = run(find_workload("chain"), &usual);
    assert_int_equal(o.operations, 15000);
    assert_int_equal(o.freed, 165000); /* tracked objects: 10 nodes and the witness, each */
}

static void chain_at_its_defaults_makes_ten_thousand_chains(void **state)
{
    (void)state;
    const struct workload *w = find_workload("chain");
    uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
    workload_defaults(w, params);
    struct set_up quick = usual;
    quick.scale = 0.05;
    struct outcome o = run_params(w, &quick, params);
    assert_int_equal(o.operations, 500);
    assert_int_equal(o.freed, 50500);
    assert_false(o.drew_numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_workload_says_what_it_is_and_is_found_by_its_name),
        cmocka_unit_test(every_default_is_in_range_and_reads_back_as_its_text),
        cmocka_unit_test(the_standard_parameters_are_the_defaults),
        cmocka_unit_test(an_unknown_parameter_is_refused_with_the_known_ones_named),
        cmocka_unit_test(a_value_that_is_no_number_or_out_of_range_is_refused_with_the_range_named),
        cmocka_unit_test(one_number_has_one_text),
        cmocka_unit_test(the_checksum_does_not_depend_on_collector_settings_or_pools),
        cmocka_unit_test(lower_thresholds_make_more_collections),
        cmocka_unit_test(a_seed_gives_the_same_run_again_and_another_seed_another),
        cmocka_unit_test(scale_multiplies_the_steps_and_not_the_live_set),
        cmocka_unit_test(collecting_at_each_allocation_changes_nothing_that_a_workload_sees),
        cmocka_unit_test(nothing_is_left_when_a_run_has_ended),
        cmocka_unit_test(running_out_of_memory_at_any_request_is_unwound_without_a_leak),
        cmocka_unit_test(each_chain_is_counted_as_freed_by_its_witness),
        cmocka_unit_test(chain_at_its_defaults_makes_ten_thousand_chains),
    };
    return cmocka_run_group_tests_name("workloads", tests, NULL, NULL);
}
