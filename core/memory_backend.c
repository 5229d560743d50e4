/* memory_backend.c - the process's own malloc and mmap. */
#include "core/memory_backend.h"

#include <stdlib.h>
#include <sys/mman.h>

static void *system_alloc(void *context, size_t bytes)
{
    (void)context;
    return malloc(bytes);
}

static void *system_alloc_zeroed(void *context, size_t bytes)
{
    (void)context;
    return calloc(1, bytes);
}

static void *system_resize(void *context, void *block, size_t bytes)
{
    (void)context;
    return realloc(block, bytes);
}

static void system_release(void *context, void *block)
{
    (void)context;
    free(block);
}

const struct memory_backend memory_system = {
    .alloc = system_alloc,
    .alloc_zeroed = system_alloc_zeroed,
    .resize = system_resize,
    .release = system_release,
};

static void *mmap_map(void *context, size_t bytes)
{
    (void)context;
    void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return base == MAP_FAILED ? NULL : base;
}

static void mmap_unmap(void *context, void *base, size_t bytes)
{
    (void)context;
    munmap(base, bytes);
}

const struct arena_source memory_mmap = {
    .map = mmap_map,
    .unmap = mmap_unmap,
};
