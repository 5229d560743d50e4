/* tree_parent.c - binary trees whose nodes know their parent: every dropped tree is a cycle.
 *
 * Model     as binary-trees, but a node has slots left, right and parent: for
 *           d = min_depth, min_depth + 2, ... depth, 2^(depth - d + min_depth)
 *           trees of depth d are built top down, counted and dropped, beside
 *           one tree of `depth` that lives for the whole run. A request is
 *           one tree.
 * Stresses  the collector: counts of references free nothing here, all of it
 *           is left to collections.
 * Source    binary-trees of the Benchmarks Game with a parent link, as
 *           document trees, syntax trees and widget trees have it. Differs:
 *           one depth less of trees and no stretch tree, since what floats
 *           would be all that there is to see.
 */
#include "workloads/workload.h"

enum { NODE };
enum { LEFT, RIGHT, PARENT, NODE_SLOTS };

static const struct workload_class tree_parent_classes[] = {{.name = "Node", .slots = NODE_SLOTS}, {0}};

struct tree_parent_params {
    uint64_t depth, min_depth;
};

static const struct workload_param tree_parent_params[] = {
    WORKLOAD_INTEGER(struct tree_parent_params, depth, 14, 1, 26, "depth of the largest trees and the long-lived one"),
    WORKLOAD_INTEGER(struct tree_parent_params, min_depth, 4, 1, 26, "depth of the smallest trees"),
    {0},
};

static const struct workload_setting tree_parent_reduced[] = {{"depth", "10"}, {0}};

/* `node` is rooted. */
static void grow(struct mutator *m, value node, uint64_t depth)
{
    for (size_t side = LEFT; depth > 0 && side <= RIGHT; side++) {
        value child = new_slots(m, NODE);
        value_slot_set(m, node, side, child);
        value_slot_set(m, child, PARENT, value_keep(node));
        grow(m, child, depth - 1);
    }
}

static void make_tree(struct mutator *m, value *slot, uint64_t depth)
{
    value_replace(m, slot, new_slots(m, NODE));
    grow(m, *slot, depth);
}

/* Nodes that their children's parent links lead back to. */
static uint64_t count_nodes(value node)
{
    uint64_t n = 1;
    for (size_t side = LEFT; side <= RIGHT; side++) {
        value child = value_slot_get(node, side);
        if (child && value_slot_get(child, PARENT) == node)
            n += count_nodes(child);
    }
    return n;
}

static void tree_parent_run(struct mutator *m)
{
    const struct tree_parent_params *p = mutator_params(m);
    enum { LONG_LIVED, TREE, SLOTS };
    value *slot = mutator_push(m, SLOTS);

    make_tree(m, &slot[LONG_LIVED], p->depth);
    for (uint64_t d = p->min_depth; d < p->depth; d += 2) {
        uint64_t trees = mutator_scaled(m, UINT64_C(1) << (p->depth - d + p->min_depth));
        for (uint64_t i = 0; i < trees; i++) {
            make_tree(m, &slot[TREE], d);
            mutator_observe(m, count_nodes(slot[TREE]));
            mutator_request_done(m);
        }
    }
    mutator_observe(m, count_nodes(slot[LONG_LIVED]));
    mutator_pop(m);
}

const struct workload workload_tree_parent = {
    .name = "tree-parent",
    .stresses = "trees that only the collector can free",
    .source = "binary-trees of the Benchmarks Game with parent links",
    .params = tree_parent_params,
    .params_size = sizeof(struct tree_parent_params),
    .reduced = tree_parent_reduced,
    .classes = tree_parent_classes,
    .run = tree_parent_run,
};
