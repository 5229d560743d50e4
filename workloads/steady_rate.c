/* steady_rate.c - a fixed occupancy at a fixed rate of allocation.
 *
 * Model     set-up fills a table with `occupancy` objects of `least_bytes` to
 *           `most_bytes`, each a node (slots peer, payload). Each of `steps`
 *           replaces one, picked at random, and links the new node with
 *           another in both directions when `cyclic_fraction` says so. With
 *           `rate` above 0, steps start at that rate on the clock, and a step
 *           that starts late is made up for, so that a pause delays the
 *           requests behind it as it does in a server. A request is one step.
 * Stresses  pauses against rate and occupancy, each held apart from the other.
 * Source    HyperAlloc (Heapothesys, Amazon), the same three dials. Differs:
 *           the rate is of objects, not of bytes.
 */
#include "workloads/workload.h"

#include <string.h>

enum { NODE };
enum { PEER, PAYLOAD, NODE_SLOTS };

static const struct workload_class steady_rate_classes[] = {{.name = "Node", .slots = NODE_SLOTS}, {0}};

struct steady_rate_params {
    uint64_t occupancy, steps, rate, least_bytes, most_bytes;
    double cyclic_fraction;
};

static const struct workload_param steady_rate_params[] = {
    WORKLOAD_INTEGER(struct steady_rate_params, occupancy, 100000, 2, 1e9, "objects kept"),
    WORKLOAD_INTEGER(struct steady_rate_params, steps, 300000, 0, 1e12, "objects replaced"),
    WORKLOAD_INTEGER(struct steady_rate_params, rate, 100000, 0, 1e9, "steps a second; 0: as fast as can be"),
    WORKLOAD_INTEGER(struct steady_rate_params, least_bytes, 16, 2, 1073741824, "least payload, bytes"),
    WORKLOAD_INTEGER(struct steady_rate_params, most_bytes, 400, 2, 1073741824, "largest payload, bytes"),
    WORKLOAD_FRACTION(struct steady_rate_params, cyclic_fraction, 0.3, 0, 1, "share of steps that close a cycle"),
    {0},
};

static const struct workload_setting steady_rate_reduced[] = {
    {"occupancy", "1000"}, {"steps", "30000"}, {"rate", "0"}, {0}};

static value make_node(struct mutator *m, const struct steady_rate_params *p)
{
    uint64_t span = p->most_bytes > p->least_bytes ? p->most_bytes - p->least_bytes : 0;
    uint64_t bytes = p->least_bytes + random_below(m, span + 1);
    value *node = mutator_push(m, 1);
    node[0] = new_slots(m, NODE);
    value payload = new_bytes(m, bytes);
    memset(value_bytes(payload), (int)(bytes & 0xff), bytes);
    value_slot_set(m, node[0], PAYLOAD, payload);
    value made = value_take(node);
    mutator_pop(m);
    return made;
}

static void steady_rate_setup(struct mutator *m)
{
    const struct steady_rate_params *p = mutator_params(m);
    value *table = mutator_roots(m, 1);
    table[0] = new_list(m, p->occupancy);
    for (uint64_t i = 0; i < p->occupancy; i++)
        value_list_set(m, table[0], i, make_node(m, p));
}

static void replace_one(struct mutator *m, const struct steady_rate_params *p, value table)
{
    uint64_t at = random_below(m, p->occupancy), other = random_below(m, p->occupancy);
    mutator_observe(m, (unsigned char)value_bytes(value_slot_get(value_list_get(table, at), PAYLOAD))[0]);
    value_list_set(m, table, at, make_node(m, p));
    if (!random_chance(m, p->cyclic_fraction))
        return;
    value node = value_list_get(table, at), peer = value_list_get(table, other);
    value_slot_set(m, node, PEER, value_keep(peer));
    value_slot_set(m, peer, PEER, value_keep(node));
}

static void steady_rate_run(struct mutator *m)
{
    const struct steady_rate_params *p = mutator_params(m);
    value table = mutator_all_roots(m)[0];
    mutator_pace(m, p->rate);
    for (uint64_t i = 0, n = mutator_scaled(m, p->steps); i < n; i++) {
        mutator_wait_turn(m);
        replace_one(m, p, table);
        mutator_request_done(m);
    }
}

const struct workload workload_steady_rate = {
    .name = "steady-rate",
    .stresses = "pauses against allocation rate and occupancy",
    .source = "HyperAlloc (Heapothesys)",
    .params = steady_rate_params,
    .params_size = sizeof(struct steady_rate_params),
    .reduced = steady_rate_reduced,
    .classes = steady_rate_classes,
    .setup = steady_rate_setup,
    .run = steady_rate_run,
};
