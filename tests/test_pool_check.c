/* test_pool_check.c - pool_check names whatever is broken in a pool allocator. */
#include <string.h>

#include "tests/pool_fixture.h"

/* Two arenas, the first full but for two free pools; a pool with three blocks of 16 bytes. */
static void prepare(struct pool_allocator *p)
{
    enum { BLOCKS = 64 * LARGE_PER_POOL };
    free(alloc_many(p, 3, 16));
    void **blocks = alloc_many(p, BLOCKS, LARGE);
    free_range(p, blocks, 5 * LARGE_PER_POOL, 7 * LARGE_PER_POOL);
    free(blocks);
    assert_int_equal(p->arenas_now, 2);
    assert_int_equal(p->usable->free_pools, 2);
    assert_int_equal(p->usable->next->free_pools, 63);
}

static struct pool *small_pool(struct pool_allocator *p)
{
    return p->partial[0].next;
}

static void break_used(struct pool_allocator *p)
{
    small_pool(p)->used++;
}

static void break_free_list(struct pool_allocator *p)
{
    small_pool(p)->free = (char *)small_pool(p)->free + 8;
}

static void break_free_list_into_a_ring(struct pool_allocator *p)
{
    *(void **)small_pool(p)->free = small_pool(p)->free;
}

static void break_pool_class(struct pool_allocator *p)
{
    small_pool(p)->size_class = 40;
}

static void break_pool_arena(struct pool_allocator *p)
{
    small_pool(p)->arena = 1;
}

static void break_carve_offset(struct pool_allocator *p)
{
    small_pool(p)->carve_offset++;
}

static void break_last_carve_offset(struct pool_allocator *p)
{
    small_pool(p)->last_carve_offset -= 16;
}

static void break_class_list(struct pool_allocator *p)
{
    p->partial[0].next = &p->partial[0];
}

static void break_link_back(struct pool_allocator *p)
{
    small_pool(p)->previous = small_pool(p);
}

static void break_list_end(struct pool_allocator *p)
{
    p->partial[0].previous = &p->partial[0];
}

static void break_stranger_in_class_list(struct pool_allocator *p)
{
    p->partial[5].next = (struct pool *)p;
}

static void break_list_head(struct pool_allocator *p)
{
    p->partial[3].free = p;
}

static void break_free_pools(struct pool_allocator *p)
{
    p->usable->free_pools++;
}

static void break_total_pools(struct pool_allocator *p)
{
    p->usable->total_pools--;
}

static void break_uncarved(struct pool_allocator *p)
{
    p->usable->uncarved += 16;
}

static void break_arena_free_list(struct pool_allocator *p)
{
    p->usable->free_list = NULL;
}

static void break_arena_free_list_with_a_used_pool(struct pool_allocator *p)
{
    p->usable->free_list->next = small_pool(p);
}

static void break_arena_order(struct pool_allocator *p)
{
    struct pool_arena *first = p->usable, *second = first->next;
    p->usable = second;
    second->previous = NULL;
    second->next = first;
    first->previous = second;
    first->next = NULL;
}

static void break_arena_link(struct pool_allocator *p)
{
    p->usable->next->previous = NULL;
}

static void break_usable_list(struct pool_allocator *p)
{
    p->usable->next = NULL;
}

static void break_last_with_free(struct pool_allocator *p)
{
    p->last_with_free[p->usable->free_pools] = NULL;
}

static void break_unused_slots(struct pool_allocator *p)
{
    p->unused = p->unused->next;
}

static void break_counters(struct pool_allocator *p)
{
    p->arenas_now++;
}

static void break_highwater(struct pool_allocator *p)
{
    p->arenas_highwater = 1;
}

static void break_map(struct pool_allocator *p)
{
    pool_map_remove(&p->map, p->usable->next->base);
}

static void a_broken_allocator_is_found_and_named(void **state)
{
    (void)state;
    static const struct {
        void (*break_it)(struct pool_allocator *p);
        const char *named;
    } rows[] = {
        {break_used, "4 blocks in use and"},
        {break_free_list, "in its free list is no block of it"},
        {break_free_list_into_a_ring, "ring"},
        {break_pool_class, "size class 40"},
        {break_pool_arena, "says arena 1"},
        {break_carve_offset, "is no block's start"},
        {break_last_carve_offset, "last carve offset"},
        {break_class_list, "partly used pools"},
        {break_link_back, "not to the pool before it"},
        {break_list_end, "list's end"},
        {break_stranger_in_class_list, "is no pool"},
        {break_list_head, "list head"},
        {break_free_pools, "free pools, has"},
        {break_total_pools, "pools, has"},
        {break_uncarved, "next pool to carve"},
        {break_arena_free_list, "list of free pools"},
        {break_arena_free_list_with_a_used_pool, "with blocks in use"},
        {break_arena_order, "out of order"},
        {break_arena_link, "not to the arena before it"},
        {break_usable_list, "with a free pool"},
        {break_last_with_free, "is not the one noted"},
        {break_unused_slots, "unused slots"},
        {break_counters, "arenas now"},
        {break_highwater, "must not grow"},
        {break_map, "the map does not know it"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixture *f = open_with(0);
        prepare(&f->p);
        assert_sound(&f->p);
        rows[i].break_it(&f->p);
        char error[200] = "";
        if (pool_check(&f->p, error, sizeof(error)) == 0)
            fail_msg("row %zu (%s) was not found", i, rows[i].named);
        if (!strstr(error, rows[i].named))
            fail_msg("row %zu: expected '%s' in '%s'", i, rows[i].named, error);
        close_fixture((void **)&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_allocator_is_found_and_named),
    };
    return cmocka_run_group_tests_name("pool check", tests, NULL, NULL);
}
