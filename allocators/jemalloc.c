/* jemalloc.c - jemalloc as its users deploy it: preloaded. */
#include "allocators/allocator.h"

#include <stdio.h>

#include "allocators/entry.h"

typedef int mallctl_function(const char *name, void *old, size_t *old_size, void *new, size_t new_size);

/* "arena.4096.purge" names every arena at once (MALLCTL_ARENAS_ALL). */
#define EVERY_ARENA "4096"

static mallctl_function *find_mallctl(void)
{
    return (mallctl_function *)find_entry("mallctl");
}

static bool jemalloc_version(char *text, size_t size)
{
    mallctl_function *mallctl = find_mallctl();
    const char *version = NULL;
    size_t length = sizeof version;
    if (!mallctl || mallctl("version", &version, &length, NULL, 0) != 0)
        return false;
    snprintf(text, size, "%s", version);
    return true;
}

static int jemalloc_owns(const void *block)
{
    mallctl_function *mallctl = find_mallctl();
    unsigned arena;
    size_t length = sizeof arena;
    if (!mallctl)
        return -1;
    return mallctl("arenas.lookup", &arena, &length, (void *)&block, sizeof block) == 0;
}

static uint64_t read_size(mallctl_function *mallctl, const char *name)
{
    size_t value, length = sizeof value;
    return mallctl(name, &value, &length, NULL, 0) == 0 ? value : ALLOCATOR_UNKNOWN;
}

static void jemalloc_stats(struct allocator_stats *out)
{
    mallctl_function *mallctl = find_mallctl();
    uint64_t epoch = 1; /* a new epoch: until then the figures are those of the last one */
    if (!mallctl || mallctl("epoch", NULL, NULL, &epoch, sizeof epoch) != 0)
        return;
    out->allocated_bytes = read_size(mallctl, "stats.allocated");
    out->resident_bytes = read_size(mallctl, "stats.resident");
    out->mapped_bytes = read_size(mallctl, "stats.mapped");
}

static bool jemalloc_purge(void)
{
    mallctl_function *mallctl = find_mallctl();
    if (!mallctl)
        return false;
    mallctl("thread.tcache.flush", NULL, NULL, NULL, 0); /* fails where there is no cache: nothing to flush then */
    return mallctl("arena." EVERY_ARENA ".purge", NULL, NULL, NULL, 0) == 0;
}

static const char *const jemalloc_variables[] = {"MALLOC_CONF", NULL};

const struct allocator allocator_jemalloc = {
    .name = "jemalloc",
    .summary = "size classes in slabs of an arena, dirty pages decay over time",
    .source = "https://jemalloc.net",
    .package = "libjemalloc2",
    .preload = {"libjemalloc.so.2", "libjemalloc.so"},
    .variables = jemalloc_variables,
    .version = jemalloc_version,
    .owns = jemalloc_owns,
    .stats = jemalloc_stats,
    .purge = jemalloc_purge,
};
