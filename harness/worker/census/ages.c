/* ages.c - a stamp for each block. */
#include "harness/worker/census/ages.h"

static void see_allocated(void *context, void *block, size_t bytes)
{
    struct ages *a = context;
    a->failed = a->failed || block_table_add(&a->blocks, block, a->allocated, bytes) != 0;
    a->allocated++;
    a->allocated_bytes += bytes;
}

static void see_released(void *context, void *block)
{
    struct ages *a = context;
    struct block *b = find_block(&a->blocks, block);
    if (a->failed || !b)
        return;
    histogram_add(&a->at_death, a->allocated - 1 - b->tag);
    block_table_remove(&a->blocks, b);
}

int ages_open(struct ages *a)
{
    *a = (struct ages){.observer = {.allocated = see_allocated, .released = see_released, .context = a}};
    uint64_t *buckets = map_room(HISTOGRAM_BUCKETS, sizeof *buckets);
    if (buckets)
        histogram_open(&a->at_death, buckets);
    if (buckets && block_table_open(&a->blocks) == 0)
        return 0;
    ages_close(a);
    return -1;
}

void ages_close(struct ages *a)
{
    unmap_room(a->at_death.bucket, HISTOGRAM_BUCKETS, sizeof *a->at_death.bucket);
    block_table_close(&a->blocks);
}
