/* pool.c - pools of blocks: begun, extended, emptied. */
#include "core/pool.h"

#include <errno.h>
#include <string.h>

#include "core/pool_arena.h"

_Static_assert(sizeof(struct pool) == POOL_HEADER_BYTES, "blocks must start where CPython's do");

const struct pool_geometry pool_geometry_3_11 = {.arena_bytes = 1 << 20, .pool_bytes = 1 << 14};
const struct pool_geometry pool_geometry_3_9 = {.arena_bytes = 1 << 18, .pool_bytes = 1 << 12};

static bool is_power_of_two(uint32_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

/* A page is the least alignment of an arena; a pool needs room for two of the largest blocks. */
static bool is_usable(const struct pool_geometry *g)
{
    return is_power_of_two(g->arena_bytes) && is_power_of_two(g->pool_bytes) && g->pool_bytes >= 4096 &&
           g->arena_bytes / g->pool_bytes >= 2 && g->arena_bytes / g->pool_bytes <= POOL_MOST_IN_ARENA &&
           g->arena_bytes >= 1 << 16 && g->arena_bytes < UINT32_C(1) << 31;
}

int pool_open(struct pool_allocator *p, const struct pool_geometry *geometry, const struct memory_backend *backend,
              const struct arena_source *source)
{
    if (!is_usable(geometry))
        return EINVAL;
    memset(p, 0, offsetof(struct pool_allocator, map));
    p->geometry = *geometry;
    p->pool_mask = geometry->pool_bytes - 1;
    p->backend = *backend;
    p->source = *source;
    for (size_t i = 0; i < POOL_CLASSES; i++)
        p->partial[i].next = p->partial[i].previous = &p->partial[i];
    pool_map_open(&p->map, (unsigned)__builtin_ctz(geometry->arena_bytes));
    return 0;
}

void pool_close(struct pool_allocator *p)
{
    for (uint32_t i = 0; i < p->arena_slots; i++) {
        if (p->arenas[i].base)
            p->source.unmap(p->source.context, (void *)p->arenas[i].base, p->geometry.arena_bytes);
    }
    if (p->arenas)
        p->backend.release(p->backend.context, p->arenas);
    p->arenas = NULL;
    p->arena_slots = 0;
    p->arenas_now = 0;
    pool_map_close(&p->map, &p->backend);
}

void pool_rejoin(struct pool_allocator *p, struct pool *pool)
{
    struct pool *head = &p->partial[pool->size_class];
    pool->next = head->next;
    pool->previous = head;
    head->next->previous = pool;
    head->next = pool;
}

static void unlink_pool(struct pool *pool)
{
    pool->next->previous = pool->previous;
    pool->previous->next = pool->next;
}

static void *block_at(struct pool *pool, uint32_t offset)
{
    return (char *)pool + offset;
}

/* Puts the next block that was never given out on the free list, which is empty. */
static void carve_block(struct pool *pool)
{
    void *block = block_at(pool, pool->carve_offset);
    *(void **)block = NULL;
    pool->free = block;
    pool->carve_offset += (uint32_t)pool_class_bytes(pool->size_class);
}

void *pool_extend(struct pool *pool, void *block)
{
    if (pool->carve_offset <= pool->last_carve_offset)
        carve_block(pool);
    else
        unlink_pool(pool);
    return block;
}

/* A pool that served the class before keeps its free list; another starts anew. */
static int add_pool(struct pool_allocator *p, uint32_t size_class)
{
    struct pool *pool = pool_arena_take(p);
    if (!pool)
        return -1;
    if (pool->size_class != size_class) {
        pool->size_class = size_class;
        pool->used = 0;
        pool->carve_offset = POOL_HEADER_BYTES;
        pool->last_carve_offset = p->geometry.pool_bytes - (uint32_t)pool_class_bytes(size_class);
        carve_block(pool);
    }
    pool_rejoin(p, pool);
    return 0;
}

void *pool_alloc(struct pool_allocator *p, size_t bytes)
{
    void *block = pool_try_alloc(p, bytes);
    if (!block && add_pool(p, (uint32_t)((bytes - 1) / POOL_ALIGNMENT)) == 0)
        block = pool_try_alloc(p, bytes);
    return block;
}

void pool_retire(struct pool_allocator *p, struct pool *pool)
{
    unlink_pool(pool);
    pool_arena_give(p, pool);
}
