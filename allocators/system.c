/* system.c - the C library's own malloc: what runs when nothing is preloaded. */
#include "allocators/allocator.h"

#include <gnu/libc-version.h>
#include <malloc.h>
#include <stdio.h>

static bool system_version(char *text, size_t size)
{
    snprintf(text, size, "glibc %s", gnu_get_libc_version());
    return true;
}

/* The C library has no call that tells its blocks from others. */
static int system_owns(const void *block)
{
    (void)block;
    return -1;
}

static void system_stats(struct allocator_stats *out)
{
    struct mallinfo2 info = mallinfo2();
    out->allocated_bytes = info.uordblks + info.hblkhd;
    out->mapped_bytes = info.arena + info.hblkhd;
}

static bool system_purge(void)
{
    malloc_trim(0);
    return true;
}

/* MALLOC_PERTURB_ is one of them so that a user's own setting is kept away
 * from a run. */
static const char *const system_variables[] = {
    "GLIBC_TUNABLES",         "MALLOC_ARENA_MAX",       "MALLOC_ARENA_TEST",
    "MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_MMAP_MAX_",
    "MALLOC_TOP_PAD_",        "MALLOC_PERTURB_",        NULL,
};

const struct allocator allocator_system = {
    .name = "system",
    .summary = "the C library's own malloc (ptmalloc2)",
    .source = "https://sourceware.org/glibc/wiki/MallocInternals",
    .variables = system_variables,
    .version = system_version,
    .owns = system_owns,
    .stats = system_stats,
    .purge = system_purge,
};
