/* splay.c - a splay tree with a payload on each node, modified without pause.
 *
 * Model     set-up inserts `tree_size` nodes (slots key, value, left, right)
 *           with random keys. A payload is a full binary tree of
 *           `payload_depth` (slots left, right), each leaf of which holds a
 *           list of ten ints and a string of about 40 characters. Each of
 *           `steps` makes `modifications` insertions of a new node, each
 *           followed by the removal of the node with the greatest key below
 *           it. A request is one insertion and removal.
 * Stresses  stores all over a large old graph; what dies is old, young or both.
 * Source    V8 benchmark suite and Octane, splay: 8,000 nodes, payload depth 5,
 *           80 modifications a run. Differs: the tree is made in set-up;
 *           keys are ints of 53 bits, since the seeded generator gives those.
 * Note      as many objects die as are made, so that CPython's counter of
 *           allocations less deallocations stays low and nothing is collected
 *           unless by hand (manual:N) or at low thresholds.
 * Splaying  Sleator and Tarjan, "Self-adjusting binary search trees", JACM
 *           1985, top down.
 */
#include "workloads/workload.h"

#include <inttypes.h>
#include <stdio.h>

enum { NODE, PAYLOAD, LEAF };
enum { LEFT, RIGHT, KEY, VALUE, NODE_SLOTS };
enum { PAYLOAD_SLOTS = 2 };
enum { LEAF_ARRAY, LEAF_TEXT, LEAF_SLOTS, LEAF_INTS = 10 };

static const struct workload_class splay_classes[] = {
    {.name = "Node", .slots = NODE_SLOTS},
    {.name = "Payload", .slots = PAYLOAD_SLOTS},
    {.name = "Leaf", .slots = LEAF_SLOTS},
    {0},
};

struct splay_params {
    uint64_t tree_size, payload_depth, modifications, steps;
};

static const struct workload_param splay_params[] = {
    WORKLOAD_INTEGER(struct splay_params, tree_size, 8000, 2, 1e9, "nodes of the tree"),
    WORKLOAD_INTEGER(struct splay_params, payload_depth, 5, 0, 24, "depth of each payload tree"),
    WORKLOAD_INTEGER(struct splay_params, modifications, 80, 1, 1e9, "insertions and removals in a step"),
    WORKLOAD_INTEGER(struct splay_params, steps, 50, 0, 1e12, "steps"),
    {0},
};

static const struct workload_setting splay_reduced[] = {
    {"tree_size", "150"}, {"payload_depth", "2"}, {"modifications", "10"}, {"steps", "200"}, {0}};

/* ---- Payload ---- */

static value make_leaf(struct mutator *m, int64_t tag)
{
    char text[64];
    value *leaf = mutator_push(m, 1);
    leaf[0] = new_slots(m, LEAF);
    value_slot_set(m, leaf[0], LEAF_ARRAY, new_list(m, LEAF_INTS));
    for (int64_t i = 0; i < LEAF_INTS; i++)
        value_list_set(m, value_slot_get(leaf[0], LEAF_ARRAY), (size_t)i, new_int(m, i));
    int length = snprintf(text, sizeof text, "String for key %" PRId64 " in leaf node", tag);
    value_slot_set(m, leaf[0], LEAF_TEXT, new_str(m, text, (size_t)length));
    value made = value_take(leaf);
    mutator_pop(m);
    return made;
}

static value make_payload(struct mutator *m, uint64_t depth, int64_t tag)
{
    if (depth == 0)
        return make_leaf(m, tag);
    value *node = mutator_push(m, 1);
    node[0] = new_slots(m, PAYLOAD);
    value_slot_set(m, node[0], LEFT, make_payload(m, depth - 1, tag));
    value_slot_set(m, node[0], RIGHT, make_payload(m, depth - 1, tag));
    value made = value_take(node);
    mutator_pop(m);
    return made;
}

/* ---- The tree: root in a slot, references moved, never copied ---- */

static int64_t key_of(value node)
{
    return value_int(value_slot_get(node, KEY));
}

/* Takes a subtree out of its node; the caller owns it. */
static value take_side(struct mutator *m, value node, size_t side)
{
    value child = value_slot_get(node, side);
    if (!child)
        return NULL;
    value_keep(child);
    value_slot_set(m, node, side, NULL);
    return child;
}

/* The child of *root on `side` becomes *root, and *root its child. */
static void rotate(struct mutator *m, value *root, size_t side)
{
    value child = take_side(m, *root, side);
    value_slot_set(m, *root, side, take_side(m, child, side == LEFT ? RIGHT : LEFT));
    value_slot_set(m, child, side == LEFT ? RIGHT : LEFT, value_take(root));
    *root = child;
}

