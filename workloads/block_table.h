/* block_table.h - something known of each block that is in use, by its address.
 *
 * Ownership  memory from mmap, so that the allocator under test serves the
 *            workload alone; block_table_close gives it back.
 * Errors     NULL and -1 without memory.
 * Threads    none.
 */
#ifndef GCSWEEP_BLOCK_TABLE_H
#define GCSWEEP_BLOCK_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct block {
    uintptr_t address; /* 0: empty */
    uint64_t tag;      /* the user's */
    uint64_t bytes;
};

/* Open addressing, at most half full. */
struct block_table {
    struct block *at;
    size_t room, used; /* room is a power of two */
};

int block_table_open(struct block_table *t);
void block_table_close(struct block_table *t);
/* A block that is not in the table yet: -1 or 0. The place is good until the next change. */
int block_table_add(struct block_table *t, const void *block, uint64_t tag, uint64_t bytes);
/* NULL when it is not there. */
struct block *find_block(const struct block_table *t, const void *block);
/* Of what find_block gave. */
void block_table_remove(struct block_table *t, struct block *gone);

/* Zeroed memory for `count` items of `bytes` each from mmap; NULL without. And back: NULL is nothing. */
void *map_room(size_t count, size_t bytes);
void unmap_room(void *memory, size_t count, size_t bytes);

#endif
