/* arena_region.c - arenas at places that are the same for each allocator. */
#include "harness/worker/pool/arena_region.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int arena_region_open(struct arena_region *region, size_t slots)
{
    memset(region, 0, sizeof *region);
    size_t bytes = slots * ARENA_REGION_SLOT_BYTES;
    char *all = mmap(NULL, bytes + ARENA_REGION_SLOT_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (all == MAP_FAILED)
        return errno;
    size_t before = -(uintptr_t)all & (ARENA_REGION_SLOT_BYTES - 1);
    if (before > 0)
        munmap(all, before);
    munmap(all + before + bytes, ARENA_REGION_SLOT_BYTES - before);
    region->base = all + before;
    region->slots = slots;
    return 0;
}

void arena_region_close(struct arena_region *region)
{
    munmap(region->base, region->slots * ARENA_REGION_SLOT_BYTES);
}

static void *take_slot(void *context, size_t bytes)
{
    struct arena_region *region = context;
    for (size_t i = 0; i < region->slots && bytes <= ARENA_REGION_SLOT_BYTES; i++) {
        if (region->taken[i])
            continue;
        region->taken[i] = true;
        return region->base + i * ARENA_REGION_SLOT_BYTES;
    }
    return NULL;
}

/* As after munmap and mmap, the slot reads as zeroes. */
static void give_slot(void *context, void *base, size_t bytes)
{
    struct arena_region *region = context;
    madvise(base, bytes, MADV_DONTNEED);
    region->taken[(size_t)((char *)base - region->base) / ARENA_REGION_SLOT_BYTES] = false;
}

struct arena_source arena_region_source(struct arena_region *region)
{
    return (struct arena_source){region, take_slot, give_slot};
}
