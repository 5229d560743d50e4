/* test_pool.c - the pool allocator: geometry, order of blocks, pools and arenas, counters.
 *
 * The numbers are those of the real CPython 3.11 for the same requests.
 */
#include <errno.h>

#include "tests/pool_fixture.h"
#include "workloads/random.h"

static uintptr_t arena_of(const void *block)
{
    return (uintptr_t)block & ~(uintptr_t)(ARENA_BYTES - 1);
}

/* ---- Geometry ---- */

static void a_pool_holds_as_many_blocks_as_cpythons(void **state)
{
    static const struct {
        size_t bytes;
        uint32_t blocks;
    } rows[] = {{16, 1021}, {32, 510},  {48, 340},  {64, 255}, {80, 204},
                {96, 170},  {112, 145}, {128, 127}, {384, 42}, {512, 31}};
    struct pool_allocator *p = pool_under_test(state);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        void **blocks = alloc_many(p, rows[i].blocks + 1, rows[i].bytes);
        struct pool *first = pool_of(p, blocks[0]);
        assert_int_equal(pool_blocks_per_pool(p, (uint32_t)(rows[i].bytes / 16 - 1)), rows[i].blocks);
        assert_ptr_equal(pool_of(p, blocks[rows[i].blocks - 1]), first);
        assert_ptr_not_equal(pool_of(p, blocks[rows[i].blocks]), first);
        assert_int_equal(first->used, rows[i].blocks);
        assert_sound(p);
        free(blocks);
    }
}

static void a_request_is_served_by_the_smallest_class_that_holds_it(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    for (size_t bytes = 1; bytes <= 512; bytes++) {
        void *block = pool_alloc(p, bytes);
        assert_int_equal(pool_block_bytes(p, block), (bytes + 15) / 16 * 16);
        assert_int_equal((uintptr_t)block % 16, 0);
    }
    assert_sound(p);
}

static void blocks_of_a_fresh_pool_ascend_without_gaps(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void **blocks = alloc_many(p, 42, 384);
    for (size_t i = 0; i < 42; i++)
        assert_int_equal((uintptr_t)blocks[i] % POOL_BYTES, 48 + 384 * i);
    struct pool *pool = pool_of(p, blocks[0]);
    assert_int_equal(pool->carve_offset, 16176);
    assert_int_equal(pool->last_carve_offset, 16000);
    free(blocks);
}

static void blocks_are_carved_one_at_a_time(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    struct pool *pool = pool_of(p, pool_alloc(p, 64));
    assert_int_equal(pool->carve_offset, 48 + 2 * 64);
    pool_alloc(p, 64);
    assert_int_equal(pool->carve_offset, 48 + 3 * 64);
}

static void an_arena_that_is_not_aligned_to_a_pool_has_63_pools(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void **blocks = alloc_many(p, 63 * LARGE_PER_POOL, LARGE);
    struct pool_statistics s = statistics(p);
    assert_int_equal(s.arenas_now, 1);
    assert_int_equal(s.pools_used, 63);
    assert_int_equal(s.pools_unused, 0);
    assert_int_equal(s.bytes_alignment, POOL_BYTES);
    pool_alloc(p, LARGE);
    assert_int_equal(statistics(p).arenas_now, 2);
    assert_sound(p);
    free(blocks);
}

static void an_aligned_arena_has_64_pools(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void **blocks = alloc_many(p, LARGE_PER_ARENA, LARGE);
    struct pool_statistics s = statistics(p);
    assert_int_equal(s.arenas_now, 1);
    assert_int_equal(s.pools_used, 64);
    assert_int_equal(s.bytes_alignment, 0);
    pool_alloc(p, LARGE);
    assert_int_equal(statistics(p).arenas_now, 2);
    free(blocks);
}

