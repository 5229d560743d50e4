/* Each request for memory of the model gets to fail, and what that leaves is looked at. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/heap_check.h"
#include "harness/stress/busy_hooks.h"
#include "harness/stress/fault_sweep.h"
#include "tests/command.h"

enum { POINTS = 150 };

static void sweep(const struct workload *w, const char *pools, struct fault_result *r)
{
    char error[500];
    struct worker_options *o = calloc(1, sizeof *o);
    char pools_word[32];
    snprintf(pools_word, sizeof pools_word, "pools=%s", pools);
    char program[] = "gcsweep", workload[] = "workload=empty";
    char *words[] = {program, workload, pools_word};
    assert_non_null(o);
    assert_int_equal(worker_options_parse(3, words, o, error, sizeof error), 0);
    o->workload = w;
    for (const struct workload_setting *s = w->reduced; s && s->param; s++)
        assert_int_equal(workload_set_param(w, o->params, s->param, s->text, error, sizeof error), 0);
    const struct fault_sweep_options options = {.most = POINTS, .seed = 1, .hang_seconds = 30};
    if (fault_sweep(o, &options, r, error, sizeof error) != 0)
        fail_msg("%s", error);
    free(o);
}

static void expect_good(const struct workload *w)
{
    static const char *const pools[] = {"pymalloc", ""};
    for (int i = 0; i < 2; i++) {
        struct fault_result r;
        sweep(w, pools[i], &r);
        if (r.first_bad.nth > 0)
            fail_msg("%s, pools '%s', kind %d, request %llu: %s", w->name, pools[i], (int)r.first_bad.kind,
                     (unsigned long long)r.first_bad.nth, r.why);
        for (int kind = 0; kind < MEMORY_FAULT_KINDS; kind++) {
            const struct fault_tally *t = &r.kind[kind];
            assert_int_equal(t->points, t->asked < POINTS ? t->asked : POINTS);
            assert_int_equal(t->ends[FAULT_OUT_OF_MEMORY] + t->ends[FAULT_WENT_ON], 2 * t->points);
        }
    }
}

/* ---- Good ones ---- */

static void workloads_survive_every_request_that_gets_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {"finalizers", "weakrefs", "gc-traversal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        expect_good(find_workload(names[i]));
}

static void hooks_that_allocate_survive_it_too(void **state)
{
    (void)state;
    struct fault_result r;
    expect_good(&busy_hooks);
    sweep(&busy_hooks, "pymalloc", &r);
    assert_true(r.kind[MEMORY_FAULT_BLOCK].ends[FAULT_WENT_ON] > 0); /* the hook ends, not the run */
    assert_true(r.kind[MEMORY_FAULT_BLOCK].ends[FAULT_OUT_OF_MEMORY] > 0);
}

static void an_arena_that_cannot_be_had_is_done_without(void **state)
{
    (void)state;
    struct fault_result r;
    sweep(&busy_hooks, "pymalloc", &r);
    assert_true(r.kind[MEMORY_FAULT_ARENA].asked >= 1);
    assert_int_equal(r.kind[MEMORY_FAULT_ARENA].ends[FAULT_WENT_ON], 2 * r.kind[MEMORY_FAULT_ARENA].points);
}

/* ---- Bad ones: they show that a sweep can fail ---- */

static const struct workload_param no_params[] = {{0}};

/* What is in a C local alone when the second request fails stays behind. */
static void leak(struct mutator *m)
{
    value *root = mutator_roots(m, 2);
    value local = new_list(m, 3);
    root[0] = new_list(m, 3);
    root[1] = local;
}

static void leave_a_count_wrong(struct mutator *m)
{
    value *root = mutator_roots(m, 2);
    root[0] = new_list(m, 1);
    struct object *none = &mutator_heap(m)->none;
    none->refcount -= 100;
    root[1] = new_list(m, 1);
    none->refcount += 100;
}

static void crash(struct mutator *m)
{
    mutator_heap(m)->gc.collector = NULL;
    value *root = mutator_roots(m, 1);
    root[0] = new_list(m, 1);
    mutator_heap(m)->gc.collector = collectors[0];
}

static uint64_t ends_of(void (*run)(struct mutator *m), enum fault_end end)
{
    const struct workload bad = {.name = "bad", .params = no_params, .run = run};
    struct fault_result r;
    sweep(&bad, "pymalloc", &r);
    assert_true(r.first_bad.nth > 0);
    assert_true(r.why[0] != '\0');
    return r.kind[MEMORY_FAULT_BLOCK].ends[end];
}

