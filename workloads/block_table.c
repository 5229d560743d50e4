/* block_table.c - blocks by address. */
#include "workloads/block_table.h"

#include <sys/mman.h>

enum { FIRST_BLOCKS = 1 << 16 };

void *map_room(size_t count, size_t bytes)
{
    if (count > SIZE_MAX / 2 / bytes)
        return NULL;
    void *memory = mmap(NULL, count * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void unmap_room(void *memory, size_t count, size_t bytes)
{
    if (memory)
        munmap(memory, count * bytes);
}

static size_t home_of(const struct block_table *t, uintptr_t address)
{
    uint64_t x = (uint64_t)(address >> 4) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(x >> 29) & (t->room - 1);
}

/* Where the block is, or the empty place where it belongs. */
static struct block *find_place(const struct block_table *t, uintptr_t address)
{
    size_t i = home_of(t, address);
    while (t->at[i].address != 0 && t->at[i].address != address)
        i = (i + 1) & (t->room - 1);
    return &t->at[i];
}

static int grow(struct block_table *t)
{
    size_t room = t->room ? 2 * t->room : FIRST_BLOCKS;
    struct block_table grown = {.at = map_room(room, sizeof *t->at), .room = room, .used = t->used};
    if (!grown.at)
        return -1;
    for (size_t i = 0; i < t->room; i++)
        if (t->at[i].address != 0)
            *find_place(&grown, t->at[i].address) = t->at[i];
    unmap_room(t->at, t->room, sizeof *t->at);
    *t = grown;
    return 0;
}

int block_table_open(struct block_table *t)
{
    *t = (struct block_table){0};
    return grow(t);
}

void block_table_close(struct block_table *t)
{
    unmap_room(t->at, t->room, sizeof *t->at);
    *t = (struct block_table){0};
}

int block_table_add(struct block_table *t, const void *block, uint64_t tag, uint64_t bytes)
{
    if (2 * (t->used + 1) > t->room && grow(t) != 0)
        return -1;
    *find_place(t, (uintptr_t)block) = (struct block){.address = (uintptr_t)block, .tag = tag, .bytes = bytes};
    t->used++;
    return 0;
}

struct block *find_block(const struct block_table *t, const void *block)
{
    struct block *b = find_place(t, (uintptr_t)block);
    return b->address != 0 ? b : NULL;
}

/* Closes the gap, so that no search ends too early. */
void block_table_remove(struct block_table *t, struct block *gone)
{
    size_t mask = t->room - 1, hole = (size_t)(gone - t->at);
    for (size_t i = (hole + 1) & mask; t->at[i].address != 0; i = (i + 1) & mask) {
        size_t home = home_of(t, t->at[i].address);
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            t->at[hole] = t->at[i];
            hole = i;
        }
    }
    t->at[hole] = (struct block){0};
    t->used--;
}
