/* test_memory.c - who serves a request, resizing, poison, and every allocation failing once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/memory.h"
#include "tests/memory_sources.h"
#include "workloads/random.h"

struct fixture {
    struct failing source;
    struct memory mem;
};

typedef int opener(struct memory *mem, const struct memory_backend *backend, const struct arena_source *arenas,
                   const struct pool_geometry *pools);

static struct fixture *open_with(opener *open, bool pools)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    f->source.misalignment = 4096;
    struct memory_backend backend = failing_backend(&f->source);
    struct arena_source arenas = failing_arenas(&f->source);
    assert_int_equal(open(&f->mem, &backend, pools ? &arenas : NULL, pools ? &pool_geometry_3_11 : NULL), 0);
    return f;
}

static int open_pools(void **state)
{
    *state = open_with(memory_open, true);
    return 0;
}

static int open_plain(void **state)
{
    *state = open_with(memory_open, false);
    return 0;
}

static int open_poisoned(void **state)
{
    *state = open_with(memory_open_debug, true);
    return 0;
}

static int open_poisoned_plain(void **state)
{
    *state = open_with(memory_open_debug, false);
    return 0;
}

/* Not 0 when a test left a block, or memory_close a table or an arena. */
static int close_fixture(void **state)
{
    struct fixture *f = *state;
    uint64_t blocks = memory_blocks(&f->mem);
    memory_close(&f->mem);
    int leaks = blocks != 0 || f->source.blocks != 0 || f->source.mapped != f->source.unmapped;
    free(f);
    return leaks;
}

static struct memory *memory_under_test(void **state)
{
    return &((struct fixture *)*state)->mem;
}

static void assert_sound(const struct memory *mem)
{
    char error[200] = "";
    if (mem->pools && pool_check(&mem->pool, error, sizeof(error)) != 0)
        fail_msg("%s", error);
}

static bool in_pool(const struct memory *mem, const void *block)
{
    return pool_owns(&mem->pool, block);
}

/* ---- Who serves what ---- */

static void requests_of_1_to_512_bytes_are_served_by_pools(void **state)
{
    struct memory *mem = memory_under_test(state);
    static const struct {
        size_t bytes;
        bool pool;
    } rows[] = {{0, false}, {1, true}, {16, true}, {511, true}, {512, true}, {513, false}, {100000, false}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void *block = memory_alloc(mem, rows[i].bytes);
        assert_non_null(block);
        assert_int_equal(in_pool(mem, block), rows[i].pool);
        assert_int_equal(memory_blocks(mem), 1);
        memory_free(mem, block);
        assert_int_equal(memory_blocks(mem), 0);
    }
}

static void without_pools_the_backend_serves_all(void **state)
{
    struct memory *mem = memory_under_test(state);
    struct failing *source = &((struct fixture *)*state)->source;
    void *small = memory_alloc(mem, 16), *none = memory_alloc(mem, 0), *large = memory_alloc(mem, 4096);
    assert_int_equal(source->blocks, 3);
    assert_int_equal(memory_blocks(mem), 3);
    small = memory_resize(mem, small, 300);
    assert_non_null(small);
    assert_int_equal(memory_blocks(mem), 3);
    memory_free(mem, small);
    memory_free(mem, none);
    memory_free(mem, large);
    assert_int_equal(source->blocks, 0);
    assert_int_equal(source->mapped, 0);
}

static void the_system_serves_malloc_and_mmap(void **state)
{
    (void)state;
    struct memory *mem = malloc(sizeof(*mem));
    assert_int_equal(memory_open(mem, &memory_system, &memory_mmap, &pool_geometry_3_11), 0);
    void *small = memory_alloc(mem, 100), *large = memory_alloc(mem, 100000);
    assert_true(in_pool(mem, small));
    memset(small, 1, 100);
    memset(large, 1, 100000);
    large = memory_resize(mem, large, 200000);
    assert_non_null(large);
    assert_int_equal(memory_blocks(mem), 2);
    memory_free(mem, small);
    memory_free(mem, large);
    assert_sound(mem);
    memory_close(mem);
    free(mem);
}

