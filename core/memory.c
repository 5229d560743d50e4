/* memory.c - requests that no pool serves, resizing, and poison for the debug heap. */
#include "core/memory.h"

#include <string.h>

/* In front of the backend's blocks where there is poison: how much to fill when
 * the block is freed. As large as the alignment. */
struct debug_head {
    size_t bytes;
    size_t unused;
};

_Static_assert(sizeof(struct debug_head) == POOL_ALIGNMENT, "a debug block must stay aligned");

static int open_memory(struct memory *mem, const struct memory_backend *backend, const struct arena_source *arenas,
                       const struct pool_geometry *pools, bool poison)
{
    mem->fast = pools && !poison;
    mem->pools = pools != NULL;
    mem->poison = poison;
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

void memory_close(struct memory *mem)
{
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

static void *alloc_from_backend(struct memory *mem, size_t bytes)
{
    size_t head = mem->poison ? sizeof(struct debug_head) : 0;
    if (bytes > SIZE_MAX - head)
        return NULL;
    char *block = mem->backend.alloc(mem->backend.context, bytes + head);
    if (!block)
        return NULL;
    mem->backend_blocks++;
    if (mem->poison)
        *(struct debug_head *)(void *)block = (struct debug_head){.bytes = bytes};
    return block + head;
}

static bool in_pool(const struct memory *mem, const void *block)
{
    return mem->pools && pool_owns(&mem->pool, block);
}

void *memory_alloc_slow(struct memory *mem, size_t bytes)
{
    void *block = NULL;
    if (observer_refuses(mem, bytes))
        return NULL;
    if (mem->pools && bytes - 1 < POOL_LARGEST_BLOCK)
        block = pool_alloc(&mem->pool, bytes);
    if (bytes == 0)
        bytes = 1;
    if (!block)
        block = alloc_from_backend(mem, bytes);
    if (block && mem->poison)
        memset(block, MEMORY_POISON_NEW, bytes);
    tell_allocated(mem, block, bytes);
    return block;
}

static struct debug_head *head_of(void *block)
{
    return (struct debug_head *)block - 1;
}

/* What may be read and written of a block, where there is poison. */
static size_t poisoned_bytes(struct memory *mem, void *block)
{
    return in_pool(mem, block) ? pool_block_bytes(&mem->pool, block) : head_of(block)->bytes;
}

void memory_free_slow(struct memory *mem, void *block)
{
    tell_released(mem, block);
    if (mem->poison)
        memset(block, MEMORY_POISON_FREED, poisoned_bytes(mem, block));
    if (mem->pools && !mem->fast && pool_try_free(&mem->pool, block))
        return;
    mem->backend_blocks--;
    mem->backend.release(mem->backend.context, mem->poison ? head_of(block) : block);
}

static void *move_block(struct memory *mem, void *block, size_t copied, size_t bytes)
{
    void *moved = memory_alloc(mem, bytes);
    if (moved) {
        memcpy(moved, block, copied);
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
    if (mem->poison)
        return move_block(mem, block, smaller(poisoned_bytes(mem, block), bytes), bytes);
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

uint64_t memory_blocks(const struct memory *mem)
{
    return mem->backend_blocks + (mem->pools ? pool_blocks(&mem->pool) : 0);
}
