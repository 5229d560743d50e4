/* graph.c - a random graph that is rewired and cut.
 *
 * Model     `nodes` nodes on a ring, each with `degree` edges: most lead to a
 *           node at most `reach` places away, a share of `far` anywhere. Each
 *           step points `rewires` random edges elsewhere and walks `walk`
 *           edges from a random node, reading payloads. Every `cut_every`
 *           steps an arc of `cut_share` of the ring is replaced by new nodes
 *           and every edge that led there is moved to the new ones: the old
 *           arc is left as garbage that holds itself by its near edges.
 * Stresses  stores into old objects, and cyclic garbage that is large,
 *           entangled and old when it dies.
 * Source    the graph is Watts and Strogatz, "Collective dynamics of
 *           'small-world' networks", Nature 393, 1998; differs: edges are
 *           directed and several may join the same two nodes. Its being
 *           rewired and cut is our own.
 */
#include "workloads/workload.h"

enum { NODE };
enum { PLACE, EDGES, PAYLOAD, NODE_SLOTS };

static const struct workload_class graph_classes[] = {{.name = "Node", .slots = NODE_SLOTS}, {0}};

struct graph_params {
    uint64_t nodes, degree, reach;
    double far;
    uint64_t steps, rewires, walk, cut_every;
    double cut_share;
};

static const struct workload_param graph_params[] = {
    WORKLOAD_INTEGER(struct graph_params, nodes, 10000, 1, 10000000, "nodes of the graph"),
    WORKLOAD_INTEGER(struct graph_params, degree, 4, 1, 1000, "edges that leave a node"),
    WORKLOAD_INTEGER(struct graph_params, reach, 50, 1, 10000000, "places that a near edge leads away at most"),
    WORKLOAD_FRACTION(struct graph_params, far, 0.05, 0, 1, "share of the edges that lead anywhere"),
    WORKLOAD_INTEGER(struct graph_params, steps, 2000, 0, 1e12, "requests"),
    WORKLOAD_INTEGER(struct graph_params, rewires, 100, 0, 1e9, "edges rewired in a step"),
    WORKLOAD_INTEGER(struct graph_params, walk, 100, 0, 1e9, "edges walked in a step"),
    WORKLOAD_INTEGER(struct graph_params, cut_every, 4, 1, 1e12, "steps from one cut to the next"),
    WORKLOAD_FRACTION(struct graph_params, cut_share, 0.05, 0, 1, "share of the nodes that a cut replaces"),
    {0},
};

static const struct workload_setting graph_reduced[] = {
    {"nodes", "500"}, {"reach", "20"}, {"steps", "1500"}, {"rewires", "20"}, {"walk", "20"}, {"cut_share", "0.2"}, {0}};

/* A random end for an edge that leaves `place`. */
static uint64_t pick_end(struct mutator *m, const struct graph_params *p, uint64_t place)
{
    if (random_chance(m, p->far))
        return random_below(m, p->nodes);
    uint64_t reach = p->reach < p->nodes ? p->reach : p->nodes;
    uint64_t away = 1 + random_below(m, reach);
    bool back = random_chance(m, 0.5);
    return (place + (back ? p->nodes - away % p->nodes : away)) % p->nodes;
}

static uint64_t place_of(value node)
{
    return (uint64_t)value_int(value_slot_get(node, PLACE));
}

/* A node without edges, put at `place` of the ring. */
static void put_node(struct mutator *m, value ring, uint64_t place, int64_t payload)
{
    value *slot = mutator_push(m, 1);
    slot[0] = new_slots(m, NODE);
    value_slot_set(m, slot[0], PLACE, new_int(m, (int64_t)place));
    value_slot_set(m, slot[0], PAYLOAD, new_int(m, payload));
    value_slot_set(m, slot[0], EDGES, new_list(m, 0));
    value_list_set(m, ring, place, value_take(&slot[0]));
    mutator_pop(m);
}