static void the_geometry_of_cpython_3_9_serves_too(void **state)
{
    (void)state;
    struct failing source = {0};
    struct memory_backend backend = failing_backend(&source);
    struct arena_source arenas = failing_arenas(&source);
    struct pool_allocator *p = malloc(sizeof(*p));
    assert_int_equal(pool_open(p, &pool_geometry_3_9, &backend, &arenas), 0);
    void **blocks = alloc_many(p, 10000, 64);
    assert_int_equal(pool_blocks_per_pool(p, 3), (4096 - 48) / 64);
    struct pool_statistics s = statistics(p);
    assert_int_equal(s.pools_used, (10000 + 62) / 63);
    assert_int_equal(s.arenas_now, (s.pools_used + 63) / 64); /* 256 KiB are 64 pools of 4 KiB */
    assert_int_equal(s.pools_used + s.pools_unused, 64 * s.arenas_now);
    assert_int_equal(s.bytes_total, s.arenas_now * (256 << 10));
    assert_sound(p);
    free_range(p, blocks, 0, 10000);
    assert_sound(p);
    free(blocks);
    pool_close(p);
    assert_int_equal(source.mapped, source.unmapped);
    free(p);
}

static void a_geometry_that_cannot_work_is_refused(void **state)
{
    (void)state;
    static const struct pool_geometry rows[] = {
        {0, 0}, {1 << 20, 0}, {1 << 20, 1 << 20}, {1 << 20, 4096}, {1000000, 16384}, {1 << 20, 16000}, {1 << 16, 1024},
    };
    struct pool_allocator *p = malloc(sizeof(*p));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(pool_open(p, &rows[i], &memory_system, &memory_mmap), EINVAL);
    free(p);
}

/* ---- The order in which blocks and pools are reused ---- */

static void the_block_freed_last_is_given_out_first(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void **blocks = alloc_many(p, 10, 384);
    free_range(p, blocks, 5, 6);
    free_range(p, blocks, 9, 10);
    assert_ptr_equal(pool_alloc(p, 384), blocks[9]);
    assert_ptr_equal(pool_alloc(p, 384), blocks[5]);
    assert_int_equal((uintptr_t)pool_alloc(p, 384) % POOL_BYTES, 48 + 384 * 10);
    free(blocks);
}

static void a_full_pool_that_gets_a_block_back_is_used_next(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void **blocks = alloc_many(p, 2 * LARGE_PER_POOL + 1, LARGE);
    free_range(p, blocks, 3, 4);
    free_range(p, blocks, LARGE_PER_POOL + 3, LARGE_PER_POOL + 4);
    /* In front of the third pool, the second one in front of the first. */
    assert_ptr_equal(pool_alloc(p, LARGE), blocks[LARGE_PER_POOL + 3]);
    assert_ptr_equal(pool_alloc(p, LARGE), blocks[3]);
    assert_ptr_equal(pool_of(p, pool_alloc(p, LARGE)), pool_of(p, blocks[2 * LARGE_PER_POOL]));
    assert_sound(p);
    free(blocks);
}

static void a_pool_that_was_not_full_keeps_its_place(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void **blocks = alloc_many(p, LARGE_PER_POOL + 1, LARGE);
    free_range(p, blocks, 3, 5);
    pool_try_free(p, blocks[LARGE_PER_POOL]);
    assert_ptr_equal(pool_alloc(p, LARGE), blocks[4]);
    assert_sound(p);
    free(blocks);
}

static void an_empty_pool_serves_another_class(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void *first = pool_alloc(p, 32);
    pool_try_free(p, first);
    void *second = pool_alloc(p, 48);
    assert_ptr_equal(second, first);
    assert_int_equal(pool_block_bytes(p, second), 48);
    assert_sound(p);
}

static void an_empty_pool_that_serves_its_class_again_keeps_its_free_list(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void **blocks = alloc_many(p, 5, 32);
    free_range(p, blocks, 0, 5);
    for (size_t i = 5; i-- > 0;)
        assert_ptr_equal(pool_alloc(p, 32), blocks[i]);
    assert_sound(p);
    free(blocks);
}

/* ---- Arenas ---- */