/* ---- Resizing ---- */

static void a_block_of_400_bytes_stays_for_301_and_moves_for_300(void **state)
{
    struct memory *mem = memory_under_test(state);
    void *block = memory_alloc(mem, 400);
    assert_ptr_equal(memory_resize(mem, block, 400), block);
    assert_ptr_equal(memory_resize(mem, block, 301), block);
    void *moved = memory_resize(mem, block, 300);
    assert_ptr_not_equal(moved, block);
    assert_int_equal(pool_block_bytes(&mem->pool, moved), 304);
    assert_int_equal(memory_blocks(mem), 1);
    memory_free(mem, moved);
}

static void a_block_grows_in_place_up_to_its_class_and_then_moves(void **state)
{
    struct memory *mem = memory_under_test(state);
    char *block = memory_alloc(mem, 33);
    memset(block, 7, 33);
    assert_ptr_equal(memory_resize(mem, block, 48), block);
    char *moved = memory_resize(mem, block, 49);
    assert_ptr_not_equal(moved, block);
    for (int i = 0; i < 33; i++)
        assert_int_equal(moved[i], 7);
    memory_free(mem, moved);
}

static void a_block_leaves_the_pools_when_it_grows_and_does_not_come_back(void **state)
{
    struct memory *mem = memory_under_test(state);
    char *block = memory_alloc(mem, 512);
    memset(block, 7, 512);
    block = memory_resize(mem, block, 513);
    assert_false(in_pool(mem, block));
    block = memory_resize(mem, block, 20);
    assert_false(in_pool(mem, block));
    for (int i = 0; i < 20; i++)
        assert_int_equal(block[i], 7);
    assert_int_equal(memory_blocks(mem), 1);
    memory_free(mem, block);
}

static void resizing_nothing_allocates_and_resizing_to_nothing_keeps_a_block(void **state)
{
    struct memory *mem = memory_under_test(state);
    void *block = memory_resize(mem, NULL, 64);
    assert_non_null(block);
    block = memory_resize(mem, block, 0);
    assert_non_null(block);
    block = memory_resize(mem, block, 0);
    assert_non_null(block);
    assert_int_equal(memory_blocks(mem), 1);
    memory_free(mem, block);
}

/* ---- Out of memory ---- */

static void a_small_request_goes_to_the_backend_when_no_arena_can_be_had(void **state)
{
    struct memory *mem = memory_under_test(state);
    struct failing *source = &((struct fixture *)*state)->source;
    source->fail_at = 2; /* after the arena table */
    void *block = memory_alloc(mem, 64);
    assert_non_null(block);
    assert_false(in_pool(mem, block));
    assert_int_equal(memory_blocks(mem), 1);
    void *next = memory_alloc(mem, 64);
    assert_true(in_pool(mem, next));
    assert_sound(mem);
    memory_free(mem, block);
    memory_free(mem, next);
}

static void a_refused_resize_leaves_the_block_as_it_was(void **state)
{
    struct memory *mem = memory_under_test(state);
    struct failing *source = &((struct fixture *)*state)->source;
    char *small = memory_alloc(mem, 64), *large = memory_alloc(mem, 1000);
    memset(small, 3, 64);
    memset(large, 4, 1000);
    source->fail_from = source->calls + 1;
    assert_null(memory_resize(mem, small, 1000));
    assert_null(memory_resize(mem, large, 2000));
    for (int i = 0; i < 64; i++)
        assert_int_equal(small[i], 3);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(large[i], 4);
    assert_int_equal(memory_blocks(mem), 2);
    assert_sound(mem);
    memory_free(mem, small);
    memory_free(mem, large);
}

