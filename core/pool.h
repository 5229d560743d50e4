/* pool.h - the pool allocator: small objects without a call to malloc.
 *
 * An arena (1 MiB from the OS) is cut into pools (16 KiB), a pool into blocks
 * of one size class (16, 32, ... 512 bytes).
 *
 *     struct pool_allocator p;
 *     if (pool_open(&p, &pool_geometry_3_11, &memory_system, &memory_mmap) == 0) {
 *         void *block = pool_alloc(&p, 40);
 *         if (block)
 *             pool_try_free(&p, block);
 *         pool_close(&p);
 *     }
 *
 * Units      sizes are bytes; pools and blocks are counts.
 * Ownership  a block belongs to the caller until pool_try_free; pool_close
 *            returns every arena, blocks still in use included. The allocator
 *            must not be moved while it is open: its lists point into it.
 * Errors     NULL when the arena source has no arena or the backend no table;
 *            everything is then as before.
 * Threads    none: one pool allocator serves one thread at a time.
 * Invariant  an arena's free pools are those given back plus those never
 *            carved. Usable arenas (with a free pool) are sorted by free pools,
 *            fullest first, so that nearly empty ones get the chance to drain
 *            and go back to the OS; the last of that list is kept even when it
 *            is empty. A class's list holds its pools that have both blocks in
 *            use and blocks to give; a full pool is in no list.
 * Source     CPython 3.11 Objects/obmalloc.c. Differs: one struct instead of
 *            statics, an ordinary list head for each class instead of the
 *            disguised one, the geometry in variables.
 */
#ifndef GCSWEEP_POOL_H
#define GCSWEEP_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory_backend.h"
#include "core/pool_map.h"

enum {
    POOL_ALIGNMENT = 16,
    POOL_LARGEST_BLOCK = 512,
    POOL_CLASSES = POOL_LARGEST_BLOCK / POOL_ALIGNMENT,
    POOL_HEADER_BYTES = 48,
    POOL_MOST_IN_ARENA = 64,
    POOL_FIRST_ARENAS = 16, /* slots of the arena table, doubled when all are in use */
};

/* Powers of two; an arena is 2 to POOL_MOST_IN_ARENA pools. */
struct pool_geometry {
    uint32_t arena_bytes;
    uint32_t pool_bytes;
};

extern const struct pool_geometry pool_geometry_3_11; /* 1 MiB and 16 KiB, CPython 3.10 and later */
extern const struct pool_geometry pool_geometry_3_9;  /* 256 KiB and 4 KiB, CPython 3.9 and before */

/* Lies at the start of each pool; blocks follow it. */
struct pool {
    uint64_t used;                /* blocks in use */
    void *free;                   /* blocks to give, last freed first, linked by their first word; NULL when full */
    struct pool *next, *previous; /* in its class's list; next alone in its arena's list of free pools */
    uint32_t arena;               /* index in the arena table */
    uint32_t size_class;
    uint32_t carve_offset;      /* of the next block that was never given out */
    uint32_t last_carve_offset; /* the largest offset at which a block fits */
};

struct pool_arena {
    uintptr_t base;          /* 0 when the slot is unused */
    uintptr_t uncarved;      /* the next pool that was never used */
    struct pool *free_list;  /* pools given back, last first; their blocks stay carved */
    uint32_t free_pools;     /* of both kinds */
    uint32_t total_pools;    /* one less than fit when base is not aligned to a pool */
    struct pool_arena *next; /* in the usable list, or in the list of unused slots */
    struct pool_arena *previous;
};

struct pool_allocator {
    uintptr_t pool_mask; /* pool_bytes - 1 */
    struct pool_geometry geometry;
    struct pool partial[POOL_CLASSES]; /* list heads; their `free` is NULL */

    struct pool_arena *arenas; /* the table; it moves only while no arena is usable */
    uint32_t arena_slots;
    struct pool_arena *unused;                                 /* slots without an arena, linked by next */
    struct pool_arena *usable;                                 /* fullest first */
    struct pool_arena *last_with_free[POOL_MOST_IN_ARENA + 1]; /* by free pools: the last such arena in usable */

    uint64_t arenas_allocated, arenas_now, arenas_highwater;
    struct memory_backend backend;
    struct arena_source source;
    struct pool_map map;
};

