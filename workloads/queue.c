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

struct queue_params {
    uint64_t extra_bytes, live_objects, total_objects;
};

/* What dies with a node: itself and its witness are tracked; the payload is
 * bytes alone. As sys.getsizeof counts them. */
enum { NODE_OBJECTS = 2 };

static uint64_t node_bytes(const struct queue_params *p, value witness)
{
    return 2 * value_footprint(witness) + NODE_SLOTS * sizeof(value) + BYTES_HEADER + p->extra_bytes;
}

static void witness_finalizer(struct mutator *m, value self)
{
    mutator_count_reclaimed(m, NODE_OBJECTS, node_bytes(mutator_params(m), self));
}

static const struct workload_class queue_classes[] = {
    {.name = "Node", .slots = NODE_SLOTS},
    {.name = "Witness", .finalizer = witness_finalizer},
    {0},
};

static const struct workload_param queue_params[] = {
    WORKLOAD_INTEGER(struct queue_params, extra_bytes, 10000, 2, 1073741824, "payload of a node, bytes"),
    WORKLOAD_INTEGER(struct queue_params, live_objects, 1000, 1, 1e9, "nodes in the queue"),
    WORKLOAD_INTEGER(struct queue_params, total_objects, 100000, 0, 1e12, "nodes made in all"),
    {0},
};

static const struct workload_setting queue_reduced[] = {
    {"extra_bytes", "100"}, {"live_objects", "200"}, {"total_objects", "60000"}, {0}};

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

/* The newest takes the place of the oldest, which floats from here on. */
static void put_newest(struct mutator *m, const struct queue_params *p, value queue, uint64_t number)
{
    size_t place = number % p->live_objects;
    value newest = make_node(m, number, p->extra_bytes);
    uint64_t bytes = node_bytes(p, value_slot_get(newest, WITNESS_OF_NODE));
    value_list_set(m, queue, place, newest);
    if (number >= p->live_objects)
        mutator_count_dropped(m, NODE_OBJECTS, bytes);
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
        put_newest(m, p, queue[0], i);
        mutator_request_done(m);
    }
}

const struct workload workload_queue = {
    .name = "queue",
    .stresses = "garbage of few objects and many bytes",
    .source = "nascheme/cyclotron, workload queue",
    .params = queue_params,
    .params_size = sizeof(struct queue_params),
    .reduced = queue_reduced,
    .classes = queue_classes,
    .knows_garbage = true,
    .run = queue_run,
};
