/* fixture.h - an interpreter with four classes and a count of pauses, for the suites of the reference.
 *
 * One interpreter at a time, with its pool allocator: a process cannot change
 * the allocator later. Each test gets a fresh one.
 */
#ifndef GCSWEEP_TESTS_CPYTHON_FIXTURE_H
#define GCSWEEP_TESTS_CPYTHON_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "workloads/mutator.h"

enum { PAIR, LOUD, BARE, TEN };

static unsigned finalized[TEN + 1];
static int64_t finalized_payload;

static void count_loud(struct mutator *m, value self)
{
    (void)m;
    finalized[LOUD]++;
    finalized_payload = value_int(value_slot_get(self, 1));
}

static void count_bare(struct mutator *m, value self)
{
    (void)m;
    (void)self;
    finalized[BARE]++;
}

static const struct workload_class classes[] = {
    {.name = "Pair", .slots = 2},
    {.name = "Loud", .slots = 2, .finalizer = count_loud},
    {.name = "Bare", .slots = 0, .finalizer = count_bare},
    {.name = "Ten", .slots = 12},
    {0},
};

static struct mutator mutator;
static uint64_t pauses[GENERATIONS];
static char pause_order[256]; /* '0', '1', '2' in the order of the pauses, as far as there is room */

static void count_pause(void *context, int generation, uint64_t start_ns, uint64_t end_ns)
{
    size_t used = strlen(pause_order);
    assert_ptr_equal(context, &pauses);
    assert_true(start_ns > 0 && start_ns <= end_ns);
    pauses[generation]++;
    if (used + 1 < sizeof pause_order)
        pause_order[used] = (char)('0' + generation);
}

static inline int open_runtime(void **state)
{
    static value memory[MUTATOR_MEMORY_BYTES / sizeof(value) + 1];
    static const struct runtime_options options = {
        .pools = true, .classes = classes, .on_pause = count_pause, .on_pause_context = &pauses};
    char error[256];
    memset(memory, 0, sizeof memory);
    memset(pauses, 0, sizeof pauses);
    memset(pause_order, 0, sizeof pause_order);
    memset(finalized, 0, sizeof finalized);
    *state = &mutator;
    if (mutator_open(&mutator, memory, &options, NULL, 1, 1, error, sizeof error) == 0)
        return 0;
    fprintf(stderr, "%s\n", error);
    return -1;
}

static inline int close_runtime(void **state)
{
    mutator_close(*state);
    return 0;
}

static inline struct runtime_state read_state(struct mutator *m)
{
    struct runtime_state s;
    runtime_read(m, &s);
    return s;
}

static inline void assert_collections(struct mutator *m, unsigned g0, unsigned g1, unsigned g2)
{
    struct runtime_state s = read_state(m);
    assert_int_equal(s.generation[0].collections, g0);
    assert_int_equal(s.generation[1].collections, g1);
    assert_int_equal(s.generation[2].collections, g2);
}

static inline void assert_counts(struct mutator *m, int c0, int c1, int c2)
{
    struct runtime_state s = read_state(m);
    assert_int_equal(s.count[0], c0);
    assert_int_equal(s.count[1], c1);
    assert_int_equal(s.count[2], c2);
}

static inline void assert_objects(struct mutator *m, unsigned g0, unsigned g1, unsigned g2)
{
    struct runtime_state s = read_state(m);
    assert_int_equal(s.generation[0].objects, g0);
    assert_int_equal(s.generation[1].objects, g1);
    assert_int_equal(s.generation[2].objects, g2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_runtime, close_runtime)

#endif
