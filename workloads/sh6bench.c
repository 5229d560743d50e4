/* sh6bench.c - batches of small blocks, freed in the order of allocation, in reverse, or later.
 *
 * Model     each of `batches` allocates `batch` blocks of 2 to `most_bytes`,
 *           small sizes far more often than large ones (a block of size s is
 *           made about 1 / s as often). A third of the batch is then freed
 *           in the order of allocation, a third in reverse, and a third is
 *           kept until the next batch is done. A block is a bytes object, 33
 *           bytes larger than its size. A request is one batch.
 * Stresses  the allocator alone: last in first out against first in first out.
 * Source    our own equivalent of MicroQuill's sh6bench, whose pattern it has;
 *           sizes and counts are not the original's.
 */
#include "workloads/workload.h"

#include <math.h>

struct sh6bench_params {
    uint64_t batches, batch, most_bytes;
};

static const struct workload_param sh6bench_params[] = {
    WORKLOAD_INTEGER(struct sh6bench_params, batches, 500, 0, 1e12, "batches"),
    WORKLOAD_INTEGER(struct sh6bench_params, batch, 3000, 3, 1e9, "blocks in a batch"),
    WORKLOAD_INTEGER(struct sh6bench_params, most_bytes, 1000, 3, 1073741824, "largest size, bytes"),
    {0},
};

static const struct workload_setting sh6bench_reduced[] = {{"batches", "30"}, {"batch", "300"}, {0}};

/* Log-uniform: as many blocks from 2 to 4 bytes as from 200 to 400. */
static value make_block(struct mutator *m, const struct sh6bench_params *p)
{
    double size = 2 * pow((double)p->most_bytes / 2, random_next_unit(&m->random));
    value block = new_bytes(m, (size_t)size);
    value_bytes(block)[0] = (char)((size_t)size & 0x7f);
    return block;
}

static void drop_block(struct mutator *m, value blocks, uint64_t i)
{
    mutator_observe(m, (uint64_t)value_bytes(value_list_get(blocks, i))[0]);
    value_list_set(m, blocks, i, new_none(m));
}

static void sh6bench_run(struct mutator *m)
{
    const struct sh6bench_params *p = mutator_params(m);
    enum { NOW, KEPT, SLOTS };
    value *slot = mutator_push(m, SLOTS);
    uint64_t third = p->batch / 3;
    for (uint64_t batch = 0, n = mutator_scaled(m, p->batches); batch < n; batch++) {
        value_replace(m, &slot[NOW], new_list(m, p->batch));
        for (uint64_t i = 0; i < p->batch; i++)
            value_list_set(m, slot[NOW], i, make_block(m, p));
        for (uint64_t i = 0; i < third; i++)
            drop_block(m, slot[NOW], i);
        for (uint64_t i = 2 * third; i-- > third;)
            drop_block(m, slot[NOW], i);
        value_replace(m, &slot[KEPT], value_take(&slot[NOW]));
        mutator_request_done(m);
    }
    mutator_pop(m);
}

const struct workload workload_sh6bench = {
    .name = "sh6bench",
    .stresses = "the allocator alone: batches freed in order, in reverse and late",
    .source = "our own equivalent of MicroQuill's sh6bench",
    .params = sh6bench_params,
    .params_size = sizeof(struct sh6bench_params),
    .reduced = sh6bench_reduced,
    .run = sh6bench_run,
};