/* Brings the node of that key, or a neighbour of its place, to the top.
 * `slot`: three empty slots. left and right hold what is smaller and larger;
 * the ends where more is hung on are lent. */
static void splay(struct mutator *m, value *root, int64_t key, value *slot)
{
    value end[2] = {NULL, NULL};
    while (key_of(*root) != key) {
        size_t side = key < key_of(*root) ? LEFT : RIGHT;
        value child = value_slot_get(*root, side);
        if (!child)
            break;
        value beyond = value_slot_get(child, side);
        if (beyond && (side == LEFT ? key < key_of(child) : key > key_of(child)))
            rotate(m, root, side);
        size_t other = side == LEFT ? RIGHT : LEFT;
        value next = take_side(m, *root, side);
        if (!next)
            break;
        value node = value_take(root);
        if (end[other])
            value_slot_set(m, end[other], side, node);
        else
            slot[other] = node;
        end[other] = node;
        *root = next;
    }
    for (size_t side = LEFT; side <= RIGHT; side++) {
        size_t inner = side == LEFT ? RIGHT : LEFT;
        if (!end[side])
            continue;
        value_slot_set(m, end[side], inner, take_side(m, *root, side));
        value_slot_set(m, *root, side, value_take(&slot[side]));
    }
}

/* False when the key is there already. */
static bool insert(struct mutator *m, value *root, int64_t key, uint64_t payload_depth, value *slot)
{
    if (*root) {
        splay(m, root, key, slot);
        if (key_of(*root) == key)
            return false;
    }
    value *node = &slot[2];
    *node = new_slots(m, NODE);
    value_slot_set(m, *node, KEY, new_int(m, key));
    value_slot_set(m, *node, VALUE, make_payload(m, payload_depth, key));
    if (*root) {
        size_t side = key > key_of(*root) ? LEFT : RIGHT;
        size_t other = side == LEFT ? RIGHT : LEFT;
        value_slot_set(m, *node, other, take_side(m, *root, other));
        value_slot_set(m, *node, side, value_take(root));
    }
    *root = value_take(node);
    return true;
}

/* Removes the node of a key, which is there. */
static void remove_key(struct mutator *m, value *root, int64_t key, value *slot)
{
    splay(m, root, key, slot);
    value right = take_side(m, *root, RIGHT);
    value left = take_side(m, *root, LEFT);
    if (!left) {
        value_replace(m, root, right);
        return;
    }
    value_replace(m, root, left);
    splay(m, root, key, slot); /* the greatest of the smaller ones: it has no right side */
    value_slot_set(m, *root, RIGHT, right);
}

/* The greatest key below `key`, which is at the top; `key` itself when there is none. */
static int64_t greatest_below(value root, int64_t key)
{
    value node = value_slot_get(root, LEFT);
    if (!node)
        return key;
    while (value_slot_get(node, RIGHT))
        node = value_slot_get(node, RIGHT);
    return key_of(node);
}

/* ---- The workload ---- */

enum { ROOT_TREE, ROOT_WORK, ROOTS = ROOT_WORK + 3 };

static int64_t insert_new(struct mutator *m, value *root, uint64_t payload_depth)
{
    int64_t key;
    do
        key = (int64_t)(random_next(&m->random) >> 11);
    while (!insert(m, &root[ROOT_TREE], key, payload_depth, &root[ROOT_WORK]));
    return key;
}

static void splay_setup(struct mutator *m)
{
    const struct splay_params *p = mutator_params(m);
    value *root = mutator_roots(m, ROOTS);
    for (uint64_t i = 0; i < p->tree_size; i++)
        insert_new(m, root, p->payload_depth);
}

static void splay_run(struct mutator *m)
{
    const struct splay_params *p = mutator_params(m);
    value *root = mutator_all_roots(m);
    for (uint64_t i = 0, n = mutator_scaled(m, p->steps) * p->modifications; i < n; i++) {
        int64_t key = insert_new(m, root, p->payload_depth);
        int64_t victim = greatest_below(root[ROOT_TREE], key);
        remove_key(m, &root[ROOT_TREE], victim, &root[ROOT_WORK]);
        mutator_observe(m, (uint64_t)victim);
        mutator_request_done(m);
    }
}

const struct workload workload_splay = {
    .name = "splay",
    .stresses = "stores all over a large old graph",
    .source = "V8 benchmark suite and Octane, splay",
    .params = splay_params,
    .params_size = sizeof(struct splay_params),
    .reduced = splay_reduced,
    .classes = splay_classes,
    .setup = splay_setup,
    .run = splay_run,
};
