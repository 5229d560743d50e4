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

#include "core/debug_memory.h"
#include "core/memory_backend.h"
#include "core/pool.h"

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
    bool fast;                              /* pools, neither debug nor observer: decided in the calls below */
    bool pools;                             /* pool is open */
    bool debug;                             /* debug_memory is open */
    uint64_t backend_blocks;                /* in use, from the backend */
    const struct memory_observer *observer; /* NULL for none */
    struct memory_backend backend;
    struct pool_allocator pool;
    struct debug_memory debug_memory;
};

/* `pools` NULL: without pools; `arenas` may then be NULL. 0, or a positive errno value; allocates nothing. */
int memory_open(struct memory *mem, const struct memory_backend *backend, const struct arena_source *arenas,
                const struct pool_geometry *pools);
/* As memory_open, with every block under watch (debug_memory.h): each takes
 * DEBUG_MEMORY_ROOM bytes more, a freed one stays for a while, and a resized one
 * always moves. */
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

/* What a new block holds, for the debug heap's reports: a type's name, or "key
 * table"; kept. Nothing where it is not built. */
static inline void memory_name(void *block, const char *what)
{
#ifdef GCSWEEP_DEBUG_HEAP
    debug_memory_name(block, what);
#else
    (void)block, (void)what;
#endif
}

/* Where the memory debugs, the block's content in a block at another address,
 * and the block released; without memory the block itself. */
void *memory_exchange(struct memory *mem, void *block);

/* Blocks in use, as sys.getallocatedblocks(): the backend's and those in pools. O(pools). */
uint64_t memory_blocks(const struct memory *mem);

#endif
