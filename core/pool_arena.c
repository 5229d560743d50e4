/* pool_arena.c - arenas: mapped, kept in order of free pools, and unmapped. */
#include "core/pool_arena.h"

/* Doubles the table. No arena is usable now, so nothing points into the old one. */
static int grow_table(struct pool_allocator *p)
{
    uint32_t slots = p->arena_slots ? p->arena_slots * 2 : POOL_FIRST_ARENAS;
    if (slots <= p->arena_slots)
        return -1;
    size_t bytes = slots * sizeof(struct pool_arena);
    struct pool_arena *table = p->arenas ? p->backend.resize(p->backend.context, p->arenas, bytes)
                                         : p->backend.alloc(p->backend.context, bytes);
    if (!table)
        return -1;
    for (uint32_t i = p->arena_slots; i < slots; i++)
        table[i] = (struct pool_arena){.next = i + 1 < slots ? &table[i + 1] : NULL};
    p->unused = &table[p->arena_slots];
    p->arenas = table;
    p->arena_slots = slots;
    return 0;
}

/* The base of a new arena that the map knows, or NULL. */
static void *map_arena(struct pool_allocator *p)
{
    void *base = p->source.map(p->source.context, p->geometry.arena_bytes);
    if (base && pool_map_add(&p->map, &p->backend, (uintptr_t)base) != 0) {
        p->source.unmap(p->source.context, base, p->geometry.arena_bytes);
        return NULL;
    }
    return base;
}

/* A new arena becomes the only usable one. */
static int add_arena(struct pool_allocator *p)
{
    if (!p->unused && grow_table(p) != 0)
        return -1;
    void *base = map_arena(p);
    if (!base)
        return -1;

    struct pool_arena *arena = p->unused;
    p->unused = arena->next;
    uint32_t pools = p->geometry.arena_bytes / p->geometry.pool_bytes;
    if ((uintptr_t)base & p->pool_mask)
        pools--;
    *arena = (struct pool_arena){.base = (uintptr_t)base, .free_pools = pools, .total_pools = pools};
    arena->uncarved = pool_arena_first(p, arena);
    p->usable = arena;
    p->last_with_free[pools] = arena;

    p->arenas_allocated++;
    p->arenas_now++;
    if (p->arenas_now > p->arenas_highwater)
        p->arenas_highwater = p->arenas_now;
    return 0;
}

static struct pool *carve_pool(struct pool_allocator *p, struct pool_arena *arena)
{
    struct pool *pool = (struct pool *)arena->uncarved;
    arena->uncarved += p->geometry.pool_bytes;
    pool->arena = (uint32_t)(arena - p->arenas);
    pool->size_class = POOL_NO_CLASS;
    return pool;
}

struct pool *pool_arena_take(struct pool_allocator *p)
{
    if (!p->usable && add_arena(p) != 0)
        return NULL;
    struct pool_arena *arena = p->usable;

    /* It is the first, so with one free pool less it stays in order, and is the only one with so few. */
    if (p->last_with_free[arena->free_pools] == arena)
        p->last_with_free[arena->free_pools] = NULL;
    arena->free_pools--;
    if (arena->free_pools > 0) {
        p->last_with_free[arena->free_pools] = arena;
    } else {
        p->usable = arena->next;
        if (p->usable)
            p->usable->previous = NULL;
    }

    struct pool *pool = arena->free_list;
    if (!pool)
        return carve_pool(p, arena);
    arena->free_list = pool->next;
    return pool;
}

static void unlink_arena(struct pool_allocator *p, struct pool_arena *arena)
{
    if (arena->previous)
        arena->previous->next = arena->next;
    else
        p->usable = arena->next;
    if (arena->next)
        arena->next->previous = arena->previous;
}

static void link_arena_first(struct pool_allocator *p, struct pool_arena *arena)
{
    arena->previous = NULL;
    arena->next = p->usable;
    if (p->usable)
        p->usable->previous = arena;
    p->usable = arena;
}

static void link_arena_after(struct pool_arena *arena, struct pool_arena *before)
{
    arena->previous = before;
    arena->next = before->next;
    if (before->next)
        before->next->previous = arena;
    before->next = arena;
}

static void unmap_arena(struct pool_allocator *p, struct pool_arena *arena)
{
    unlink_arena(p, arena);
    pool_map_remove(&p->map, arena->base);
    p->source.unmap(p->source.context, (void *)arena->base, p->geometry.arena_bytes);
    arena->base = 0;
    arena->next = p->unused;
    p->unused = arena;
    p->arenas_now--;
}

void pool_arena_give(struct pool_allocator *p, struct pool *pool)
{
    struct pool_arena *arena = &p->arenas[pool->arena];
    pool->next = arena->free_list;
    arena->free_list = pool;

    /* The arena leaves the run of those with as many free pools as it had. */
    uint32_t free_pools = arena->free_pools++;
    struct pool_arena *last = p->last_with_free[free_pools];
    if (last == arena) {
        struct pool_arena *before = arena->previous;
        p->last_with_free[free_pools] = before && before->free_pools == free_pools ? before : NULL;
    }
    free_pools++;

    /* The last usable arena is kept, so that a block freed and allocated in turns does not map and unmap. */
    if (free_pools == arena->total_pools && arena->next) {
        unmap_arena(p, arena);
        return;
    }
    if (!p->last_with_free[free_pools])
        p->last_with_free[free_pools] = arena;
    if (free_pools == 1) {
        link_arena_first(p, arena);
    } else if (last != arena) {
        unlink_arena(p, arena);
        link_arena_after(arena, last);
    }
}
