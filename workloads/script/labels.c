/* labels.c - a hash table by address, open addressing. */
#include "workloads/script/labels.h"

#include <errno.h>
#include <sys/mman.h>

enum { FIRST_CAPACITY = 256 };

/* Where the address stands, or the free place where it would. */
static struct label *place(const struct labels *labels, uintptr_t address)
{
    uint64_t hash = (address >> 4) * UINT64_C(0x9E3779B97F4A7C15);
    size_t mask = labels->capacity - 1;
    size_t i = (size_t)(hash >> 32) & mask;
    while (labels->entries[i].address != 0 && labels->entries[i].address != address)
        i = (i + 1) & mask;
    return &labels->entries[i];
}

static int grow(struct labels *labels)
{
    struct labels grown = {.capacity = labels->capacity ? 2 * labels->capacity : FIRST_CAPACITY, .used = labels->used};
    void *memory =
        mmap(NULL, grown.capacity * sizeof *grown.entries, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return ENOMEM;
    grown.entries = memory;
    for (size_t i = 0; i < labels->capacity; i++)
        if (labels->entries[i].address != 0)
            *place(&grown, labels->entries[i].address) = labels->entries[i];
    labels_close(labels);
    *labels = grown;
    return 0;
}

int labels_reserve(struct labels *labels)
{
    return 2 * (labels->used + 1) > labels->capacity ? grow(labels) : 0;
}

struct label *labels_find(const struct labels *labels, value v)
{
    if (labels->used == 0)
        return NULL;
    struct label *label = place(labels, (uintptr_t)v);
    return label->address != 0 ? label : NULL;
}

struct label *labels_put(struct labels *labels, value v)
{
    struct label *label = place(labels, (uintptr_t)v);
    labels->used += label->address == 0;
    *label = (struct label){.address = (uintptr_t)v};
    return label;
}

void labels_close(struct labels *labels)
{
    if (labels->entries)
        munmap(labels->entries, labels->capacity * sizeof *labels->entries);
    *labels = (struct labels){0};
}
