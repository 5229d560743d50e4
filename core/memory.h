/* memory.h - who serves an object: pools on top of a backend, or the backend alone.
 *
 *     struct memory mem;
 *     memory_open(&mem, &memory_system, &memory_mmap, &pool_geometry_3_11);
 *     void *block = memory_alloc(&mem, 40);
 *     memory_free(&mem, block);
 *     memory_close(&mem);
 *
 * With pools, requests of 1 to 512 bytes are served by a pool; those of 0
 * bytes, larger ones, and small ones when no arena can be had, by the backend.
 * Without, the backend serves all.
 *
 * Units      sizes are bytes. A request of 0 bytes is one of 1.
 * Ownership  a block belongs to the caller until memory_free. memory_close
 *            returns every arena and the tables; blocks of the backend that
 *            are still out stay the caller's. A struct memory must not be
 *            moved while it is open. It is about 260 KiB: no thing for a small
 *            stack.
 * Errors     NULL when there is no memory; everything is then as before, and a
 *            block that was to be resized is untouched.
 * Threads    none: one struct memory serves one thread at a time.
 * Source     CPython 3.11 Objects/obmalloc.c, _PyObject_Malloc and neighbours.
 */
#ifndef GCSWEEP_MEMORY_H
#define GCSWEEP_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory_backend.h"
#include "core/pool.h"

enum {
    MEMORY_POISON_NEW = 0xCD,
    MEMORY_POISON_FREED = 0xDD,
};

/* Sees each block come and go. A block that is resized goes, then
 * comes. Must not call the memory that it watches. */
struct memory_observer {
    void (*allocated)(void *context, void *block, size_t bytes); /* bytes: as asked for */
    void (*released)(void *context, void *block);
    void *context;
    /* Asked ahead of each request for a block, a resized one too: true, and
     * there is no memory for it. NULL: none is refused. */
    bool (*refuses)(void *context, size_t bytes);
};

struct memory {
    bool fast;  /* pools, neither poison nor observer: decided in the calls below */
    bool pools; /* pool is open */
    bool poison;
    uint64_t backend_blocks;                /* in use, from the backend */
    const struct memory_observer *observer; /* NULL for none */
    struct memory_backend backend;
    struct pool_allocator pool;
};

/* `pools` NULL: without pools; `arenas` may then be NULL. 0, or a positive errno value; allocates nothing. */
int memory_open(struct memory *mem, const struct memory_backend *backend, const struct arena_source *arenas,
                const struct pool_geometry *pools);
/* As memory_open; new blocks are filled with MEMORY_POISON_NEW and freed ones
 * with MEMORY_POISON_FREED (less the first word of a pool's block, which links
 * it), and a resized block always moves. The backend's blocks are 16 bytes larger then. */
int memory_open_debug(struct memory *mem, const struct memory_backend *backend, const struct arena_source *arenas,
                      const struct pool_geometry *pools);
void memory_close(struct memory *mem);
/* From here on `observer`, the caller's, sees every block, until memory_close.
 * A memory without one pays nothing for it. */
void memory_observe(struct memory *mem, const struct memory_observer *observer);

/* What the calls below do when they cannot be quick. */
void *memory_alloc_slow(struct memory *mem, size_t bytes);
void memory_free_slow(struct memory *mem, void *block);

static inline void *memory_alloc(struct memory *mem, size_t bytes)
{
    if (__builtin_expect(mem->fast && bytes - 1 < POOL_LARGEST_BLOCK, 1)) {
        void *block = pool_try_alloc(&mem->pool, bytes);
        if (__builtin_expect(block != NULL, 1))
            return block;
    }
    return memory_alloc_slow(mem, bytes);
}

/* block: not NULL. */
static inline void memory_free(struct memory *mem, void *block)
{
    if (__builtin_expect(mem->fast && pool_try_free(&mem->pool, block), 1))
        return;
    memory_free_slow(mem, block);
}

/* A block of a pool stays where it is when the new size is at most its class's
 * size and more than three quarters of it; a block of the backend stays the
 * backend's, however small it gets. NULL as block: memory_alloc. */
void *memory_resize(struct memory *mem, void *block, size_t bytes);

/* Blocks in use, as sys.getallocatedblocks(): the backend's and those in pools. O(pools). */
uint64_t memory_blocks(const struct memory *mem);

#endif
