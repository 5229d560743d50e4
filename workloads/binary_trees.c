/* binary_trees.c - the Benchmarks Game's binary-trees: full trees, built bottom up and dropped.
 *
 * Model     a tree of depth n + 1 is built, counted and dropped; a tree of
 *           depth n lives for the whole run. Then, for d = min_depth,
 *           min_depth + 2, ... n, 2^(n - d + min_depth) trees of depth d are
 *           built, counted and dropped. A node is a tuple of its two subtrees,
 *           a leaf one of two Nones, as in the Game's Python programs. A
 *           request is one tree.
 * Stresses  allocation and release without cycles: the collector finds nothing,
 *           and what it costs is what it costs to look.
 * Source    The Computer Language Benchmarks Game, binary-trees. Differs: the
 *           Game times n = 21, which keeps half a gigabyte alive
 *           (--param depth=21); 16 is the default here. Scale multiplies the
 *           trees of each depth.
 */
#include "workloads/workload.h"

struct binary_trees_params {
    uint64_t depth, min_depth;
};

static const struct workload_param binary_trees_params[] = {
    WORKLOAD_INTEGER(struct binary_trees_params, depth, 16, 1, 28, "n of the Game: depth of the long-lived tree"),
    WORKLOAD_INTEGER(struct binary_trees_params, min_depth, 4, 1, 28, "depth of the smallest trees"),
    {0},
};

static const struct workload_setting binary_trees_reduced[] = {{"depth", "10"}, {0}};

static value make_tree(struct mutator *m, uint64_t depth)
{
    value *child = mutator_push(m, 2);
    for (int i = 0; i < 2; i++)
        child[i] = depth > 0 ? make_tree(m, depth - 1) : new_none(m);
    value node = new_tuple(m, child, 2);
    mutator_pop(m);
    return node;
}

static uint64_t count_nodes(value node, uint64_t depth)
{
    if (depth == 0)
        return 1;
    return 1 + count_nodes(value_tuple_get(node, 0), depth - 1) + count_nodes(value_tuple_get(node, 1), depth - 1);
}

/* The tree is built in `slot`, counted and dropped. */
static void one_tree(struct mutator *m, value *slot, uint64_t depth)
{
    value_replace(m, slot, make_tree(m, depth));
    mutator_observe(m, count_nodes(*slot, depth));
    value_replace(m, slot, NULL);
    mutator_request_done(m);
}

static void binary_trees_run(struct mutator *m)
{
    const struct binary_trees_params *p = mutator_params(m);
    enum { LONG_LIVED, TREE, SLOTS };
    value *slot = mutator_push(m, SLOTS);
    uint64_t trees = UINT64_C(1) << p->depth;

    one_tree(m, &slot[TREE], p->depth + 1);
    slot[LONG_LIVED] = make_tree(m, p->depth);
    for (uint64_t d = p->min_depth; d <= p->depth; d += 2, trees /= 4) {
        uint64_t scaled = mutator_scaled(m, trees);
        for (uint64_t i = 0; i < scaled; i++)
            one_tree(m, &slot[TREE], d);
    }
    mutator_observe(m, count_nodes(slot[LONG_LIVED], p->depth));
    mutator_pop(m);
}

const struct workload workload_binary_trees = {
    .name = "binary-trees",
    .stresses = "allocation and release without cycles",
    .source = "The Computer Language Benchmarks Game, binary-trees",
    .params = binary_trees_params,
    .params_size = sizeof(struct binary_trees_params),
    .reduced = binary_trees_reduced,
    .run = binary_trees_run,
};