static void a_new_pool_comes_from_the_fullest_arena(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void **blocks = alloc_many(p, 3 * LARGE_PER_ARENA, LARGE);
    free_range(p, blocks, 0, 2 * LARGE_PER_POOL);
    free_range(p, blocks, LARGE_PER_ARENA, LARGE_PER_ARENA + LARGE_PER_POOL);
    free_range(p, blocks, 2 * LARGE_PER_ARENA, 2 * LARGE_PER_ARENA + 3 * LARGE_PER_POOL);
    assert_sound(p);

    static const size_t order[] = {1, 0, 0, 2, 2, 2};
    for (uint32_t i = 0; i < 6; i++) {
        void *block = pool_alloc(p, 16 * (i + 1));
        assert_int_equal(arena_of(block), arena_of(blocks[order[i] * LARGE_PER_ARENA]));
        assert_sound(p);
    }
    assert_int_equal(statistics(p).arenas_now, 3);
    free(blocks);
}

static void arenas_stay_sorted_whatever_pools_come_back(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    enum { ARENAS = 6, POOLS = ARENAS * 64 };
    void **blocks = alloc_many(p, ARENAS * LARGE_PER_ARENA, LARGE);
    struct random r;
    random_seed(&r, 7);
    bool freed[POOLS] = {false};
    for (size_t left = POOLS; left > 0;) {
        size_t k = random_next_below(&r, POOLS);
        if (freed[k])
            continue;
        free_range(p, blocks, k * LARGE_PER_POOL, (k + 1) * LARGE_PER_POOL);
        freed[k] = true;
        left--;
        assert_sound(p);
    }
    assert_int_equal(statistics(p).arenas_now, 1);
    free(blocks);
}

static void an_empty_arena_goes_back_but_for_the_last(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    struct failing *source = &((struct fixture *)*state)->source;
    void **blocks = alloc_many(p, 3 * LARGE_PER_ARENA, LARGE);
    assert_int_equal(source->mapped, 3);

    /* The first to get a free pool is alone in the list: it is kept though empty. */
    free_range(p, blocks, 0, LARGE_PER_ARENA);
    assert_int_equal(source->unmapped, 0);
    /* The next one to be empty is not: it comes before, since it had fewer free pools. */
    free_range(p, blocks, LARGE_PER_ARENA, 2 * LARGE_PER_ARENA);
    assert_int_equal(source->unmapped, 1);
    assert_false(pool_owns(p, blocks[LARGE_PER_ARENA]));
    assert_true(pool_owns(p, blocks[0]));
    free_range(p, blocks, 2 * LARGE_PER_ARENA, 3 * LARGE_PER_ARENA);
    struct pool_statistics s = statistics(p);
    assert_int_equal(s.arenas_allocated, 3);
    assert_int_equal(s.arenas_reclaimed, 2);
    assert_int_equal(s.arenas_highwater, 3);
    assert_int_equal(s.arenas_now, 1);
    assert_sound(p);
    free(blocks);
}

static void the_kept_arena_is_not_mapped_again(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    struct failing *source = &((struct fixture *)*state)->source;
    for (int i = 0; i < 100; i++)
        pool_try_free(p, pool_alloc(p, 64));
    assert_int_equal(source->mapped, 1);
    assert_int_equal(source->unmapped, 0);
}

static void the_arena_table_doubles_from_16(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void **first = alloc_many(p, 16 * LARGE_PER_ARENA, LARGE);
    assert_int_equal(p->arena_slots, 16);
    void *next = pool_alloc(p, LARGE);
    assert_int_equal(p->arena_slots, 32);
    assert_sound(p);
    free_range(p, first, 0, 16 * LARGE_PER_ARENA);
    pool_try_free(p, next);
    assert_int_equal(statistics(p).arenas_now, 1);
    assert_sound(p);
    free(first);
}

