/* fragmentation.c - sizes that drift, and survivors that keep pools from draining.
 *
 * Model     `live` blocks (bytes objects) are kept in a list. Each of `phases`
 *           draws sizes around a mean that drifts from `least_bytes` to
 *           `most_bytes` and back, and replaces all but a `pinned` share of the
 *           blocks, picked at random: every phase leaves survivors of the size
 *           class of its time. A request is one block replaced.
 * Stresses  the allocator below: pools and pages that a few survivors hold.
 * Source    our own, after Bonwick's and Wilson et al.'s ("Dynamic storage
 *           allocation: a survey and critical review", 1995) drifting sizes.
 */
#include "workloads/workload.h"

#include <string.h>

struct fragmentation_params {
    uint64_t live, phases, least_bytes, most_bytes;
    double pinned;
};

static const struct workload_param fragmentation_params[] = {
    WORKLOAD_INTEGER(struct fragmentation_params, live, 50000, 1, 1e9, "blocks kept"),
    WORKLOAD_INTEGER(struct fragmentation_params, phases, 20, 1, 1e9, "phases of another mean size each"),
    WORKLOAD_INTEGER(struct fragmentation_params, least_bytes, 16, 2, 1073741824, "least mean size, bytes"),
    WORKLOAD_INTEGER(struct fragmentation_params, most_bytes, 480, 2, 1073741824, "largest mean size, bytes"),
    WORKLOAD_FRACTION(struct fragmentation_params, pinned, 0.05, 0, 1, "share of the blocks that survive a phase"),
    {0},
};

static const struct workload_setting fragmentation_reduced[] = {{"live", "500"}, {0}};

/* Up to the middle phase the mean rises, then it falls again. */
static uint64_t mean_bytes(const struct fragmentation_params *p, uint64_t phase, uint64_t phases)
{
    uint64_t up = phase * 2 < phases ? phase * 2 : 2 * (phases - phase);
    uint64_t span = p->most_bytes > p->least_bytes ? p->most_bytes - p->least_bytes : 0;
    return p->least_bytes + (uint64_t)((double)span * (double)up / (double)phases);
}

static value make_block(struct mutator *m, uint64_t mean)
{
    uint64_t bytes = 2 + mean / 2 + random_below(m, mean + 1);
    value block = new_bytes(m, bytes);
    memset(value_bytes(block), (int)(bytes & 0xff), bytes);
    return block;
}

static void fragmentation_run(struct mutator *m)
{
    const struct fragmentation_params *p = mutator_params(m);
    value *kept = mutator_roots(m, 1);
    kept[0] = new_list(m, p->live);
    uint64_t phases = mutator_scaled(m, p->phases);
    for (uint64_t phase = 0; phase < phases; phase++) {
        uint64_t mean = mean_bytes(p, phase, phases);
        for (uint64_t i = 0; i < p->live; i++) {
            value old = value_list_get(kept[0], i);
            if (phase > 0) {
                mutator_observe(m, (unsigned char)value_bytes(old)[0]);
                if (random_chance(m, p->pinned))
                    continue;
            }
            value_list_set(m, kept[0], i, make_block(m, mean));
            mutator_request_done(m);
        }
    }
}

const struct workload workload_fragmentation = {
    .name = "fragmentation",
    .stresses = "pools that cannot drain: sizes that drift, and survivors",
    .source = "our own, after Wilson et al. 1995",
    .params = fragmentation_params,
    .params_size = sizeof(struct fragmentation_params),
    .reduced = fragmentation_reduced,
    .request_group = 8,
    .run = fragmentation_run,
};