static void a_request_near_the_address_space_is_refused(void **state)
{
    struct memory *mem = memory_under_test(state);
    assert_null(memory_alloc(mem, SIZE_MAX));
    assert_null(memory_alloc(mem, SIZE_MAX - 8));
    assert_int_equal(memory_blocks(mem), 0);
}

enum { PLACES = 4000, STEPS = 40000, CHECK_EVERY = 5000 };

struct place {
    unsigned char *block;
    size_t bytes;
    unsigned char fill;
};

static void assert_filled(const struct place *at, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (at->block[i] != at->fill)
            fail_msg("byte %zu of a block of %zu was overwritten", i, at->bytes);
    }
}

static void fill(struct place *at, void *block, size_t bytes, uint64_t step)
{
    *at = (struct place){.block = block, .bytes = bytes, .fill = (unsigned char)(step % 251 + 1)};
    memset(block, at->fill, bytes);
}

/* Allocates, resizes and frees at random, with every block's content checked; frees all. */
static void run_program(struct memory *mem, uint64_t steps)
{
    struct place *places = calloc(PLACES, sizeof(*places));
    assert_non_null(places);
    struct random r;
    random_seed(&r, 11);
    for (uint64_t step = 0; step < steps; step++) {
        struct place *at = &places[random_next_below(&r, PLACES)];
        size_t bytes = random_next_below(&r, 50) ? random_next_below(&r, 520) : random_next_below(&r, 5000);
        if (!at->block) {
            void *block = memory_alloc(mem, bytes);
            if (block)
                fill(at, block, bytes, step);
        } else if (random_next_below(&r, 3) == 0) {
            void *block = memory_resize(mem, at->block, bytes);
            if (block) {
                at->block = block;
                assert_filled(at, bytes < at->bytes ? bytes : at->bytes);
                fill(at, block, bytes, step);
            }
        } else {
            assert_filled(at, at->bytes);
            memory_free(mem, at->block);
            at->block = NULL;
        }
        if (step % CHECK_EVERY == 0)
            assert_sound(mem);
    }
    for (size_t i = 0; i < PLACES; i++) {
        if (places[i].block) {
            assert_filled(&places[i], places[i].bytes);
            memory_free(mem, places[i].block);
        }
    }
    free(places);
    assert_sound(mem);
    assert_int_equal(memory_blocks(mem), 0);
}

static void blocks_keep_what_is_written_to_them(void **state)
{
    run_program(memory_under_test(state), 10 * STEPS);
}

/* The first calls are those of the tables and the first arenas; the rest is sampled. */
static void every_allocation_may_fail_without_a_leak(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        opener *open = kind < 2 ? memory_open : memory_open_debug;
        bool pools = kind % 2 == 0;
        struct fixture *f = open_with(open, pools);
        run_program(&f->mem, STEPS / 10);
        uint64_t calls = f->source.calls;
        assert_int_equal(close_fixture((void **)&f), 0);
        for (uint64_t n = 1; n <= calls; n += n < 20 ? 1 : calls / 40) {
            f = open_with(open, pools);
            f->source.fail_at = n;
            run_program(&f->mem, STEPS / 10);
            assert_int_equal(close_fixture((void **)&f), 0);
            f = open_with(open, pools);
            f->source.fail_from = n;
            run_program(&f->mem, STEPS / 10);
            assert_int_equal(close_fixture((void **)&f), 0);
        }
    }
}

/* ---- Poison ---- */

static void assert_bytes(const void *block, size_t from, size_t to, int byte)
{
    for (size_t i = from; i < to; i++)
        assert_int_equal(((const unsigned char *)block)[i], byte);
}

static void a_new_block_is_poisoned(void **state)
{
    struct memory *mem = memory_under_test(state);
    static const size_t sizes[] = {0, 1, 40, 512, 513, 5000};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        void *block = memory_alloc(mem, sizes[i]);
        assert_int_equal((uintptr_t)block % 16, 0);
        assert_bytes(block, 0, sizes[i], MEMORY_POISON_NEW);
        memory_free(mem, block);
    }
    assert_sound(mem);
}