static void a_leak_is_found(void **state)
{
    (void)state;
    assert_int_equal(ends_of(leak, FAULT_LEAKED), 4); /* each of two blocks of the second list, alone and onwards */
}

static void an_unsound_heap_is_found(void **state)
{
    (void)state;
    assert_true(ends_of(leave_a_count_wrong, FAULT_UNSOUND) > 0);
}

static void a_crash_is_found_and_the_sweep_goes_on(void **state)
{
    (void)state;
    assert_true(ends_of(crash, FAULT_CRASHED) >= 2);
}

/* ---- gcsweep run --fail-nth ---- */

static void a_run_whose_request_gets_nothing_says_so(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "run", "finalizers", "--param", "steps=10", "--fail-nth", "100");
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.error, "out-of-memory"));
    assert_non_null(strstr(c.error, "request 100 for a block"));
    assert_null(strstr(c.error, "leaked"));
    GCSWEEP(&c, "run", "finalizers", "--param", "steps=10", "--fail-nth", "arena:1");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.error, "request 1 for an arena"));
    assert_non_null(strstr(c.error, "and the run went on"));
    GCSWEEP(&c, "run", "finalizers", "--param", "steps=10", "--fail-nth", "999999999");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.error, "nothing was refused"));
}

static void points_that_are_none_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",       "0",       "-1",      "x",       "1x",
                                        "malloc", "malloc:", "arena:0", "block:1", "arena:1-",
                                        "1++",    "+",       " 1",      "1.5",     "99999999999999999999"};
    struct command c;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        GCSWEEP(&c, "run", "empty", "--fail-nth", wrong[i]);
        assert_int_equal(c.status, 2);
        assert_int_equal(line_count(c.error), 1);
        assert_non_null(strstr(c.error, "N, malloc:N or arena:N"));
    }
    GCSWEEP(&c, "run", "empty", "--runtime", "cpython", "--fail-nth", "1");
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "--runtime model"));
    GCSWEEP(&c, "stress", "--every-allocation", "no-such-workload");
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
}

static void points_are_read_back_as_they_are_written(void **state)
{
    (void)state;
    static const char *const texts[] = {"1", "17+", "malloc:3", "arena:2+", "malloc:18446744073709551615+"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct fault_point p;
        char text[FAULT_POINT_BYTES], error[200];
        assert_int_equal(fault_point_parse(texts[i], &p, error, sizeof error), 0);
        fault_point_write(&p, text);
        assert_string_equal(text, texts[i]);
    }
}

/* Under sanitizers, which take three times as long, one of four. */
static void every_example_survives_it(void **state)
{
    (void)state;
#ifdef GCSWEEP_SANITIZED
    enum { STEP = 4 };
#else
    enum { STEP = 1 };
#endif
    struct command c;
    const char *words[COMMAND_WORDS] = {"stress", "--every-allocation", "--points", "4"};
    glob_t examples;
    assert_int_equal(glob("examples/*.heap", 0, NULL, &examples), 0);
    assert_in_range(examples.gl_pathc, 50, COMMAND_WORDS - 5);
    size_t taken = 0;
    for (size_t i = 0; i < examples.gl_pathc; i += STEP)
        words[4 + taken++] = examples.gl_pathv[i];
    command_run(&c, built("gcsweep"), words);
    assert_int_equal(c.status, 0);
    assert_int_equal(line_count(c.out), taken + 3); /* head, sum, and the sum in words */
    assert_non_null(strstr(c.out, " 0 crashes, 0 leaks, 0 unsound heaps, 0 other failures"));
    globfree(&examples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workloads_survive_every_request_that_gets_nothing),
        cmocka_unit_test(hooks_that_allocate_survive_it_too),
        cmocka_unit_test(an_arena_that_cannot_be_had_is_done_without),
        cmocka_unit_test(a_leak_is_found),
        cmocka_unit_test(an_unsound_heap_is_found),
        cmocka_unit_test(a_crash_is_found_and_the_sweep_goes_on),
        cmocka_unit_test(a_run_whose_request_gets_nothing_says_so),
        cmocka_unit_test(points_that_are_none_are_refused),
        cmocka_unit_test(points_are_read_back_as_they_are_written),
        cmocka_unit_test(every_example_survives_it),
    };
    return cmocka_run_group_tests_name("fault sweep", tests, NULL, NULL);
}
