/* pool_arena.h - how pools are had from arenas and given back; for core/pool*.c alone.
 *
 * Errors  pool_arena_take returns NULL without memory; everything is as before.
 */
#ifndef GCSWEEP_POOL_ARENA_H
#define GCSWEEP_POOL_ARENA_H

#include "core/pool.h"

enum { POOL_NO_CLASS = 0xffff }; /* a pool that was never used */

/* A pool of the fullest arena that has one; a new arena when none has. Its
 * size class is the one it last served, its blocks and free list still there. */
struct pool *pool_arena_take(struct pool_allocator *p);

/* Takes back a pool without blocks in use, and may return its arena to the OS. */
void pool_arena_give(struct pool_allocator *p, struct pool *pool);

/* The first pool of an arena: base, rounded up to a pool. */
static inline uintptr_t pool_arena_first(const struct pool_allocator *p, const struct pool_arena *arena)
{
    return (arena->base + p->pool_mask) & ~p->pool_mask;
}

#endif