static void a_freed_block_is_poisoned_and_is_not_given_out_for_a_while(void **state)
{
    struct memory *mem = memory_under_test(state);
    static const size_t sizes[] = {1, 96, 512, 5000};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        void *block = memory_alloc(mem, sizes[i]);
        memset(block, 1, sizes[i]);
        memory_free(mem, block);
        void *next = memory_alloc(mem, sizes[i]);
        assert_true(next != block);
        assert_bytes(block, 0, sizes[i], MEMORY_POISON_FREED);
        memory_free(mem, next);
    }
    assert_sound(mem);
}

static void a_resized_block_moves_and_its_new_end_is_poisoned(void **state)
{
    struct memory *mem = memory_under_test(state);
    static const struct {
        size_t from, to;
    } rows[] = {{40, 48}, {48, 40}, {40, 700}, {700, 900}, {900, 700}, {700, 40}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t from = rows[i].from, to = rows[i].to, kept = from < to ? from : to;
        void *keep = memory_alloc(mem, from), *block = memory_alloc(mem, from);
        memset(block, 9, from);
        uintptr_t old = (uintptr_t)block;
        block = memory_resize(mem, block, to);
        assert_true((uintptr_t)block != old);
        assert_bytes(block, 0, kept, 9);
        assert_bytes(block, kept, to, MEMORY_POISON_NEW);
        memory_free(mem, block);
        memory_free(mem, keep);
    }
}

#define POOLS(test)          cmocka_unit_test_setup_teardown(test, open_pools, close_fixture)
#define PLAIN(test)          cmocka_unit_test_setup_teardown(test, open_plain, close_fixture)
#define POISONED(test)       cmocka_unit_test_setup_teardown(test, open_poisoned, close_fixture)
#define POISONED_PLAIN(test) cmocka_unit_test_setup_teardown(test, open_poisoned_plain, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        POOLS(requests_of_1_to_512_bytes_are_served_by_pools),
        PLAIN(without_pools_the_backend_serves_all),
        cmocka_unit_test(the_system_serves_malloc_and_mmap),
        POOLS(a_block_of_400_bytes_stays_for_301_and_moves_for_300),
        POOLS(a_block_grows_in_place_up_to_its_class_and_then_moves),
        POOLS(a_block_leaves_the_pools_when_it_grows_and_does_not_come_back),
        POOLS(resizing_nothing_allocates_and_resizing_to_nothing_keeps_a_block),
        PLAIN(resizing_nothing_allocates_and_resizing_to_nothing_keeps_a_block),
        POISONED(resizing_nothing_allocates_and_resizing_to_nothing_keeps_a_block),
        POOLS(a_small_request_goes_to_the_backend_when_no_arena_can_be_had),
        POISONED(a_small_request_goes_to_the_backend_when_no_arena_can_be_had),
        POOLS(a_refused_resize_leaves_the_block_as_it_was),
        PLAIN(a_refused_resize_leaves_the_block_as_it_was),
        POISONED(a_refused_resize_leaves_the_block_as_it_was),
        POISONED(a_request_near_the_address_space_is_refused),
        POOLS(blocks_keep_what_is_written_to_them),
        PLAIN(blocks_keep_what_is_written_to_them),
        POISONED(blocks_keep_what_is_written_to_them),
        POISONED_PLAIN(blocks_keep_what_is_written_to_them),
        cmocka_unit_test(every_allocation_may_fail_without_a_leak),
        POISONED(a_new_block_is_poisoned),
        POISONED_PLAIN(a_new_block_is_poisoned),
        POISONED(a_freed_block_is_poisoned_and_is_not_given_out_for_a_while),
        POISONED_PLAIN(a_freed_block_is_poisoned_and_is_not_given_out_for_a_while),
        POISONED(a_resized_block_moves_and_its_new_end_is_poisoned),
        POISONED_PLAIN(a_resized_block_moves_and_its_new_end_is_poisoned),
    };
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
