/* queue.c - a queue of self-cycles with a heavy payload each.
 *
 * Model     a node (slots next, payload, witness) refers to itself, holds
 *           `extra_bytes` of payload and a witness whose finalizer counts it
 *           as freed. Nodes enter a queue; when it holds `live_objects`, the
 *           oldest leaves for each that enters. Ends when `total_objects`
 *           were made. A request is one node.
 * Stresses  garbage that is few objects and many bytes: counters of objects
 *           see little of it while memory grows.
 * Source    nascheme/cyclotron, workload "queue", after Tim Peters: payload
 *           10,000 bytes, a queue of 1,000. Differs: ends at total_objects; the
 *           queue is a ring in a list.
 */
#include "workloads/workload.h"

#include <string.h>

enum { NODE, WITNESS };
enum { NEXT, PAYLOAD, WITNESS_OF_NODE, NODE_SLOTS };

static void witness_finalizer(struct mutator *m, value self)
{
    (void)self;
    mutator_count_freed(m, 1);
}

static const struct workload_class queue_classes[] = {
    {.name = "Node", .slots = NODE_SLOTS},
    {.name = "Witness", .finalizer = witness_finalizer},
    {0},
};

struct queue_params {
    uint64_t extra_bytes, live_objects, total_objects;
};

static const struct workload_param queue_params[] = {
    WORKLOAD_INTEGER(struct queue_params, extra_bytes, 10000, 2, 1073741824, "payload of a node, bytes"),
    WORKLOAD_INTEGER(struct queue_params, live_objects, 1000, 1, 1e9, "nodes in the queue"),
    WORKLOAD_INTEGER(struct queue_params, total_objects, 100000, 0, 1e12, "nodes made in all"),
    {0},
};

static value make_node(struct mutator *m, uint64_t number, uint64_t bytes)
{
    value *node = mutator_push(m, 1);
    node[0] = new_slots(m, NODE);
    value_slot_set(m, node[0], NEXT, value_keep(node[0]));
    value payload = new_bytes(m, bytes);
    memset(value_bytes(payload), (int)(number & 0xff), bytes);
    value_slot_set(m, node[0], PAYLOAD, payload);
    value_slot_set(m, node[0], WITNESS_OF_NODE, new_slots(m, WITNESS));
    value made = value_take(node);
    mutator_pop(m);
    return made;
}

static void queue_run(struct mutator *m)
{
    const struct queue_params *p = mutator_params(m);
    value *queue = mutator_roots(m, 1);
    queue[0] = new_list(m, p->live_objects);
    for (uint64_t i = 0, n = mutator_scaled(m, p->total_objects); i < n; i++) {
        value oldest = value_list_get(queue[0], i % p->live_objects);
        if (i >= p->live_objects)
            mutator_observe(m, (unsigned char)value_bytes(value_slot_get(oldest, PAYLOAD))[0]);
        value_list_set(m, queue[0], i % p->live_objects, make_node(m, i, p->extra_bytes));
        mutator_request_done(m);
    }
}

const struct workload workload_queue = {
    .name = "queue",
    .stresses = "garbage of few objects and many bytes",
    .source = "nascheme/cyclotron, workload queue",
    .params = queue_params,
    .params_size = sizeof(struct queue_params),
    .classes = queue_classes,
    .run = queue_run,
};
