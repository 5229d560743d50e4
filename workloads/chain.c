/* chain.c - cyclotron's chains: cycles that are dropped by the thousand objects.
 *
 * Model     a chain is `cycle_size` nodes (slots next, payload, witness), the
 *           last one linked to the first with probability `cyclic_fraction`,
 *           `extra_bytes` of payload on the first, and one witness whose
 *           finalizer counts the chain as freed. Chains are made until they
 *           hold `total_objects` nodes, and kept in a list that is cleared
 *           whenever it holds `live_objects` nodes.
 * Stresses  what thresholds trade: pauses against garbage that floats.
 * Source    nascheme/cyclotron, workload "chain", used to judge CPython's
 *           collectors in 2026 (python/cpython#148940). Differs: ends at
 *           total_objects, where cyclotron also waits for a least time and a
 *           steady state; when the list is cleared its oldest chain is read,
 *           for the checksum.
 *
 * The witness has a slot for its count, as in cyclotron, and the collector
 * tracks it: it counts for thresholds as a node does.
 */
#include "workloads/workload.h"

#include <string.h>

enum { NODE, WITNESS };
enum { NEXT, PAYLOAD, WITNESS_OF_CHAIN, NODE_SLOTS };
enum { COUNT, WITNESS_SLOTS };

struct chain_params {
    uint64_t cycle_size, extra_bytes, live_objects, total_objects;
    double cyclic_fraction;
};

/* Every page is written, as bytes(n) does it: memory that nobody touches costs
 * nothing. One byte would be a shared object, so it is made two. */
static size_t payload_size(const struct chain_params *p)
{
    return p->extra_bytes == 1 ? 2 : p->extra_bytes;
}

/* What dies with a chain: its nodes and the witness are tracked; the payload
 * and a count that is not shared are bytes alone. As sys.getsizeof counts them. */
static uint64_t chain_objects(const struct chain_params *p)
{
    return p->cycle_size + 1;
}

static uint64_t chain_bytes(struct mutator *m, const struct chain_params *p, value witness)
{
    size_t own = value_footprint(witness), node = own + (NODE_SLOTS - WITNESS_SLOTS) * sizeof(value);
    value count = value_slot_get(witness, COUNT);
    size_t payload = payload_size(p) > 0 ? BYTES_HEADER + payload_size(p) : 0;
    return own + p->cycle_size * node + (value_is_shared(m, count) ? 0 : value_footprint(count)) + payload;
}

static void witness_finalizer(struct mutator *m, value self)
{
    if (value_slot_get(self, COUNT)) /* out of memory can end a run before it is set */
        mutator_count_reclaimed(m, chain_objects(mutator_params(m)), chain_bytes(m, mutator_params(m), self));
}

static const struct workload_class chain_classes[] = {
    {.name = "Node", .slots = NODE_SLOTS},
    {.name = "Witness", .slots = WITNESS_SLOTS, .finalizer = witness_finalizer},
    {0},
};

static const struct workload_param chain_params[] = {
    WORKLOAD_INTEGER(struct chain_params, cycle_size, 100, 1, 100000000, "nodes in a chain"),
    WORKLOAD_INTEGER(struct chain_params, extra_bytes, 0, 0, 1073741824, "payload of a chain, bytes"),
    WORKLOAD_INTEGER(struct chain_params, live_objects, 10000, 1, 1e12, "nodes kept before the list is cleared"),
    WORKLOAD_INTEGER(struct chain_params, total_objects, 1000000, 0, 1e12, "nodes made in all"),
    WORKLOAD_FRACTION(struct chain_params, cyclic_fraction, 1, 0, 1, "share of the chains closed into a ring"),
    {0},
};

static const struct workload_setting chain_reduced[] = {{"cycle_size", "10"},       {"extra_bytes", "20"},
                                                        {"live_objects", "1000"},   {"total_objects", "150000"},
                                                        {"cyclic_fraction", "0.7"}, {0}};

static value new_payload(struct mutator *m, size_t size)
{
    value payload = new_bytes(m, size);
    memset(value_bytes(payload), 0, size);
    return payload;
}

static void add_witness(struct mutator *m, value first, uint64_t nodes)
{
    value_slot_set(m, first, WITNESS_OF_CHAIN, new_slots(m, WITNESS));
    value_slot_set(m, value_slot_get(first, WITNESS_OF_CHAIN), COUNT, new_int(m, (int64_t)nodes));
}

static value make_chain(struct mutator *m, const struct chain_params *p, bool closed)
{
    value *first = mutator_push(m, 1);
    first[0] = new_slots(m, NODE);
    value last = first[0];
    for (uint64_t i = 1; i < p->cycle_size; i++) {
        value_slot_set(m, last, NEXT, new_slots(m, NODE));
        last = value_slot_get(last, NEXT);
    }
    if (p->extra_bytes > 0)
        value_slot_set(m, first[0], PAYLOAD, new_payload(m, payload_size(p)));
    add_witness(m, first[0], p->cycle_size);
    if (closed)
        value_slot_set(m, last, NEXT, value_keep(first[0]));
    value chain = value_take(first);
    mutator_pop(m);
    return chain;
}

/* Nodes from `first` until the chain ends or comes round. */
static uint64_t count_nodes(value first)
{
    uint64_t n = 1;
    for (value node = value_slot_get(first, NEXT); node && node != first; node = value_slot_get(node, NEXT))
        n++;
    return n;
}

/* All chains are alike: what the oldest weighs the others do. Those that are
 * not closed die here, the others float. */
static void drop_chains(struct mutator *m, const struct chain_params *p, value kept)
{
    uint64_t chains = value_list_length(kept);
    value oldest = value_list_get(kept, 0);
    uint64_t bytes = chain_bytes(m, p, value_slot_get(oldest, WITNESS_OF_CHAIN));
    mutator_observe(m, count_nodes(oldest));
    value_list_clear(m, kept);
    mutator_count_dropped(m, chains * chain_objects(p), chains * bytes);
}

static void chain_run(struct mutator *m)
{
    const struct chain_params *p = mutator_params(m);
    value *kept = mutator_roots(m, 1);
    kept[0] = new_list(m, 0);
    uint64_t total = mutator_scaled(m, p->total_objects);

    for (uint64_t made = 0; made < total; made += p->cycle_size) {
        bool closed = p->cyclic_fraction >= 1 || random_chance(m, p->cyclic_fraction);
        value_list_append(m, kept[0], make_chain(m, p, closed));
        mutator_observe(m, closed);
        if (value_list_length(kept[0]) * p->cycle_size >= p->live_objects)
            drop_chains(m, p, kept[0]);
        mutator_request_done(m);
    }
}

const struct workload workload_chain = {
    .name = "chain",
    .stresses = "pauses against floating garbage",
    .source = "nascheme/cyclotron, workload chain",
    .params = chain_params,
    .params_size = sizeof(struct chain_params),
    .reduced = chain_reduced,
    .classes = chain_classes,
    .knows_garbage = true,
    .run = chain_run,
};
