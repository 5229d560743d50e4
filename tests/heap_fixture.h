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

#include <cmocka.h>

#include "core/heap_check.h"
#include "core/refcount.h"
#include "core/types/bytes.h"
#include "core/types/list.h"
#include "core/types/number.h"
#include "core/types/slots.h"
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
};

static inline void log_finalized(const struct slots_class *core, struct object *self)
{
    struct logging_class *class = (struct logging_class *)(uintptr_t)core;
    assert_true(class->logged < LOG_LENGTH);
    class->log[class->logged++] = int_value(slots_get(self, 0));
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

#define ASSERT_LOGGED(class, ...) \
    assert_logged(class, (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

#define HEAP_TEST(f) cmocka_unit_test_setup_teardown(f, open_heap, close_heap)

#endif
