/* larson.c - random replacement of blocks of random size.
 *
 * Model     `blocks` blocks of `least_bytes` to `most_bytes` are kept. Each of
 *           `rounds` replaces `blocks` of them, picked at random, by new ones.
 *           A block is a bytes object, 33 bytes larger than its size. A
 *           request is one replacement.
 * Stresses  the allocator alone: nothing here is seen by a collector.
 * Source    Larson and Krishnan, "Memory allocation for long-running server
 *           applications", ISMM 1998; mimalloc-bench's parameters: 8 to 1,000
 *           bytes, 5,000 blocks a thread, 100 rounds (and --seed 4141). Differs:
 *           one thread (a heap serves one), so nothing is freed by another.
 */
#include "workloads/workload.h"

#include <string.h>

struct larson_params {
    uint64_t blocks, rounds, least_bytes, most_bytes;
};

static const struct workload_param larson_params[] = {
    WORKLOAD_INTEGER(struct larson_params, blocks, 5000, 1, 1e9, "blocks kept"),
    WORKLOAD_INTEGER(struct larson_params, rounds, 100, 0, 1e9, "rounds of as many replacements"),
    WORKLOAD_INTEGER(struct larson_params, least_bytes, 8, 2, 1073741824, "least size, bytes"),
    WORKLOAD_INTEGER(struct larson_params, most_bytes, 1000, 2, 1073741824, "largest size, bytes"),
    {0},
};

static const struct workload_setting larson_reduced[] = {{"blocks", "200"}, {"rounds", "50"}, {0}};

static value make_block(struct mutator *m, const struct larson_params *p)
{
    uint64_t span = p->most_bytes > p->least_bytes ? p->most_bytes - p->least_bytes : 0;
    uint64_t bytes = p->least_bytes + random_below(m, span + 1);
    value block = new_bytes(m, bytes);
    char *data = value_bytes(block);
    data[0] = (char)(bytes & 0x7f); /* touched, as the original does: its ends, not all of it */
    data[bytes - 1] = 1;
    return block;
}

static void larson_setup(struct mutator *m)
{
    const struct larson_params *p = mutator_params(m);
    value *kept = mutator_roots(m, 1);
    kept[0] = new_list(m, p->blocks);
    for (uint64_t i = 0; i < p->blocks; i++)
        value_list_set(m, kept[0], i, make_block(m, p));
}

static void larson_run(struct mutator *m)
{
    const struct larson_params *p = mutator_params(m);
    value kept = mutator_all_roots(m)[0];
    for (uint64_t i = 0, n = mutator_scaled(m, p->rounds) * p->blocks; i < n; i++) {
        uint64_t victim = random_below(m, p->blocks);
        mutator_observe(m, (uint64_t)value_bytes(value_list_get(kept, victim))[0]);
        value_list_set(m, kept, victim, make_block(m, p));
        mutator_request_done(m);
    }
}

const struct workload workload_larson = {
    .name = "larson",
    .stresses = "the allocator alone: random replacement of random sizes",
    .source = "Larson and Krishnan, ISMM 1998",
    .params = larson_params,
    .params_size = sizeof(struct larson_params),
    .reduced = larson_reduced,
    .request_group = 32,
    .setup = larson_setup,
    .run = larson_run,
};
