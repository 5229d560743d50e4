/* pool_check.c - are the arenas, pools and free lists what pool.h says they are?
 *
 * Nothing is followed before it is known to lie in an arena, and no list is
 * followed for longer than it can be, so a broken heap is named, not walked into.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/pool.h"
#include "core/pool_arena.h"

struct check {
    const struct pool_allocator *p;
    char *error;
    size_t error_size;
};

__attribute__((format(printf, 2, 3))) static int violated(const struct check *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(c->error, c->error_size, format, arguments);
    va_end(arguments);
    return -1;
}

/* The arena in whose carved pools `pool` is one, or NULL. All carved pools are checked by then. */
static const struct pool_arena *find_arena(const struct pool_allocator *p, const struct pool *pool)
{
    if ((uintptr_t)pool & p->pool_mask || !pool_owns(p, pool) || pool->arena >= p->arena_slots)
        return NULL;
    const struct pool_arena *arena = &p->arenas[pool->arena];
    return (uintptr_t)pool >= arena->base && (uintptr_t)pool < arena->uncarved ? arena : NULL;
}

static bool is_slot(const struct pool_allocator *p, const struct pool_arena *arena)
{
    uintptr_t at = (uintptr_t)arena, table = (uintptr_t)p->arenas;
    return at >= table && at < table + p->arena_slots * sizeof(*arena) && (at - table) % sizeof(*arena) == 0;
}

/* ---- Pools ---- */

static int check_free_list(const struct check *c, const struct pool *pool)
{
    size_t bytes = pool_class_bytes(pool->size_class);
    uint64_t carved = (pool->carve_offset - POOL_HEADER_BYTES) / bytes;
    uint64_t length = 0;
    for (void *block = pool->free; block; block = *(void **)block) {
        uintptr_t offset = (uintptr_t)block - (uintptr_t)pool;
        if (offset < POOL_HEADER_BYTES || offset >= pool->carve_offset || (offset - POOL_HEADER_BYTES) % bytes != 0)
            return violated(c, "pool %p: %p in its free list is no block of it", (const void *)pool, block);
        if (++length > carved)
            return violated(c, "pool %p: its free list has a ring", (const void *)pool);
    }
    if (length + pool->used != carved)
        return violated(c, "pool %p: %" PRIu64 " blocks in use and %" PRIu64 " free, of %" PRIu64 " carved",
                        (const void *)pool, pool->used, length, carved);
    if (length == 0 && pool->carve_offset <= pool->last_carve_offset)
        return violated(c, "pool %p: its free list is empty though a block can be carved", (const void *)pool);
    return 0;
}

static int check_pool(const struct check *c, const struct pool *pool, uint32_t arena)
{
    if (pool->arena != arena)
        return violated(c, "pool %p: says arena %" PRIu32 ", lies in arena %" PRIu32, (const void *)pool, pool->arena,
                        arena);
    if (pool->size_class >= POOL_CLASSES)
        return violated(c, "pool %p: size class %" PRIu32 " is above %d", (const void *)pool, pool->size_class,
                        POOL_CLASSES - 1);
    size_t bytes = pool_class_bytes(pool->size_class);
    if (pool->last_carve_offset != c->p->geometry.pool_bytes - bytes)
        return violated(c, "pool %p: last carve offset %" PRIu32 " is not that of %zu-byte blocks", (const void *)pool,
                        pool->last_carve_offset, bytes);
    if (pool->carve_offset < POOL_HEADER_BYTES || pool->carve_offset > pool->last_carve_offset + bytes ||
        (pool->carve_offset - POOL_HEADER_BYTES) % bytes != 0)
        return violated(c, "pool %p: carve offset %" PRIu32 " is no block's start", (const void *)pool,
                        pool->carve_offset);
    return check_free_list(c, pool);
}

/* ---- Lists of pools ---- */

static int check_class_list(const struct check *c, uint32_t size_class, uint64_t expected)
{
    const struct pool *head = &c->p->partial[size_class];
    const struct pool *previous = head;
    uint64_t length = 0;
    if (head->free)
        return violated(c, "size class %" PRIu32 ": its list head has a free block", size_class);
    for (const struct pool *pool = head->next; pool != head; previous = pool, pool = pool->next) {
        if (!find_arena(c->p, pool))
            return violated(c, "size class %" PRIu32 ": %p in its list is no pool", size_class, (const void *)pool);
        if (pool->previous != previous)
            return violated(c, "pool %p: its link back is not to the pool before it", (const void *)pool);
        if (pool->size_class != size_class)
            return violated(c, "pool %p: of size class %" PRIu32 ", in the list of %" PRIu32, (const void *)pool,
                            pool->size_class, size_class);
        if (pool->used == 0 || !pool->free)
            return violated(c, "pool %p: %s, but in its class's list", (const void *)pool,
                            pool->used == 0 ? "empty" : "full");
        if (++length > expected)
            break;
    }
    if (length != expected)
        return violated(c, "size class %" PRIu32 ": its list is not of its %" PRIu64 " partly used pools", size_class,
                        expected);
    if (head->previous != previous)
        return violated(c, "size class %" PRIu32 ": its list's end is not its last pool", size_class);
    return 0;
}

static int check_arena_free_list(const struct check *c, const struct pool_arena *arena, uint32_t expected)
{
    uint32_t length = 0;
    for (const struct pool *pool = arena->free_list; pool; pool = pool->next) {
        if (find_arena(c->p, pool) != arena)
            return violated(c, "arena %td: %p in its list of free pools is no pool of it", arena - c->p->arenas,
                            (const void *)pool);
        if (pool->used != 0)
            return violated(c, "pool %p: in its arena's list of free pools with blocks in use", (const void *)pool);
        if (++length > expected)
            break;
    }
    if (length != expected)
        return violated(c, "arena %td: its list of free pools is not of its %" PRIu32 " empty ones",
                        arena - c->p->arenas, expected);
    return 0;
}

