/* batch_load.c - a large graph that is built once and kept.
 *
 * Model     each of `loads` loads `modules` modules, one after the other. A module is a
 *           list of `nodes` nodes (slots kind, name, children, parent, scope):
 *           a syntax tree in which each node has a parent link and a list of
 *           children, with `references` links to nodes of modules loaded
 *           before. Everything stays until the load is done. A request is one
 *           module.
 * Stresses  collections that find nothing while the heap grows: each looks at
 *           what is there, and the quarter rule alone keeps the sum linear.
 * Source    our own, after what type checkers, imports and deserialisers do:
 *           python/mypy raised threshold 0 to 200,000 for it (#18306).
 */
#include "workloads/workload.h"

enum { NODE };
enum { KIND, CHILDREN, PARENT, SCOPE, REFERENCE, NODE_SLOTS };

static const struct workload_class batch_load_classes[] = {{.name = "Node", .slots = NODE_SLOTS}, {0}};

struct batch_load_params {
    uint64_t modules, nodes, fan_out, loads;
    double references;
};

static const struct workload_param batch_load_params[] = {
    WORKLOAD_INTEGER(struct batch_load_params, modules, 400, 1, 1e9, "modules of a load"),
    WORKLOAD_INTEGER(struct batch_load_params, nodes, 1000, 1, 100000000, "nodes of a module"),
    WORKLOAD_INTEGER(struct batch_load_params, fan_out, 4, 1, 1000000, "children of a node"),
    WORKLOAD_INTEGER(struct batch_load_params, loads, 1, 0, 1e9, "loads, each dropped before the next"),
    WORKLOAD_FRACTION(struct batch_load_params, references, 0.2, 0, 1, "share of nodes that refer to another module"),
    {0},
};

static const struct workload_setting batch_load_reduced[] = {{"modules", "50"}, {"nodes", "100"}, {"loads", "4"}, {0}};

enum { ROOT_MODULES, ROOTS };

static value module_at(value modules, uint64_t i)
{
    return value_list_get(modules, i);
}

/* A node that was loaded before, lent. */
static value pick_node(struct mutator *m, value modules)
{
    value module = module_at(modules, random_below(m, value_list_length(modules)));
    return value_list_get(module, random_below(m, value_list_length(module)));
}

static void link_to_parent(struct mutator *m, value module, uint64_t i, uint64_t fan_out)
{
    value node = value_list_get(module, i);
    value parent = value_list_get(module, (i - 1) / fan_out);
    if (!value_slot_get(parent, CHILDREN))
        value_slot_set(m, parent, CHILDREN, new_list(m, 0));
    value_list_append(m, value_slot_get(parent, CHILDREN), value_keep(node));
    value_slot_set(m, node, PARENT, value_keep(parent));
}

static void load_module(struct mutator *m, const struct batch_load_params *p, value modules)
{
    value *module = mutator_push(m, 1);
    module[0] = new_list(m, 0);
    for (uint64_t i = 0; i < p->nodes; i++) {
        value_list_append(m, module[0], new_slots(m, NODE));
        value node = value_list_get(module[0], i);
        value_slot_set(m, node, KIND, new_int(m, (int64_t)(i % 200)));
        value_slot_set(m, node, SCOPE, value_keep(value_list_get(module[0], 0)));
        if (i > 0)
            link_to_parent(m, module[0], i, p->fan_out);
        if (value_list_length(modules) > 0 && random_chance(m, p->references))
            value_slot_set(m, node, REFERENCE, value_keep(pick_node(m, modules)));
    }
    value_list_append(m, modules, value_take(module));
    mutator_pop(m);
}

/* Children counted through the parent links of one module, and the kinds of
 * the nodes that it refers to. */
static uint64_t read_module(value module)
{
    uint64_t n = 0;
    for (size_t i = 0; i < value_list_length(module); i++) {
        value node = value_list_get(module, i);
        value parent = value_slot_get(node, PARENT), other = value_slot_get(node, REFERENCE);
        if (parent)
            n += value_list_length(value_slot_get(parent, CHILDREN));
        if (other)
            n += (uint64_t)value_int(value_slot_get(other, KIND)) << 32;
    }
    return n;
}

static void batch_load_run(struct mutator *m)
{
    const struct batch_load_params *p = mutator_params(m);
    value *root = mutator_roots(m, ROOTS);
    for (uint64_t load = 0, n = mutator_scaled(m, p->loads); load < n; load++) {
        value_replace(m, &root[ROOT_MODULES], NULL);
        root[ROOT_MODULES] = new_list(m, 0);
        for (uint64_t i = 0; i < p->modules; i++) {
            load_module(m, p, root[ROOT_MODULES]);
            mutator_observe(m, read_module(module_at(root[ROOT_MODULES], i / 2 + (i > 0))));
            mutator_request_done(m);
        }
    }
}

const struct workload workload_batch_load = {
    .name = "batch-load",
    .stresses = "collections that find nothing while the heap grows",
    .source = "our own, after python/mypy#18306",
    .params = batch_load_params,
    .params_size = sizeof(struct batch_load_params),
    .reduced = batch_load_reduced,
    .classes = batch_load_classes,
    .run = batch_load_run,
};
