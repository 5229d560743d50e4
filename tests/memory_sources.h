/* memory_sources.h - arenas and a backend that count what is out, and fail when told to. */
#ifndef GCSWEEP_TESTS_MEMORY_SOURCES_H
#define GCSWEEP_TESTS_MEMORY_SOURCES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "core/memory_backend.h"

/* Calls that may fail are numbered from 1, over a backend and its arenas together. */
struct failing {
    uint64_t calls;
    uint64_t fail_at;   /* this call fails; 0 for none */
    uint64_t fail_from; /* this call and all after it fail; 0 for none */
    uint64_t blocks;    /* of the backend, out */
    uint64_t mapped, unmapped;
    size_t misalignment; /* of arenas, bytes; 0 aligns them to their size */
};

/* A request of 0 bytes breaks the backend's contract, whatever malloc makes of it. */
static inline int failing_fails(struct failing *f, size_t bytes)
{
    if (bytes == 0)
        abort();
    f->calls++;
    return f->calls == f->fail_at || (f->fail_from && f->calls >= f->fail_from);
}

static inline void *failing_alloc(void *context, size_t bytes)
{
    struct failing *f = context;
    void *block = failing_fails(f, bytes) ? NULL : malloc(bytes);
    f->blocks += block != NULL;
    return block;
}

static inline void *failing_alloc_zeroed(void *context, size_t bytes)
{
    void *block = failing_alloc(context, bytes);
    return block ? memset(block, 0, bytes) : NULL;
}

static inline void *failing_resize(void *context, void *block, size_t bytes)
{
    return failing_fails(context, bytes) ? NULL : realloc(block, bytes);
}

static inline void failing_release(void *context, void *block)
{
    ((struct failing *)context)->blocks--;
    free(block);
}

static inline void *failing_map(void *context, size_t bytes)
{
    struct failing *f = context;
    if (failing_fails(f, bytes))
        return NULL;
    char *all = mmap(NULL, 3 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED)
        abort();
    char *base = (char *)(((uintptr_t)all + bytes - 1) & ~(uintptr_t)(bytes - 1)) + f->misalignment;
    if (base > all)
        munmap(all, (size_t)(base - all));
    munmap(base + bytes, (size_t)(all + 2 * bytes - base));
    f->mapped++;
    return base;
}

static inline void failing_unmap(void *context, void *base, size_t bytes)
{
    ((struct failing *)context)->unmapped++;
    munmap(base, bytes);
}

static inline struct memory_backend failing_backend(struct failing *f)
{
    return (struct memory_backend){f, failing_alloc, failing_alloc_zeroed, failing_resize, failing_release};
}

static inline struct arena_source failing_arenas(struct failing *f)
{
    return (struct arena_source){f, failing_map, failing_unmap};
}

#endif
