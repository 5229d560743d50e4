/* create_gc_cycles.c - rings of nodes, dropped and collected by hand.
 *
 * Model     each of `loops` makes `cycles` rings of `links` + 1 nodes (plain
 *           instances with attributes next and prev), drops them, and makes a
 *           full collection by hand. A request is one loop.
 * Stresses  finding and freeing cyclic garbage.
 * Source    pyperformance, bm_gc_collect: 100 rings of 20 + 1 nodes. Differs: it
 *           times the collection alone (here: gc_ns), and makes another one
 *           before, which the collection of the loop before is here.
 */
#include "workloads/workload.h"

enum { NODE };
enum { KEY_NEXT, KEY_PREV, KEYS };

static const struct workload_class create_gc_cycles_classes[] = {{.name = "Node", .dict = true}, {0}};

struct create_gc_cycles_params {
    uint64_t cycles, links, loops;
};

static const struct workload_param create_gc_cycles_params[] = {
    WORKLOAD_INTEGER(struct create_gc_cycles_params, cycles, 100, 1, 1e9, "rings in a loop"),
    WORKLOAD_INTEGER(struct create_gc_cycles_params, links, 20, 0, 1e9, "nodes of a ring but the first"),
    WORKLOAD_INTEGER(struct create_gc_cycles_params, loops, 300, 0, 1e9, "loops"),
    {0},
};

static const struct workload_setting create_gc_cycles_reduced[] = {{"cycles", "50"}, {"loops", "30"}, {0}};

static void create_gc_cycles_setup(struct mutator *m)
{
    value *key = mutator_roots(m, KEYS);
    key[KEY_NEXT] = new_interned(m, "next", 4);
    key[KEY_PREV] = new_interned(m, "prev", 4);
}

static value new_node(struct mutator *m, const value *key)
{
    value *node = mutator_push(m, 1);
    node[0] = new_object(m, NODE);
    value_key_set(m, node[0], key[KEY_NEXT], new_none(m));
    value_key_set(m, node[0], key[KEY_PREV], new_none(m));
    value made = value_take(node);
    mutator_pop(m);
    return made;
}

static void link_next(struct mutator *m, const value *key, value node, value next)
{
    value_key_set(m, node, key[KEY_NEXT], value_keep(next));
    value_key_set(m, next, key[KEY_PREV], value_keep(node));
}

/* A ring that hangs from nothing but `first`. */
static void close_ring(struct mutator *m, const value *key, value first, uint64_t links)
{
    value *slot = mutator_push(m, 2); /* the newest node, and the one before */
    slot[0] = value_keep(first);
    for (uint64_t i = 0; i < links; i++) {
        slot[1] = new_node(m, key);
        link_next(m, key, slot[0], slot[1]);
        value_replace(m, &slot[0], value_take(&slot[1]));
    }
    link_next(m, key, slot[0], first);
    mutator_pop(m);
}

static void create_gc_cycles_run(struct mutator *m)
{
    const struct create_gc_cycles_params *p = mutator_params(m);
    const value *key = mutator_all_roots(m);
    value *rings = mutator_push(m, 1);

    for (uint64_t i = 0, n = mutator_scaled(m, p->loops); i < n; i++) {
        value_replace(m, rings, new_list(m, 0));
        for (uint64_t c = 0; c < p->cycles; c++) {
            value_list_append(m, rings[0], new_node(m, key));
            close_ring(m, key, value_list_get(rings[0], c), p->links);
        }
        mutator_observe(m, value_list_length(rings[0]));
        value_replace(m, rings, NULL);
        mutator_collect(m);
        mutator_request_done(m);
    }
    mutator_pop(m);
}

const struct workload workload_create_gc_cycles = {
    .name = "create-gc-cycles",
    .stresses = "finding and freeing cyclic garbage",
    .source = "pyperformance, bm_gc_collect",
    .params = create_gc_cycles_params,
    .params_size = sizeof(struct create_gc_cycles_params),
    .reduced = create_gc_cycles_reduced,
    .classes = create_gc_cycles_classes,
    .setup = create_gc_cycles_setup,
    .run = create_gc_cycles_run,
};