/* 0, or EINVAL for a geometry that it cannot do. Allocates nothing. */
int pool_open(struct pool_allocator *p, const struct pool_geometry *geometry, const struct memory_backend *backend,
              const struct arena_source *source);
void pool_close(struct pool_allocator *p);

/* What the calls below leave to do: when the last free block was given out
 * (which is returned), to put a pool at the front of its class's list when a
 * block of it came back while it was full, when its last block in use came back. */
void *pool_extend(struct pool *pool, void *block) __attribute__((returns_nonnull));
void pool_rejoin(struct pool_allocator *p, struct pool *pool);
void pool_retire(struct pool_allocator *p, struct pool *pool);

static inline size_t pool_class_bytes(uint32_t size_class)
{
    return ((size_t)size_class + 1) * POOL_ALIGNMENT;
}

static inline uint32_t pool_blocks_per_pool(const struct pool_allocator *p, uint32_t size_class)
{
    return (uint32_t)((p->geometry.pool_bytes - POOL_HEADER_BYTES) / pool_class_bytes(size_class));
}

/* The pool of a block; only for an address that pool_owns. */
static inline struct pool *pool_of(const struct pool_allocator *p, const void *block)
{
    return (struct pool *)((uintptr_t)block & ~p->pool_mask);
}

/* Any address may be asked for. */
static inline bool pool_owns(const struct pool_allocator *p, const void *address)
{
    return pool_map_contains(&p->map, (uintptr_t)address);
}

/* What a block can hold, at least what was asked for; only for one that pool_owns. */
static inline size_t pool_block_bytes(const struct pool_allocator *p, const void *block)
{
    return pool_class_bytes(pool_of(p, block)->size_class);
}

/* bytes: 1 to POOL_LARGEST_BLOCK. The block is aligned to 16, its content undefined. */
void *pool_alloc(struct pool_allocator *p, size_t bytes);

/* As pool_alloc, where a pool of the class is in use and has a block to give; else NULL. */
static inline void *pool_try_alloc(struct pool_allocator *p, size_t bytes)
{
    struct pool *pool = p->partial[(bytes - 1) / POOL_ALIGNMENT].next;
    void *block = pool->free;
    if (__builtin_expect(!block, 0))
        return NULL;
    pool->used++;
    pool->free = *(void **)block;
    return __builtin_expect(pool->free != NULL, 1) ? block : pool_extend(pool, block);
}

/* false when the block is no block of a pool: it is then untouched. */
static inline bool pool_try_free(struct pool_allocator *p, void *block)
{
    if (!pool_owns(p, block))
        return false;
    struct pool *pool = pool_of(p, block);
    void *next = pool->free;
    *(void **)block = next;
    pool->free = block;
    pool->used--;
    if (__builtin_expect(!next, 0))
        pool_rejoin(p, pool);
    else if (__builtin_expect(pool->used == 0, 0))
        pool_retire(p, pool);
    return true;
}

/* Blocks in use in all pools. O(pools). */
uint64_t pool_blocks(const struct pool_allocator *p);

/* What sys._debugmallocstats() prints. The bytes_ fields up to bytes_total add up to it. */
struct pool_statistics {
    uint64_t arenas_allocated, arenas_reclaimed, arenas_highwater, arenas_now;
    struct {
        uint64_t pools, blocks_in_use, blocks_available;
    } size_class[POOL_CLASSES];
    uint64_t pools_used, pools_unused;
    uint64_t bytes_in_blocks;       /* in use, at the size of their class */
    uint64_t bytes_available;       /* in used pools, blocks never given out included */
    uint64_t bytes_in_unused_pools; /* of arenas */
    uint64_t bytes_in_headers;      /* of used pools, as the two below */
    uint64_t bytes_quantization;    /* at a pool's end, too small for a block */
    uint64_t bytes_alignment;       /* of arenas that are not aligned to a pool */
    uint64_t bytes_total;           /* arenas_now times the arena's size */
    uint64_t map_middle_nodes, map_leaf_nodes;
};

/* O(pools). */
void pool_read_counters(const struct pool_allocator *p, struct pool_statistics *out);

/* Is every invariant kept? 0, or -1 with the first violation named in `error`. O(blocks). */
int pool_check(const struct pool_allocator *p, char *error, size_t error_size);

#endif
