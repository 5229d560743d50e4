/* mimalloc.c - mimalloc as its users deploy it: preloaded. */
#include "allocators/allocator.h"

#include <stdio.h>

#include "allocators/entry.h"

/* 209 is 2.0.9; releases since 2.3 and 3.2 may say 30201 for 3.2.1. */
static bool mimalloc_version(char *text, size_t size)
{
    int (*version)(void) = (int (*)(void))find_entry("mi_version");
    if (!version)
        return false;
    int n = version(), base = n >= 10000 ? 100 : 10;
    snprintf(text, size, "%d.%d.%d", n / (base * base), n / base % base, n % base);
    return true;
}

static int mimalloc_owns(const void *block)
{
    bool (*in_region)(const void *) = (bool (*)(const void *))find_entry("mi_is_in_heap_region");
    return in_region ? in_region(block) : -1;
}

/* What mimalloc has committed is what it takes to be resident. A release build
 * counts no blocks. */
static void mimalloc_stats(struct allocator_stats *out)
{
    typedef void info_function(size_t * elapsed_ms, size_t * user_ms, size_t * system_ms, size_t * rss,
                               size_t * peak_rss, size_t * commit, size_t * peak_commit, size_t * faults);
    info_function *info = (info_function *)find_entry("mi_process_info");
    if (!info)
        return;
    size_t commit = 0;
    info(NULL, NULL, NULL, NULL, NULL, &commit, NULL, NULL);
    out->resident_bytes = commit;
}

static bool mimalloc_purge(void)
{
    void (*collect)(bool) = (void (*)(bool))find_entry("mi_collect");
    if (!collect)
        return false;
    collect(true);
    return true;
}

/* The documented options of 2.0 to 3.x. */
static const char *const mimalloc_variables[] = {
    "MIMALLOC_SHOW_ERRORS",
    "MIMALLOC_SHOW_STATS",
    "MIMALLOC_VERBOSE",
    "MIMALLOC_MAX_ERRORS",
    "MIMALLOC_MAX_WARNINGS",
    "MIMALLOC_EAGER_COMMIT",
    "MIMALLOC_EAGER_COMMIT_DELAY",
    "MIMALLOC_EAGER_REGION_COMMIT",
    "MIMALLOC_ARENA_EAGER_COMMIT",
    "MIMALLOC_LARGE_OS_PAGES",
    "MIMALLOC_ALLOW_LARGE_OS_PAGES",
    "MIMALLOC_RESERVE_HUGE_OS_PAGES",
    "MIMALLOC_RESERVE_HUGE_OS_PAGES_AT",
    "MIMALLOC_RESERVE_OS_MEMORY",
    "MIMALLOC_ARENA_RESERVE",
    "MIMALLOC_ARENA_PURGE_MULT",
    "MIMALLOC_DISALLOW_OS_ALLOC",
    "MIMALLOC_LIMIT_OS_ALLOC",
    "MIMALLOC_SEGMENT_CACHE",
    "MIMALLOC_MAX_SEGMENT_RECLAIM",
    "MIMALLOC_ABANDONED_RECLAIM_ON_FREE",
    "MIMALLOC_ABANDONED_PAGE_PURGE",
    "MIMALLOC_ABANDONED_PAGE_DECOMMIT",
    "MIMALLOC_ABANDONED_PAGE_RESET",
    "MIMALLOC_PAGE_RESET",
    "MIMALLOC_RESET_DELAY",
    "MIMALLOC_RESET_DECOMMITS",
    "MIMALLOC_ALLOW_DECOMMIT",
    "MIMALLOC_DECOMMIT_DELAY",
    "MIMALLOC_DECOMMIT_EXTEND_DELAY",
    "MIMALLOC_SEGMENT_DECOMMIT_DELAY",
    "MIMALLOC_PURGE_DECOMMITS",
    "MIMALLOC_PURGE_DELAY",
    "MIMALLOC_PURGE_EXTEND_DELAY",
    "MIMALLOC_USE_NUMA_NODES",
    "MIMALLOC_DESTROY_ON_EXIT",
    NULL,
};

const struct allocator allocator_mimalloc = {
    .name = "mimalloc",
    .summary = "sharded free lists: one a page of one size class",
    .source = "https://github.com/microsoft/mimalloc",
    .package = "libmimalloc2.0",
    .preload = {"libmimalloc.so.2", "libmimalloc.so.3", "libmimalloc.so"},
    .variables = mimalloc_variables,
    .version = mimalloc_version,
    .owns = mimalloc_owns,
    .stats = mimalloc_stats,
    .purge = mimalloc_purge,
};
