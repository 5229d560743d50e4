/* pool_fixture.h - a pool allocator on arenas that the test aligns, for the suites of core/pool*.c. */
#ifndef GCSWEEP_TESTS_POOL_FIXTURE_H
#define GCSWEEP_TESTS_POOL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/pool.h"
#include "tests/memory_sources.h"

/* Of CPython 3.11's geometry; 512-byte blocks fill an arena the quickest. */
enum { POOL_BYTES = 16384, ARENA_BYTES = 1 << 20, LARGE = 512, LARGE_PER_POOL = 31, LARGE_PER_ARENA = 31 * 64 };

struct fixture {
    struct failing source;
    struct pool_allocator p;
};

static inline struct fixture *open_with(size_t misalignment)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    f->source.misalignment = misalignment;
    struct memory_backend backend = failing_backend(&f->source);
    struct arena_source arenas = failing_arenas(&f->source);
    assert_int_equal(pool_open(&f->p, &pool_geometry_3_11, &backend, &arenas), 0);
    return f;
}

static inline int open_aligned(void **state)
{
    *state = open_with(0);
    return 0;
}

static inline int open_unaligned(void **state)
{
    *state = open_with(4096);
    return 0;
}

static inline int close_fixture(void **state)
{
    struct fixture *f = *state;
    pool_close(&f->p);
    int leaks = f->source.blocks != 0 || f->source.mapped != f->source.unmapped;
    free(f);
    return leaks;
}

static inline struct pool_allocator *pool_under_test(void **state)
{
    return &((struct fixture *)*state)->p;
}

static inline void assert_sound(const struct pool_allocator *p)
{
    char error[200] = "";
    if (pool_check(p, error, sizeof(error)) != 0)
        fail_msg("%s", error);
}

static inline struct pool_statistics statistics(const struct pool_allocator *p)
{
    struct pool_statistics s;
    pool_read_counters(p, &s);
    assert_int_equal(s.bytes_total, s.bytes_in_blocks + s.bytes_available + s.bytes_in_unused_pools +
                                        s.bytes_in_headers + s.bytes_quantization + s.bytes_alignment);
    return s;
}

/* n blocks in an array that the caller frees. */
static inline void **alloc_many(struct pool_allocator *p, size_t n, size_t bytes)
{
    void **blocks = malloc(n * sizeof(*blocks));
    assert_non_null(blocks);
    for (size_t i = 0; i < n; i++) {
        blocks[i] = pool_alloc(p, bytes);
        assert_non_null(blocks[i]);
    }
    return blocks;
}

static inline void free_range(struct pool_allocator *p, void **blocks, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        assert_true(pool_try_free(p, blocks[i]));
}

#endif
