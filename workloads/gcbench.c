/* gcbench.c - GCBench: trees of many lifetimes over an old tree and array.
 *
 * Model     a tree of `long_lived_depth` and an array of `array_size` doubles
 *           live for the whole run. A tree of `stretch_depth` is built bottom
 *           up and dropped. Then, for each depth from `min_depth` to
 *           `max_depth` in steps of 2, trees are built and dropped, first top
 *           down and then bottom up: 2 * size(stretch_depth) / size(depth) of
 *           each, size(d) = 2^(d+1) - 1 nodes. A node holds left, right and
 *           two ints. A request is one tree.
 * Stresses  young churn over an old live set; building top down stores
 *           references from old to young. Its authors' own caveats: no
 *           cycles, no variation in size.
 * Source    John Ellis and Pete Kovac, changed by Hans Boehm: GCBench, with
 *           its standard parameters. Differs:
 *           - scale multiplies the trees of each depth;
 *           - what lives long is built in set-up, so before the stretch tree:
 *             a tuning that freezes after set-up has something to freeze;
 *           - the array of doubles is a bytes object: the same single block
 *             without pointers that it is in Java and C;
 *           - the nodes of every tree are counted before it is dropped, so
 *             that the checksum says that none was lost.
 */
#include "workloads/workload.h"

#include <string.h>

enum { NODE };
enum { LEFT, RIGHT, I, J, NODE_SLOTS };

static const struct workload_class gcbench_classes[] = {{.name = "Node", .slots = NODE_SLOTS}, {0}};

struct gcbench_params {
    uint64_t stretch_depth, long_lived_depth, array_size, min_depth, max_depth;
};

static const struct workload_param gcbench_params[] = {
    WORKLOAD_INTEGER(struct gcbench_params, stretch_depth, 18, 1, 30, "depth of the stretch tree"),
    WORKLOAD_INTEGER(struct gcbench_params, long_lived_depth, 16, 1, 30, "depth of the long-lived tree"),
    WORKLOAD_INTEGER(struct gcbench_params, array_size, 500000, 2002, 1e9, "doubles in the long-lived array"),
    WORKLOAD_INTEGER(struct gcbench_params, min_depth, 4, 1, 30, "depth of the smallest trees"),
    WORKLOAD_INTEGER(struct gcbench_params, max_depth, 16, 1, 30, "depth of the largest trees"),
    {0},
};

static const struct workload_setting gcbench_reduced[] = {
    {"stretch_depth", "11"}, {"long_lived_depth", "9"}, {"array_size", "2002"}, {"max_depth", "10"}, {0}};

static uint64_t tree_size(uint64_t depth)
{
    return (UINT64_C(1) << (depth + 1)) - 1;
}

static value new_node(struct mutator *m)
{
    value node = new_slots(m, NODE);
    value_slot_set(m, node, I, new_int(m, 0)); /* 0 is shared: allocates nothing */
    value_slot_set(m, node, J, new_int(m, 0));
    return node;
}

/* Gives `node`, which is a leaf and rooted, two subtrees. */
static void grow_top_down(struct mutator *m, uint64_t depth, value node)
{
    if (depth == 0)
        return;
    value_slot_set(m, node, LEFT, new_node(m));
    value_slot_set(m, node, RIGHT, new_node(m));
    grow_top_down(m, depth - 1, value_slot_get(node, LEFT));
    grow_top_down(m, depth - 1, value_slot_get(node, RIGHT));
}

static value make_bottom_up(struct mutator *m, uint64_t depth)
{
    if (depth == 0)
        return new_node(m);
    value *slot = mutator_push(m, 2);
    slot[0] = make_bottom_up(m, depth - 1);
    slot[1] = make_bottom_up(m, depth - 1);
    value node = new_node(m);
    value_slot_set(m, node, LEFT, value_take(&slot[0]));
    value_slot_set(m, node, RIGHT, value_take(&slot[1]));
    mutator_pop(m);
    return node;
}

static uint64_t count_nodes(value node)
{
    return node ? 1 + count_nodes(value_slot_get(node, LEFT)) + count_nodes(value_slot_get(node, RIGHT)) : 0;
}

static value make_array(struct mutator *m, uint64_t doubles)
{
    value array = new_bytes(m, doubles * sizeof(double));
    for (uint64_t i = 0; i < doubles; i++) {
        double x = i > 0 && i < doubles / 2 ? 1.0 / (double)i : 0.0;
        memcpy(value_bytes(array) + i * sizeof x, &x, sizeof x);
    }
    return array;
}

enum { ROOT_TREE, ROOT_ARRAY, ROOTS };

static void gcbench_setup(struct mutator *m)
{
    const struct gcbench_params *p = mutator_params(m);
    value *root = mutator_roots(m, ROOTS);
    root[ROOT_TREE] = new_node(m);
    grow_top_down(m, p->long_lived_depth, root[ROOT_TREE]);
    root[ROOT_ARRAY] = make_array(m, p->array_size);
}

/* The tree is built in `slot`, counted and dropped. */
static void one_tree(struct mutator *m, value *slot, uint64_t depth, bool top_down)
{
    if (top_down) {
        value_replace(m, slot, new_node(m));
        grow_top_down(m, depth, *slot);
    } else {
        value_replace(m, slot, make_bottom_up(m, depth));
    }
    mutator_observe(m, count_nodes(*slot));
    value_replace(m, slot, NULL);
    mutator_request_done(m);
}

static void observe_long_lived(struct mutator *m)
{
    const value *root = mutator_all_roots(m);
    mutator_observe(m, count_nodes(root[ROOT_TREE]));
    uint64_t element;
    memcpy(&element, value_bytes(root[ROOT_ARRAY]) + 1000 * sizeof element, sizeof element);
    mutator_observe(m, element);
}

static void gcbench_run(struct mutator *m)
{
    const struct gcbench_params *p = mutator_params(m);
    value *slot = mutator_push(m, 1);

    one_tree(m, slot, p->stretch_depth, false);
    for (uint64_t depth = p->min_depth; depth <= p->max_depth; depth += 2) {
        uint64_t trees = mutator_scaled(m, 2 * tree_size(p->stretch_depth) / tree_size(depth));
        for (int pass = 0; pass < 2; pass++)
            for (uint64_t i = 0; i < trees; i++)
                one_tree(m, slot, depth, pass == 0);
    }
    observe_long_lived(m);
    mutator_pop(m);
}

const struct workload workload_gcbench = {
    .name = "gcbench",
    .stresses = "young churn over an old live set",
    .source = "Ellis, Kovac and Boehm, GCBench",
    .params = gcbench_params,
    .params_size = sizeof(struct gcbench_params),
    .reduced = gcbench_reduced,
    .classes = gcbench_classes,
    .setup = gcbench_setup,
    .run = gcbench_run,
};