static void a_million_blocks_of_16_bytes_take_980_pools_in_16_arenas(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    void **blocks = alloc_many(p, 1000000, 16);
    struct pool_statistics s = statistics(p);
    assert_int_equal(s.size_class[0].pools, 980);
    assert_int_equal(s.size_class[0].blocks_in_use, 1000000);
    assert_int_equal(s.size_class[0].blocks_available, 580);
    assert_int_equal(s.arenas_now, 16);
    assert_int_equal(pool_blocks(p), 1000000);

    free_range(p, blocks, 0, 1000000);
    s = statistics(p);
    assert_int_equal(s.arenas_allocated, 16);
    assert_int_equal(s.arenas_reclaimed, 15);
    assert_int_equal(s.arenas_highwater, 16);
    assert_int_equal(s.arenas_now, 1);
    assert_int_equal(pool_blocks(p), 0);
    assert_sound(p);
    free(blocks);
}

/* ---- Counters ---- */

static void counters_name_every_byte_of_the_arenas(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    free(alloc_many(p, 100, 48));
    free(alloc_many(p, 50, 512));
    struct pool_statistics s = statistics(p);
    assert_int_equal(s.pools_used, 3);
    assert_int_equal(s.size_class[2].blocks_in_use, 100);
    assert_int_equal(s.size_class[2].blocks_available, 240);
    assert_int_equal(s.size_class[31].blocks_in_use, 50);
    assert_int_equal(s.size_class[31].blocks_available, 12);
    assert_int_equal(s.bytes_in_blocks, 100 * 48 + 50 * 512);
    assert_int_equal(s.bytes_available, 240 * 48 + 12 * 512);
    assert_int_equal(s.bytes_in_headers, 3 * 48);
    assert_int_equal(s.bytes_quantization, 16336 % 48 + 2 * (16336 % 512));
    assert_int_equal(s.bytes_total, ARENA_BYTES);
    assert_int_equal(s.map_middle_nodes, 1);
    assert_int_equal(s.map_leaf_nodes, 1);
}

static void an_allocator_without_requests_has_no_arena(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    struct pool_statistics s = statistics(p);
    assert_int_equal(s.arenas_allocated, 0);
    assert_int_equal(s.bytes_total, 0);
    assert_int_equal(((struct fixture *)*state)->source.calls, 0);
    assert_sound(p);
}

/* ---- The map of addresses ---- */

static void an_address_is_in_the_map_exactly_while_its_arena_is(void **state)
{
    (void)state;
    struct failing source = {0};
    struct memory_backend backend = failing_backend(&source);
    struct pool_map *map = malloc(sizeof(*map));
    pool_map_open(map, 20);
    /* Neighbours that share windows, one aligned, and one across two leaves. */
    static const uintptr_t bases[] = {0x10001000, 0x10101000, 0x20000000, 0x3FFFFF000};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pool_map_add(map, &backend, bases[i]), 0);
    assert_int_equal(map->leaf_nodes, 2);
    assert_false(pool_map_contains(map, 0x10000fff));
    assert_true(pool_map_contains(map, 0x10100fff));
    assert_true(pool_map_contains(map, 0x10101000));
    assert_true(pool_map_contains(map, 0x10200fff));
    assert_false(pool_map_contains(map, 0x10201000));
    assert_false(pool_map_contains(map, 0x1fffffff));
    assert_true(pool_map_contains(map, 0x20000000));
    assert_true(pool_map_contains(map, 0x200fffff));
    assert_false(pool_map_contains(map, 0x20100000));
    assert_false(pool_map_contains(map, 0x3ffffefff));
    assert_true(pool_map_contains(map, 0x3fffff000));
    assert_true(pool_map_contains(map, 0x4000fefff));
    assert_false(pool_map_contains(map, 0x4000ff000));
    assert_false(pool_map_contains(map, 0));
    assert_false(pool_map_contains(map, UINTPTR_MAX));

    pool_map_remove(map, bases[0]);
    assert_false(pool_map_contains(map, 0x10001000));
    assert_false(pool_map_contains(map, 0x10100fff));
    assert_true(pool_map_contains(map, 0x10101000));
    pool_map_remove(map, bases[3]);
    assert_false(pool_map_contains(map, 0x3fffff000));
    assert_false(pool_map_contains(map, 0x400000000));
    pool_map_close(map, &backend);
    assert_int_equal(source.blocks, 0);
    free(map);
}

