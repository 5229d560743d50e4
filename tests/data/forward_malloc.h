/* forward_malloc.h - an allocator that hands every call on to the C library.
 *
 * For tests that preload it. The file that includes it defines
 *
 *     static void before_malloc(void)
 *
 * which is called ahead of every request for a block. It may be called before
 * anything else in the process has run, so it must need no set-up.
 */
#ifndef GCSWEEP_TESTS_FORWARD_MALLOC_H
#define GCSWEEP_TESTS_FORWARD_MALLOC_H

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static void before_malloc(void);

void *malloc(size_t size)
{
    before_malloc();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    before_malloc();
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    before_malloc();
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size)
{
    before_malloc();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *block = memalign(alignment, size);
    if (block)
        *out = block;
    return block ? 0 : ENOMEM;
}

void free(void *block)
{
    __libc_free(block);
}

#endif
