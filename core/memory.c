/* memory.c - requests that no pool serves, resizing, and the way through the debug memory. */
#include "core/memory.h"

#include <string.h>

_Static_assert(DEBUG_MEMORY_HEAD % POOL_ALIGNMENT == 0, "a debug block must stay aligned");

static int open_memory(struct memory *mem, const struct memory_backend *backend, const struct arena_source *arenas,
                       const struct pool_geometry *pools, bool debug)
{
    mem->fast = pools && !debug;
    mem->pools = pools != NULL;
    mem->debug = debug;
    debug_memory_open(&mem->debug_memory);
    mem->backend_blocks = 0;
    mem->observer = NULL;
    mem->backend = *backend;
    return pools ? pool_open(&mem->pool, pools, backend, arenas) : 0;
}

int memory_open(struct memory *mem, const struct memory_backend *backend, const struct arena_source *arenas,
                const struct pool_geometry *pools)
{
    return open_memory(mem, backend, arenas, pools, false);
}

int memory_open_debug(struct memory *mem, const struct memory_backend *backend, const struct arena_source *arenas,
                      const struct pool_geometry *pools)
{
    return open_memory(mem, backend, arenas, pools, true);
}

static void release_room(struct memory *mem, void *room)
{
    if (mem->pools && !mem->fast && pool_try_free(&mem->pool, room))
        return;
    mem->backend_blocks--;
    mem->backend.release(mem->backend.context, room);
}

static void give_back(struct memory *mem, bool all)
{
    void *room;
    while ((room = debug_memory_try_give_back(&mem->debug_memory, all)))
        release_room(mem, room);
}

void memory_close(struct memory *mem)
{
    give_back(mem, true);
    if (mem->pools)
        pool_close(&mem->pool);
    mem->pools = mem->fast = false;
}

void memory_observe(struct memory *mem, const struct memory_observer *observer)
{
    mem->observer = observer;
    mem->fast = false;
}

static bool observer_refuses(const struct memory *mem, size_t bytes)
{
    return mem->observer && mem->observer->refuses && mem->observer->refuses(mem->observer->context, bytes);
}

static void tell_allocated(const struct memory *mem, void *block, size_t bytes)
{
    if (block && mem->observer)
        mem->observer->allocated(mem->observer->context, block, bytes);
}

static void tell_released(const struct memory *mem, void *block)
{
    if (mem->observer)
        mem->observer->released(mem->observer->context, block);
}

static bool in_pool(const struct memory *mem, const void *block)
{
    return mem->pools && pool_owns(&mem->pool, block);
}

static void *take_room(struct memory *mem, size_t bytes)
{
    void *room = NULL;
    if (mem->pools && bytes - 1 < POOL_LARGEST_BLOCK)
        room = pool_alloc(&mem->pool, bytes);
    if (room)
        return room;
    room = mem->backend.alloc(mem->backend.context, bytes ? bytes : 1);
    if (room)
        mem->backend_blocks++;
    return room;
}

static void *take_debug_block(struct memory *mem, size_t bytes)
{
    if (bytes > SIZE_MAX - DEBUG_MEMORY_ROOM)
        return NULL;
    void *room = take_room(mem, bytes + DEBUG_MEMORY_ROOM);
    return room ? debug_memory_take(&mem->debug_memory, room, bytes) : NULL;
}

void *memory_alloc_slow(struct memory *mem, size_t bytes)
{
    if (observer_refuses(mem, bytes))
        return NULL;
    void *block = mem->debug ? take_debug_block(mem, bytes) : take_room(mem, bytes);
    tell_allocated(mem, block, bytes ? bytes : 1);
    return block;
}

void memory_free_slow(struct memory *mem, void *block)
{
    tell_released(mem, block);
    if (!mem->debug) {
        release_room(mem, block);
        return;
    }
    debug_memory_release(&mem->debug_memory, block);
    give_back(mem, false);
}

static void *move_block(struct memory *mem, void *block, size_t copied, size_t bytes)
{
    void *moved = memory_alloc(mem, bytes);
    if (moved) {
        memcpy(moved, block, copied);
        if (mem->debug)
            debug_memory_name_as(moved, block);
        memory_free(mem, block);
    }
    return moved;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void *resize_block(struct memory *mem, void *block, size_t bytes)
{
    if (mem->debug)
        return move_block(mem, block, smaller(debug_memory_bytes(block), bytes), bytes);
    if (!in_pool(mem, block))
        return mem->backend.resize(mem->backend.context, block, bytes ? bytes : 1);

    /* Shrinking in place wastes at most a quarter of the block. */
    size_t size = pool_block_bytes(&mem->pool, block);
    if (bytes <= size && 4 * bytes > 3 * size)
        return block;
    return move_block(mem, block, smaller(size, bytes), bytes);
}

/* An observer is told of the change as a whole: no moment has both blocks. */
void *memory_resize(struct memory *mem, void *block, size_t bytes)
{
    if (!block)
        return memory_alloc(mem, bytes);
    if (observer_refuses(mem, bytes))
        return NULL;
    const struct memory_observer *observer = mem->observer;
    mem->observer = NULL;
    void *resized = resize_block(mem, block, bytes);
    mem->observer = observer;
    if (resized && observer)
        tell_released(mem, block);
    tell_allocated(mem, resized, bytes);
    return resized;
}

void *memory_exchange(struct memory *mem, void *block)
{
    if (!mem->debug)
        return block;
    size_t bytes = debug_memory_bytes(block);
    void *moved = move_block(mem, block, bytes, bytes);
    return moved ? moved : block;
}

uint64_t memory_blocks(const struct memory *mem)
{
    if (mem->debug)
        return mem->debug_memory.blocks;
    return mem->backend_blocks + (mem->pools ? pool_blocks(&mem->pool) : 0);
}
