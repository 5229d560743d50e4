/* arena_region.h - arenas at places that are the same for each allocator.
 *
 * One mapping, cut into slots of 1 MiB; an arena is the lowest free slot. So
 * every arena is aligned to its size, and what an address is less the region's
 * base says where an allocator put a block: arena, pool and offset in one
 * number that two processes can compare.
 *
 * Units      bytes.
 * Ownership  the mapping is the region's until arena_region_close. A struct
 *            arena_region must not be moved once its source was given away.
 * Errors     arena_region_open: 0 or an errno value; map gives NULL when all
 *            slots are taken.
 * Threads    none.
 */
#ifndef GCSWEEP_ARENA_REGION_H
#define GCSWEEP_ARENA_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory_backend.h"

enum { ARENA_REGION_SLOT_BYTES = 1 << 20, ARENA_REGION_MOST = 256 };
#define ARENA_REGION_OUTSIDE UINT64_MAX

struct arena_region {
    char *base;
    size_t slots;
    bool taken[ARENA_REGION_MOST];
};

/* `slots`: 1 to ARENA_REGION_MOST. */
int arena_region_open(struct arena_region *region, size_t slots);
void arena_region_close(struct arena_region *region);

/* For arenas of at most a slot. */
struct arena_source arena_region_source(struct arena_region *region);

/* Bytes from the region's base, or ARENA_REGION_OUTSIDE. */
static inline uint64_t arena_region_place(const struct arena_region *region, const void *address)
{
    uintptr_t offset = (uintptr_t)address - (uintptr_t)region->base;
    return offset < region->slots * ARENA_REGION_SLOT_BYTES ? offset : ARENA_REGION_OUTSIDE;
}

#endif