static void put_edges(struct mutator *m, const struct graph_params *p, value ring, uint64_t place)
{
    value edges = value_slot_get(value_list_get(ring, place), EDGES);
    for (uint64_t e = 0; e < p->degree; e++)
        value_list_append(m, edges, value_keep(value_list_get(ring, pick_end(m, p, place))));
}

static void graph_setup(struct mutator *m)
{
    const struct graph_params *p = mutator_params(m);
    value *ring = mutator_roots(m, 1);
    ring[0] = new_list(m, p->nodes);
    for (uint64_t place = 0; place < p->nodes; place++)
        put_node(m, ring[0], place, (int64_t)place);
    for (uint64_t place = 0; place < p->nodes; place++)
        put_edges(m, p, ring[0], place);
}

static void rewire(struct mutator *m, const struct graph_params *p, value ring)
{
    uint64_t place = random_below(m, p->nodes);
    value edges = value_slot_get(value_list_get(ring, place), EDGES);
    uint64_t e = random_below(m, p->degree);
    mutator_observe(m, place_of(value_list_get(edges, e)));
    value_list_set(m, edges, e, value_keep(value_list_get(ring, pick_end(m, p, place))));
}

static void walk(struct mutator *m, const struct graph_params *p, value ring)
{
    uint64_t sum = 0;
    value node = value_list_get(ring, random_below(m, p->nodes));
    for (uint64_t i = 0; i < p->walk; i++) {
        sum += (uint64_t)value_int(value_slot_get(node, PAYLOAD));
        node = value_list_get(value_slot_get(node, EDGES), random_below(m, p->degree));
    }
    mutator_observe(m, sum);
}

/* Moves the edges of one node that lead to a replaced one to what is in its
 * place now; how many. */
static uint64_t follow_ring(struct mutator *m, value ring, value node)
{
    uint64_t moved = 0;
    value edges = value_slot_get(node, EDGES);
    size_t degree = value_list_length(edges);
    for (size_t e = 0; e < degree; e++) {
        value end = value_list_get(edges, e);
        value now = value_list_get(ring, place_of(end));
        if (end != now) {
            value_list_set(m, edges, e, value_keep(now));
            moved++;
        }
    }
    return moved;
}

static void cut(struct mutator *m, const struct graph_params *p, value ring, int64_t payload)
{
    uint64_t length = (uint64_t)((double)p->nodes * p->cut_share);
    uint64_t start = random_below(m, p->nodes);

    /* The old arc stays whole until no edge leads there any more: it dies at once. */
    value *old = mutator_push(m, 1);
    old[0] = new_list(m, 0);
    for (uint64_t i = 0; i < length; i++) {
        uint64_t place = (start + i) % p->nodes;
        value_list_append(m, old[0], value_keep(value_list_get(ring, place)));
        put_node(m, ring, place, payload);
    }
    for (uint64_t i = 0; i < length; i++)
        put_edges(m, p, ring, (start + i) % p->nodes);

    uint64_t moved = 0;
    for (uint64_t place = 0; place < p->nodes; place++)
        moved += follow_ring(m, ring, value_list_get(ring, place));
    mutator_observe(m, moved);
    mutator_pop(m);
}

static void graph_run(struct mutator *m)
{
    const struct graph_params *p = mutator_params(m);
    value ring = mutator_all_roots(m)[0];
    uint64_t steps = mutator_scaled(m, p->steps);

    for (uint64_t step = 0; step < steps; step++) {
        for (uint64_t i = 0; i < p->rewires; i++)
            rewire(m, p, ring);
        walk(m, p, ring);
        if (step % p->cut_every == p->cut_every - 1)
            cut(m, p, ring, (int64_t)step);
        mutator_request_done(m);
    }
}

const struct workload workload_graph = {
    .name = "graph",
    .stresses = "stores into old objects, entangled garbage",
    .source = "Watts and Strogatz, Nature 393, 1998 (the graph)",
    .params = graph_params,
    .params_size = sizeof(struct graph_params),
    .reduced = graph_reduced,
    .classes = graph_classes,
    .setup = graph_setup,
    .run = graph_run,
};
