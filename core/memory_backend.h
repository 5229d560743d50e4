/* memory_backend.h - where core's memory comes from: malloc and its kin, and the OS for arenas.
 *
 * Both are tables of functions that the caller fills in, so that a test can
 * let any call fail and a reference can force an arena's alignment.
 *
 * Units      sizes are bytes.
 * Ownership  a block belongs to whoever asked for it, until release; a mapping
 *            until unmap, which gets the same base and size as map.
 * Errors     NULL when there is no memory; a failed resize leaves the block as
 *            it was.
 * Threads    as the functions behind it.
 */
#ifndef GCSWEEP_MEMORY_BACKEND_H
#define GCSWEEP_MEMORY_BACKEND_H

#include <stddef.h>

/* Requests are never of 0 bytes, and neither resize nor release gets NULL.
 * Blocks are aligned to 16 bytes. */
struct memory_backend {
    void *context;
    void *(*alloc)(void *context, size_t bytes);
    void *(*alloc_zeroed)(void *context, size_t bytes); /* as calloc: what is never touched may cost nothing */
    void *(*resize)(void *context, void *block, size_t bytes);
    void (*release)(void *context, void *block);
};

/* Mappings are aligned to at least 4 KiB; their content is not relied upon. */
struct arena_source {
    void *context;
    void *(*map)(void *context, size_t bytes);
    void (*unmap)(void *context, void *base, size_t bytes);
};

/* malloc, calloc, realloc and free of the process: whatever is preloaded. */
extern const struct memory_backend memory_system;
/* mmap and munmap. */
extern const struct arena_source memory_mmap;

#endif