/* ---- Arenas ---- */

static int check_arena_map(const struct check *c, const struct pool_arena *arena)
{
    uintptr_t last = arena->base + c->p->geometry.arena_bytes - 1;
    if (!pool_map_contains(&c->p->map, arena->base) || !pool_map_contains(&c->p->map, last))
        return violated(c, "arena %td: the map does not know it", arena - c->p->arenas);
    return 0;
}

/* `partial` counts the partly used pools of each class. */
static int check_arena(const struct check *c, const struct pool_arena *arena, uint64_t *partial)
{
    const struct pool_allocator *p = c->p;
    uintptr_t first = pool_arena_first(p, arena);
    uint32_t total = (uint32_t)((arena->base + p->geometry.arena_bytes - first) / p->geometry.pool_bytes);
    ptrdiff_t index = arena - p->arenas;
    if (arena->total_pools != total)
        return violated(c, "arena %td: says %" PRIu32 " pools, has %" PRIu32, index, arena->total_pools, total);
    if (arena->uncarved < first || arena->uncarved > first + (uintptr_t)total * p->geometry.pool_bytes ||
        arena->uncarved & p->pool_mask)
        return violated(c, "arena %td: its next pool to carve is not in it", index);

    uint32_t carved = (uint32_t)((arena->uncarved - first) / p->geometry.pool_bytes);
    uint32_t empty = 0;
    for (uint32_t i = 0; i < carved; i++) {
        const struct pool *pool = (const struct pool *)(first + (uintptr_t)i * p->geometry.pool_bytes);
        if (check_pool(c, pool, (uint32_t)index) != 0)
            return -1;
        if (pool->used == 0)
            empty++;
        else if (pool->free)
            partial[pool->size_class]++;
    }
    if (arena->free_pools != empty + total - carved)
        return violated(c, "arena %td: says %" PRIu32 " free pools, has %" PRIu32, index, arena->free_pools,
                        empty + total - carved);
    return check_arena_free_list(c, arena, empty) == 0 ? check_arena_map(c, arena) : -1;
}

static int check_usable(const struct check *c, uint32_t expected)
{
    const struct pool_allocator *p = c->p;
    const struct pool_arena *last_with_free[POOL_MOST_IN_ARENA + 1] = {NULL};
    const struct pool_arena *previous = NULL;
    uint32_t length = 0;
    for (const struct pool_arena *arena = p->usable; arena; previous = arena, arena = arena->next) {
        if (!is_slot(p, arena) || !arena->base || arena->free_pools == 0)
            return violated(c, "usable arenas: %p is no arena with a free pool", (const void *)arena);
        if (arena->previous != previous)
            return violated(c, "arena %td: its link back is not to the arena before it", arena - p->arenas);
        if (previous && previous->free_pools > arena->free_pools)
            return violated(c, "arena %td: out of order, with fewer free pools than the arena before it",
                            arena - p->arenas);
        last_with_free[arena->free_pools] = arena;
        if (++length > expected)
            break;
    }
    if (length != expected)
        return violated(c, "usable arenas: the list is not of the %" PRIu32 " with a free pool", expected);
    for (uint32_t n = 0; n <= POOL_MOST_IN_ARENA; n++) {
        if (p->last_with_free[n] != last_with_free[n])
            return violated(c, "usable arenas: the last with %" PRIu32 " free pools is not the one noted", n);
    }
    return 0;
}

static int check_unused(const struct check *c, uint64_t expected)
{
    uint64_t length = 0;
    for (const struct pool_arena *slot = c->p->unused; slot; slot = slot->next) {
        if (!is_slot(c->p, slot) || slot->base)
            return violated(c, "unused slots: %p is no slot without an arena", (const void *)slot);
        if (++length > expected)
            break;
    }
    return length == expected ? 0 : violated(c, "unused slots: the list is not of the %" PRIu64 " there are", expected);
}

static int check_arena_counters(const struct check *c, uint64_t live)
{
    const struct pool_allocator *p = c->p;
    if (p->arenas_now != live)
        return violated(c, "counters: %" PRIu64 " arenas now, there are %" PRIu64, p->arenas_now, live);
    if (p->arenas_highwater < p->arenas_now || p->arenas_allocated < p->arenas_highwater)
        return violated(c,
                        "counters: %" PRIu64 " arenas allocated, at most %" PRIu64 " at once, %" PRIu64
                        " now: they must not grow",
                        p->arenas_allocated, p->arenas_highwater, p->arenas_now);
    return 0;
}

int pool_check(const struct pool_allocator *p, char *error, size_t error_size)
{
    struct check c = {.p = p, .error = error, .error_size = error_size};
    uint64_t partial[POOL_CLASSES] = {0};
    uint32_t live = 0, usable = 0;
    for (uint32_t i = 0; i < p->arena_slots; i++) {
        const struct pool_arena *arena = &p->arenas[i];
        if (!arena->base)
            continue;
        live++;
        if (check_arena(&c, arena, partial) != 0)
            return -1;
        if (arena->free_pools > 0)
            usable++;
    }
    for (uint32_t i = 0; i < POOL_CLASSES; i++) {
        if (check_class_list(&c, i, partial[i]) != 0)
            return -1;
    }
    if (check_usable(&c, usable) != 0 || check_unused(&c, p->arena_slots - live) != 0)
        return -1;
    return check_arena_counters(&c, live);
}
