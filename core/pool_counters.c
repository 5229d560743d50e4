/* pool_counters.c - what is in the arenas, counted by walking over them. */
#include <string.h>

#include "core/pool.h"
#include "core/pool_arena.h"

uint64_t pool_blocks(const struct pool_allocator *p)
{
    uint64_t blocks = 0;
    for (uint32_t i = 0; i < p->arena_slots; i++) {
        const struct pool_arena *arena = &p->arenas[i];
        if (!arena->base)
            continue;
        for (uintptr_t at = pool_arena_first(p, arena); at < arena->uncarved; at += p->geometry.pool_bytes)
            blocks += ((const struct pool *)at)->used;
    }
    return blocks;
}

static void count_arena(const struct pool_allocator *p, const struct pool_arena *arena, struct pool_statistics *out)
{
    out->pools_unused += arena->free_pools;
    if (arena->base & p->pool_mask)
        out->bytes_alignment += p->geometry.pool_bytes;
    for (uintptr_t at = pool_arena_first(p, arena); at < arena->uncarved; at += p->geometry.pool_bytes) {
        const struct pool *pool = (const struct pool *)at;
        if (pool->used == 0)
            continue;
        out->size_class[pool->size_class].pools++;
        out->size_class[pool->size_class].blocks_in_use += pool->used;
    }
}

static void add_class(const struct pool_allocator *p, uint32_t size_class, struct pool_statistics *out)
{
    uint64_t pools = out->size_class[size_class].pools;
    uint64_t in_use = out->size_class[size_class].blocks_in_use;
    uint64_t available = pools * pool_blocks_per_pool(p, size_class) - in_use;
    size_t block_bytes = pool_class_bytes(size_class);

    out->size_class[size_class].blocks_available = available;
    out->pools_used += pools;
    out->bytes_in_blocks += in_use * block_bytes;
    out->bytes_available += available * block_bytes;
    out->bytes_in_headers += pools * POOL_HEADER_BYTES;
    out->bytes_quantization += pools * ((p->geometry.pool_bytes - POOL_HEADER_BYTES) % block_bytes);
}

void pool_read_counters(const struct pool_allocator *p, struct pool_statistics *out)
{
    memset(out, 0, sizeof(*out));
    out->arenas_allocated = p->arenas_allocated;
    out->arenas_reclaimed = p->arenas_allocated - p->arenas_now;
    out->arenas_highwater = p->arenas_highwater;
    out->arenas_now = p->arenas_now;
    for (uint32_t i = 0; i < p->arena_slots; i++) {
        if (p->arenas[i].base)
            count_arena(p, &p->arenas[i], out);
    }
    for (uint32_t i = 0; i < POOL_CLASSES; i++)
        add_class(p, i, out);
    out->bytes_in_unused_pools = out->pools_unused * p->geometry.pool_bytes;
    out->bytes_total = p->arenas_now * p->geometry.arena_bytes;
    out->map_middle_nodes = p->map.middle_nodes;
    out->map_leaf_nodes = p->map.leaf_nodes;
}
