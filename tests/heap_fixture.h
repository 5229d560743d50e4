/* heap_fixture.h - a heap whose memory is counted, for the suites of core/.
 *
 * A test that leaves anything behind after heap_close fails.
 */
#ifndef GCSWEEP_TESTS_HEAP_FIXTURE_H
#define GCSWEEP_TESTS_HEAP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/heap_check.h"
#include "core/refcount.h"
#include "core/types/bytes.h"
#include "core/types/instance.h"
#include "core/types/list.h"
#include "core/types/number.h"
#include "core/types/slots.h"
#include "core/types/string.h"
#include "core/types/tuple.h"
#include "tests/memory_sources.h"

enum { LOG_LENGTH = 1024 };

/* A class with three slots whose finalizer logs the int in slot 0. */
struct logging_class {
    struct slots_class core;
    int64_t log[LOG_LENGTH];
    size_t logged;
};

struct heap_fixture {
    struct heap heap;
    struct failing memory;
    struct slots_class pair; /* two slots, no finalizer */
    struct logging_class logging;
    struct instance_class plain;     /* no finalizer */
    struct instance_class finalized; /* its finalizer logs the int in attribute "n" into `logging` */
};

static inline void log_int(struct logging_class *class, const struct object *label)
{
    assert_true(class->logged < LOG_LENGTH);
    class->log[class->logged++] = int_value(label);
}

static inline void log_finalized(const struct slots_class *core, struct object *self)
{
    struct logging_class *class = (struct logging_class *)(uintptr_t)core;
    log_int(class, slots_get(self, 0));
}

static inline void log_instance_finalized(const struct instance_class *class, struct object *self)
{
    struct heap_fixture *f =
        (struct heap_fixture *)(void *)((char *)(uintptr_t) class - offsetof(struct heap_fixture, finalized));
    log_int(&f->logging, instance_get(self, &f->heap.character['n'].string.base));
}

static inline int open_fixture(void **state, bool pools, bool debug)
{
    struct heap_fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    struct memory_backend backend = failing_backend(&f->memory);
    struct arena_source arenas = failing_arenas(&f->memory);
    struct heap_options options = {.backend = &backend, .arenas = &arenas, .pools = pools, .debug = debug};
    assert_int_equal(heap_open(&f->heap, &options), 0);
    slots_class_init(&f->pair, "Pair", 2, NULL);
    slots_class_init(&f->logging.core, "Logging", 3, log_finalized);
    instance_class_init(&f->heap, &f->plain, "Plain", NULL);
    instance_class_init(&f->heap, &f->finalized, "Finalized", log_instance_finalized);
    *state = f;
    return 0;
}

static inline int open_heap(void **state)
{
    return open_fixture(state, true, false);
}

static inline int open_heap_without_pools(void **state)
{
    return open_fixture(state, false, false);
}

static inline int open_debug_heap(void **state)
{
    return open_fixture(state, true, true);
}

static inline int close_heap(void **state)
{
    struct heap_fixture *f = *state;
    char error[200];
    if (heap_check(&f->heap, error, sizeof(error)) != 0) {
        print_error("%s\n", error);
        return -1;
    }
    heap_close(&f->heap);
    int leaks = f->memory.blocks != 0 || f->memory.mapped != f->memory.unmapped;
    free(f);
    return leaks;
}

/* Runs a program once for each of its allocations, which fails: it alone, or
 * with all_after it and every later one. `least`: how many allocations it has
 * at least. The program gives all it holds back, and returns whether it got
 * all the memory that it asked for. */
static inline void fail_each_allocation(bool (*program)(struct heap_fixture *f), bool pools, bool all_after,
                                        uint64_t least)
{
    uint64_t calls = 0;
    for (uint64_t n = 0; n <= calls; n++) {
        void *state;
        open_fixture(&state, pools, false);
        struct heap_fixture *f = state;
        if (all_after)
            f->memory.fail_from = n;
        else
            f->memory.fail_at = n;
        bool done = program(f);
        if (n == 0) { /* nothing fails: how many calls are there? */
            assert_true(done);
            calls = f->memory.calls;
            assert_true(calls >= least);
        }
        char error[200] = "";
        if (heap_check(&f->heap, error, sizeof(error)) != 0)
            fail_msg("call %d: %s", (int)n, error);
        f->memory.fail_at = f->memory.fail_from = 0;
        gc_set_debug(&f->heap.gc, 0);
        assert_int_equal(close_heap(&state), 0);
    }
}

static inline struct heap *heap_under_test(void **state)
{
    return &((struct heap_fixture *)*state)->heap;
}

static inline void assert_sound(struct heap *h)
{
    char error[200] = "";
    if (heap_check(h, error, sizeof(error)) != 0)
        fail_msg("%s", error);
}

static inline void assert_counts(const struct heap *h, int64_t c0, int64_t c1, int64_t c2)
{
    int64_t count[GC_GENERATIONS];
    gc_get_count(&h->gc, count);
    assert_int_equal(count[0], c0);
    assert_int_equal(count[1], c1);
    assert_int_equal(count[2], c2);
}

static inline void assert_collections(const struct heap *h, uint64_t g0, uint64_t g1, uint64_t g2)
{
    struct gc_stats stats[GC_GENERATIONS];
    gc_get_stats(&h->gc, stats);
    assert_int_equal(stats[0].collections, g0);
    assert_int_equal(stats[1].collections, g1);
    assert_int_equal(stats[2].collections, g2);
}

/* Appends, handing the item over; memory does not fail in these tests. */
static inline void append(struct heap *h, struct object *list, struct object *item)
{
    assert_int_equal(list_append(h, list, item), 0);
}

/* The interned string of that text; memory does not fail in these tests. */
static inline struct object *new_key(struct heap *h, const char *text)
{
    struct object *key = intern(h, string_new(h, text, strlen(text)));
    assert_non_null(key);
    return key;
}

/* The caller's reference alone; a list that holds itself, which nothing frees but a collection. */
static inline struct object *new_ring(struct heap *h)
{
    struct object *list = list_new(h, 0);
    append(h, list, object_keep(list));
    return list;
}

static inline void make_ring_garbage(struct heap *h)
{
    object_drop(h, new_ring(h));
}

static inline struct object *new_logging(struct heap_fixture *f, int64_t label)
{
    struct object *o = slots_new(&f->heap, &f->logging.core);
    slots_set(&f->heap, o, 0, int_new(&f->heap, label));
    return o;
}

static inline void assert_logged(const struct logging_class *class, const int64_t *labels, size_t n)
{
    assert_int_equal(class->logged, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(class->log[i], labels[i]);
}

/* 200 containers, each of which holds its label before the next inner one: the
 * order in which CPython 3.11 finalizes the labels when the outermost, 199, goes. */
static inline void assert_nested_order(const struct logging_class *class)
{
    static const struct {
        int64_t from, to;
    } runs[] = {{199, 151}, {149, 102}, {100, 53}, {51, 4}, {2, 0}, {3, 3}, {52, 52}, {101, 101}, {150, 150}};
    size_t at = 0;
    assert_int_equal(class->logged, 200);
    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
        for (int64_t label = runs[i].from; label >= runs[i].to; label--)
            assert_int_equal(class->log[at++], label);
}

#define ASSERT_LOGGED(class, ...) \
    assert_logged(class, (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

#define HEAP_TEST(f) cmocka_unit_test_setup_teardown(f, open_heap, close_heap)

#endif
