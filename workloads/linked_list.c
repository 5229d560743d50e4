/* linked_list.c - doubly linked lists that grow and are dropped whole.
 *
 * Model     `lists` lists of `length` nodes; each step reads one list picked
 *           at random, builds another in its place and drops it. A node holds
 *           next, prev and a payload, so every dropped list is one cycle of
 *           `length` nodes.
 * Stresses  promotion: a list longer than threshold 0 is half old before it
 *           is whole.
 * Source    the case that sank CPython's first incremental collector
 *           (python/cpython pull request 108038, discussion); the sizes are
 *           our own choice, since the discussion fixes none.
 */
#include "workloads/workload.h"

enum { NODE };
enum { NEXT, PREV, PAYLOAD, NODE_SLOTS };

static const struct workload_class linked_list_classes[] = {{.name = "Node", .slots = NODE_SLOTS}, {0}};

struct linked_list_params {
    uint64_t lists, length, steps;
};

static const struct workload_param linked_list_params[] = {
    WORKLOAD_INTEGER(struct linked_list_params, lists, 100, 1, 10000, "lists alive at a time"),
    WORKLOAD_INTEGER(struct linked_list_params, length, 1000, 1, 10000000, "nodes in a list"),
    WORKLOAD_INTEGER(struct linked_list_params, steps, 1500, 0, 1e12, "lists replaced"),
    {0},
};

static const struct workload_setting linked_list_reduced[] = {
    {"lists", "10"}, {"length", "100"}, {"steps", "1500"}, {0}};

/* Appends a node to the list from slot[0] on, of which `tail` is the last
 * node, and returns the new last one, lent. */
static value append_node(struct mutator *m, value *slot, value tail, int64_t payload)
{
    slot[1] = new_slots(m, NODE);
    value node = slot[1];
    value_slot_set(m, node, PAYLOAD, new_int(m, payload));
    if (tail) {
        value_slot_set(m, node, PREV, value_keep(tail));
        value_slot_set(m, tail, NEXT, value_take(&slot[1]));
    } else {
        slot[0] = value_take(&slot[1]);
    }
    return node;
}

static value build(struct mutator *m, uint64_t length, int64_t payload)
{
    value *slot = mutator_push(m, 2);
    value tail = NULL;
    for (uint64_t i = 0; i < length; i++)
        tail = append_node(m, slot, tail, payload + (int64_t)i);
    value head = value_take(&slot[0]);
    mutator_pop(m);
    return head;
}

/* Sum of the payloads, there by next and back by prev. */
static uint64_t sum(value head)
{
    uint64_t total = 0;
    value last = head;
    for (value node = head; node; node = value_slot_get(node, NEXT)) {
        total += (uint64_t)value_int(value_slot_get(node, PAYLOAD));
        last = node;
    }
    for (value node = last; node; node = value_slot_get(node, PREV))
        total += 3 * (uint64_t)value_int(value_slot_get(node, PAYLOAD));
    return total;
}

static void linked_list_setup(struct mutator *m)
{
    const struct linked_list_params *p = mutator_params(m);
    value *lists = mutator_roots(m, p->lists);
    for (uint64_t i = 0; i < p->lists; i++)
        value_replace(m, &lists[i], build(m, p->length, (int64_t)i));
}

static void linked_list_run(struct mutator *m)
{
    const struct linked_list_params *p = mutator_params(m);
    value *lists = mutator_all_roots(m);
    uint64_t steps = mutator_scaled(m, p->steps);

    for (uint64_t step = 0; step < steps; step++) {
        uint64_t k = random_below(m, p->lists);
        mutator_observe(m, sum(lists[k]));
        value_replace(m, &lists[k], build(m, p->length, (int64_t)step));
        mutator_request_done(m);
    }
}

const struct workload workload_linked_list = {
    .name = "linked-list",
    .stresses = "promotion of long cycles",
    .source = "python/cpython pull request 108038",
    .params = linked_list_params,
    .params_size = sizeof(struct linked_list_params),
    .reduced = linked_list_reduced,
    .classes = linked_list_classes,
    .setup = linked_list_setup,
    .run = linked_list_run,
};
