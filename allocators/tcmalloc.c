/* tcmalloc.c - gperftools' tcmalloc as its users deploy it: preloaded. */
#include "allocators/allocator.h"

#include <stdio.h>

#include "allocators/entry.h"

static bool tcmalloc_version(char *text, size_t size)
{
    typedef const char *version_function(int *major, int *minor, const char **patch);
    version_function *version = (version_function *)find_entry("tc_version");
    const char *says = version ? version(NULL, NULL, NULL) : NULL;
    if (!says)
        return false;
    snprintf(text, size, "%s", says);
    return true;
}

static int tcmalloc_owns(const void *block)
{
    enum { UNKNOWN_OWNERSHIP, OWNED, NOT_OWNED }; /* as in malloc_extension_c.h */
    typedef int ownership_function(const void *);
    ownership_function *ownership = (ownership_function *)find_entry("MallocExtension_GetOwnership");
    int says = ownership ? ownership(block) : UNKNOWN_OWNERSHIP;
    return says == OWNED ? 1 : says == NOT_OWNED ? 0 : -1;
}

static uint64_t read_property(const char *name)
{
    typedef int property_function(const char *name, size_t *value);
    property_function *property = (property_function *)find_entry("MallocExtension_GetNumericProperty");
    size_t value;
    return property && property(name, &value) ? value : ALLOCATOR_UNKNOWN;
}

/* The heap's size leaves out what was given back to the OS and is still mapped. */
static void tcmalloc_stats(struct allocator_stats *out)
{
    uint64_t heap = read_property("generic.heap_size"), unmapped = read_property("tcmalloc.pageheap_unmapped_bytes");
    out->allocated_bytes = read_property("generic.current_allocated_bytes");
    out->resident_bytes = read_property("generic.total_physical_bytes");
    if (heap != ALLOCATOR_UNKNOWN && unmapped != ALLOCATOR_UNKNOWN)
        out->mapped_bytes = heap + unmapped;
}

static bool tcmalloc_purge(void)
{
    void (*release)(void) = (void (*)(void))find_entry("MallocExtension_ReleaseFreeMemory");
    if (!release)
        return false;
    release();
    return true;
}

static const char *const tcmalloc_variables[] = {
    "TCMALLOC_RELEASE_RATE",
    "TCMALLOC_MAX_TOTAL_THREAD_CACHE_BYTES",
    "TCMALLOC_SAMPLE_PARAMETER",
    "TCMALLOC_LARGE_ALLOC_REPORT_THRESHOLD",
    "TCMALLOC_AGGRESSIVE_DECOMMIT",
    "TCMALLOC_HEAP_LIMIT_MB",
    "TCMALLOC_SKIP_MMAP",
    "TCMALLOC_SKIP_SBRK",
    "TCMALLOC_TRANSFER_NUM_OBJ",
    "TCMALLOC_DISABLE_MEMORY_RELEASE",
    NULL,
};

const struct allocator allocator_tcmalloc = {
    .name = "tcmalloc",
    .summary = "thread caches over a central page heap (gperftools)",
    .source = "https://github.com/gperftools/gperftools",
    .package = "libtcmalloc-minimal4",
    .preload = {"libtcmalloc_minimal.so.4", "libtcmalloc.so.4", "libtcmalloc_minimal.so", "libtcmalloc.so"},
    .variables = tcmalloc_variables,
    .version = tcmalloc_version,
    .owns = tcmalloc_owns,
    .stats = tcmalloc_stats,
    .purge = tcmalloc_purge,
};