static void a_block_of_somebody_else_is_not_freed(void **state)
{
    struct pool_allocator *p = pool_under_test(state);
    pool_alloc(p, 16);
    void *other = malloc(64);
    assert_false(pool_try_free(p, other));
    free(other);
}

/* ---- Out of memory ---- */

static void every_request_may_fail_and_leaves_the_pools_sound(void **state)
{
    (void)state;
    struct fixture *probe = open_with(4096);
    enum { BLOCKS = 17 * LARGE_PER_ARENA };
    free(alloc_many(&probe->p, BLOCKS, LARGE));
    uint64_t calls = probe->source.calls;
    close_fixture((void **)&probe);
    assert_true(calls > 18);

    void **blocks = malloc(BLOCKS * sizeof(*blocks));
    for (uint64_t n = 1; n <= calls; n++) {
        struct fixture *f = open_with(4096);
        f->source.fail_at = n;
        size_t refused = 0;
        for (size_t i = 0; i < BLOCKS; i++) {
            blocks[i] = pool_alloc(&f->p, LARGE);
            if (!blocks[i]) {
                refused++;
                assert_sound(&f->p);
                assert_non_null(blocks[i] = pool_alloc(&f->p, LARGE));
            }
        }
        assert_int_equal(refused, 1);
        assert_sound(&f->p);
        free_range(&f->p, blocks, 0, BLOCKS);
        assert_sound(&f->p);
        assert_int_equal(pool_blocks(&f->p), 0);
        assert_int_equal(close_fixture((void **)&f), 0);
    }
    free(blocks);
}

#define ALIGNED(test)   cmocka_unit_test_setup_teardown(test, open_aligned, close_fixture)
#define UNALIGNED(test) cmocka_unit_test_setup_teardown(test, open_unaligned, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ALIGNED(a_pool_holds_as_many_blocks_as_cpythons),
        ALIGNED(a_request_is_served_by_the_smallest_class_that_holds_it),
        ALIGNED(blocks_of_a_fresh_pool_ascend_without_gaps),
        ALIGNED(blocks_are_carved_one_at_a_time),
        UNALIGNED(an_arena_that_is_not_aligned_to_a_pool_has_63_pools),
        ALIGNED(an_aligned_arena_has_64_pools),
        cmocka_unit_test(the_geometry_of_cpython_3_9_serves_too),
        cmocka_unit_test(a_geometry_that_cannot_work_is_refused),
        ALIGNED(the_block_freed_last_is_given_out_first),
        ALIGNED(a_full_pool_that_gets_a_block_back_is_used_next),
        ALIGNED(a_pool_that_was_not_full_keeps_its_place),
        ALIGNED(an_empty_pool_serves_another_class),
        ALIGNED(an_empty_pool_that_serves_its_class_again_keeps_its_free_list),
        ALIGNED(a_new_pool_comes_from_the_fullest_arena),
        ALIGNED(arenas_stay_sorted_whatever_pools_come_back),
        ALIGNED(an_empty_arena_goes_back_but_for_the_last),
        ALIGNED(the_kept_arena_is_not_mapped_again),
        ALIGNED(the_arena_table_doubles_from_16),
        ALIGNED(a_million_blocks_of_16_bytes_take_980_pools_in_16_arenas),
        UNALIGNED(a_million_blocks_of_16_bytes_take_980_pools_in_16_arenas),
        ALIGNED(counters_name_every_byte_of_the_arenas),
        ALIGNED(an_allocator_without_requests_has_no_arena),
        cmocka_unit_test(an_address_is_in_the_map_exactly_while_its_arena_is),
        ALIGNED(a_block_of_somebody_else_is_not_freed),
        cmocka_unit_test(every_request_may_fail_and_leaves_the_pools_sound),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
