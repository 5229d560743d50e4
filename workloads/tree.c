/* tree.c - cyclotron's trees: b-trees with a loop, filled in random order and changed once.
 *
 * Model     a tree holds `cycle_size` records (slots key, payload, witness) in a
 *           b-tree of branching factor 16. Its keys come in random order; then
 *           the lowest 20 % are deleted and inserted again. The tree object
 *           refers to itself, so that all of it is one piece of cyclic
 *           garbage; its first record carries `extra_bytes` of payload, and a
 *           witness whose finalizer counts the tree as freed. Trees are kept
 *           in a list that is cleared whenever it holds `live_objects` records.
 *           A request is one tree.
 * Stresses  as chain, with lists between the objects and stores all over a tree.
 * Source    nascheme/cyclotron, workload "tree". Differs: ends at total_objects;
 *           a leaf that deletions empty is dropped, others are not merged,
 *           since what is deleted is inserted again.
 */
#include "workloads/workload.h"

#include <string.h>

enum { TREE, NODE, RECORD, WITNESS };
enum { TREE_ROOT, TREE_SELF, TREE_SLOTS };
enum { NODE_RECORDS, NODE_CHILDREN, NODE_SLOTS }; /* a leaf has no children; else one more than records */
enum { RECORD_KEY, RECORD_PAYLOAD, RECORD_WITNESS, RECORD_SLOTS };
enum { WITNESS_OBJECTS, WITNESS_BYTES, WITNESS_SLOTS }; /* what dies with it */
enum { BRANCHING = 16, MOST_RECORDS = BRANCHING - 1 };

static void witness_finalizer(struct mutator *m, value self)
{
    value objects = value_slot_get(self, WITNESS_OBJECTS), bytes = value_slot_get(self, WITNESS_BYTES);
    if (objects && bytes) /* out of memory can end a run before they are set */
        mutator_count_reclaimed(m, (uint64_t)value_int(objects), (uint64_t)value_int(bytes));
}

static const struct workload_class tree_classes[] = {
    {.name = "Tree", .slots = TREE_SLOTS},
    {.name = "Node", .slots = NODE_SLOTS},
    {.name = "Record", .slots = RECORD_SLOTS},
    {.name = "Witness", .slots = WITNESS_SLOTS, .finalizer = witness_finalizer},
    {0},
};

struct tree_params {
    uint64_t cycle_size, extra_bytes, live_objects, total_objects;
};

static const struct workload_param tree_params[] = {
    WORKLOAD_INTEGER(struct tree_params, cycle_size, 100, 1, 10000000, "records in a tree"),
    WORKLOAD_INTEGER(struct tree_params, extra_bytes, 0, 0, 1073741824, "payload of a tree, bytes"),
    WORKLOAD_INTEGER(struct tree_params, live_objects, 10000, 1, 1e12, "records kept before the list is cleared"),
    WORKLOAD_INTEGER(struct tree_params, total_objects, 300000, 0, 1e12, "records made in all"),
    {0},
};

static const struct workload_setting tree_reduced[] = {
    {"cycle_size", "20"}, {"extra_bytes", "20"}, {"live_objects", "400"}, {"total_objects", "15000"}, {0}};

/* ---- Lists: insertion, and moving a tail ---- */

/* list.insert(i, item); takes the reference over. */
static void insert_at(struct mutator *m, value list, size_t i, value item)
{
    value_list_append(m, list, item);
    for (size_t at = value_list_length(list) - 1; at > i; at--) {
        value moved = value_keep(value_list_get(list, at - 1));
        value stays = value_keep(value_list_get(list, at));
        value_list_set(m, list, at, moved);
        value_list_set(m, list, at - 1, stays);
    }
}

/* to += from[i:]; del from[i:] */
static void move_tail(struct mutator *m, value from, size_t i, value to)
{
    for (size_t at = i; at < value_list_length(from); at++)
        value_list_append(m, to, value_keep(value_list_get(from, at)));
    while (value_list_length(from) > i)
        value_list_delete(m, from, value_list_length(from) - 1);
}

/* ---- The b-tree ---- */

static value records_of(value node)
{
    return value_slot_get(node, NODE_RECORDS);
}

static value children_of(value node)
{
    return value_slot_get(node, NODE_CHILDREN);
}

static int64_t key_of(value record)
{
    return value_int(value_slot_get(record, RECORD_KEY));
}

static value make_node(struct mutator *m, bool leaf)
{
    value *node = mutator_push(m, 1);
    node[0] = new_slots(m, NODE);
    value_slot_set(m, node[0], NODE_RECORDS, new_list(m, 0));
    if (!leaf)
        value_slot_set(m, node[0], NODE_CHILDREN, new_list(m, 0));
    value made = value_take(node);
    mutator_pop(m);
    return made;
}

/* Splits the full child i of a node in two; its middle record moves up. */
static void split_child(struct mutator *m, value node, size_t i)
{
    value child = value_list_get(children_of(node), i);
    size_t middle = value_list_length(records_of(child)) / 2;
    insert_at(m, children_of(node), i + 1, make_node(m, !children_of(child)));
    value right = value_list_get(children_of(node), i + 1);
    move_tail(m, records_of(child), middle + 1, records_of(right));
    if (children_of(child))
        move_tail(m, children_of(child), middle + 1, children_of(right));
    insert_at(m, records_of(node), i, value_keep(value_list_get(records_of(child), middle)));
    value_list_delete(m, records_of(child), middle);
}

/* Records of the node whose keys are below `key`. */
static size_t find_place(value node, int64_t key)
{
    size_t i = 0;
    while (i < value_list_length(records_of(node)) && key_of(value_list_get(records_of(node), i)) < key)
        i++;
    return i;
}

/* Full nodes are split on the way down. `record` is rooted. */
static void insert(struct mutator *m, value tree, value record)
{
    value node = value_slot_get(tree, TREE_ROOT);
    if (value_list_length(records_of(node)) == MOST_RECORDS) {
        value *above = mutator_push(m, 1);
        above[0] = make_node(m, false);
        value_list_append(m, children_of(above[0]), value_keep(node));
        value_slot_set(m, tree, TREE_ROOT, value_take(above));
        mutator_pop(m);
        node = value_slot_get(tree, TREE_ROOT);
        split_child(m, node, 0);
    }
    while (children_of(node)) {
        size_t i = find_place(node, key_of(record));
        if (value_list_length(records_of(value_list_get(children_of(node), i))) == MOST_RECORDS) {
            split_child(m, node, i);
            i = find_place(node, key_of(record));
        }
        node = value_list_get(children_of(node), i);
    }
    insert_at(m, records_of(node), find_place(node, key_of(record)), value_keep(record));
}

/* Moves the record of the lowest key out of a subtree into a slot. False when
 * there is none: the subtree can go. */
static bool take_lowest(struct mutator *m, value node, value *slot)
{
    value records = records_of(node);
    if (children_of(node)) {
        if (take_lowest(m, value_list_get(children_of(node), 0), slot))
            return true;
        if (value_list_length(records) == 0)
            return false;
        value_list_delete(m, children_of(node), 0);
    }
    if (value_list_length(records) == 0)
        return false;
    value_replace(m, slot, value_keep(value_list_get(records, 0)));
    value_list_delete(m, records, 0);
    return true;
}

/* Records of a subtree, and 0 once their keys are out of order. */
static uint64_t count_records(value node, int64_t *last)
{
    value records = records_of(node), children = children_of(node);
    uint64_t n = 0;
    for (size_t i = 0; i <= value_list_length(records); i++) {
        if (children)
            n += count_records(value_list_get(children, i), last);
        if (i == value_list_length(records))
            break;
        int64_t key = key_of(value_list_get(records, i));
        if (key <= *last)
            return 0;
        *last = key;
        n++;
    }
    return n;
}

/* ---- What a tree weighs ---- */

/* Tracked objects, and bytes of all that dies with them, as sys.getsizeof counts. */
struct weight {
    uint64_t objects, bytes;
};

static void weigh_object(struct weight *w, value object)
{
    w->objects++;
    w->bytes += value_footprint(object);
}

static void weigh_atom(struct mutator *m, struct weight *w, value atom)
{
    if (atom && !value_is_shared(m, atom))
        w->bytes += value_footprint(atom);
}

static void weigh_record(struct mutator *m, struct weight *w, value record)
{
    value witness = value_slot_get(record, RECORD_WITNESS);
    weigh_object(w, record);
    weigh_atom(m, w, value_slot_get(record, RECORD_KEY));
    weigh_atom(m, w, value_slot_get(record, RECORD_PAYLOAD));
    if (witness)
        weigh_object(w, witness);
}

static void weigh_node(struct mutator *m, struct weight *w, value node)
{
    value records = records_of(node), children = children_of(node);
    weigh_object(w, node);
    weigh_object(w, records);
    for (size_t i = 0; i < value_list_length(records); i++)
        weigh_record(m, w, value_list_get(records, i));
    if (!children)
        return;
    weigh_object(w, children);
    for (size_t i = 0; i < value_list_length(children); i++)
        weigh_node(m, w, value_list_get(children, i));
}

static value lowest_record(value tree)
{
    value node = value_slot_get(tree, TREE_ROOT);
    while (children_of(node))
        node = value_list_get(children_of(node), 0);
    return value_list_get(records_of(node), 0);
}

/* Writes the tree's weight into its witness: a finalizer cannot weigh it, since
 * the witness does not refer to the tree. The two numbers weigh, too. */
static void note_weight(struct mutator *m, value tree, struct weight *kept)
{
    struct weight w = {0};
    value witness = value_slot_get(lowest_record(tree), RECORD_WITNESS);
    weigh_object(&w, tree);
    weigh_node(m, &w, value_slot_get(tree, TREE_ROOT));
    value_slot_set(m, witness, WITNESS_OBJECTS, new_int(m, (int64_t)w.objects));
    weigh_atom(m, &w, value_slot_get(witness, WITNESS_OBJECTS));
    value_slot_set(m, witness, WITNESS_BYTES, new_int(m, (int64_t)w.bytes));
    size_t own = value_footprint(value_slot_get(witness, WITNESS_BYTES));
    w.bytes += own;
    value_slot_set(m, witness, WITNESS_BYTES, new_int(m, (int64_t)w.bytes));
    kept->objects += w.objects;
    kept->bytes += w.bytes;
}

/* ---- The workload ---- */

static void add_record(struct mutator *m, value tree, int64_t key)
{
    value *record = mutator_push(m, 1);
    record[0] = new_slots(m, RECORD);
    value_slot_set(m, record[0], RECORD_KEY, new_int(m, key));
    insert(m, tree, record[0]);
    mutator_pop(m);
}

/* The keys are 0 to n - 1, shuffled by a generator of numbers below a power of
 * two that meets each once (Knuth, TAOCP 2, 3.2.1.2), as no list of keys is to
 * be part of the heap. */
static void fill(struct mutator *m, value tree, uint64_t n)
{
    uint64_t size = 1;
    while (size < n)
        size *= 2;
    uint64_t key = random_below(m, size), step = 2 * random_below(m, size) + 1;
    for (uint64_t i = 0; i < size; i++, key = (key * 5 + step) % size)
        if (key < n)
            add_record(m, tree, (int64_t)key);
}

/* The lowest fifth leaves, and comes in again. */
static void change(struct mutator *m, value tree, uint64_t n)
{
    value *taken = mutator_push(m, 2);
    taken[0] = new_list(m, 0);
    for (uint64_t i = 0; i < n / 5; i++) {
        take_lowest(m, value_slot_get(tree, TREE_ROOT), &taken[1]);
        mutator_observe(m, (uint64_t)key_of(taken[1]));
        value_list_append(m, taken[0], value_take(&taken[1]));
    }
    for (uint64_t i = 0; i < n / 5; i++)
        insert(m, tree, value_list_get(taken[0], i));
    mutator_pop(m);
}

static void add_payload(struct mutator *m, const struct tree_params *p, value tree)
{
    value *first = mutator_push(m, 1);
    take_lowest(m, value_slot_get(tree, TREE_ROOT), first);
    if (p->extra_bytes > 0) {
        size_t bytes = p->extra_bytes > 2 ? p->extra_bytes : 2;
        value payload = new_bytes(m, bytes);
        memset(value_bytes(payload), 0, bytes);
        value_slot_set(m, first[0], RECORD_PAYLOAD, payload);
    }
    value_slot_set(m, first[0], RECORD_WITNESS, new_slots(m, WITNESS));
    insert(m, tree, first[0]);
    mutator_pop(m);
}

/* Adds its weight to that of those that are kept. */
static value make_tree(struct mutator *m, const struct tree_params *p, struct weight *kept)
{
    value *tree = mutator_push(m, 1);
    tree[0] = new_slots(m, TREE);
    value_slot_set(m, tree[0], TREE_SELF, value_keep(tree[0]));
    value_slot_set(m, tree[0], TREE_ROOT, make_node(m, true));
    fill(m, tree[0], p->cycle_size);
    change(m, tree[0], p->cycle_size);
    add_payload(m, p, tree[0]);
    note_weight(m, tree[0], kept);
    value made = value_take(tree);
    mutator_pop(m);
    return made;
}

static void tree_run(struct mutator *m)
{
    const struct tree_params *p = mutator_params(m);
    value *kept = mutator_roots(m, 1);
    kept[0] = new_list(m, 0);
    uint64_t total = mutator_scaled(m, p->total_objects);
    struct weight weight = {0};
    for (uint64_t made = 0; made < total; made += p->cycle_size) {
        value_list_append(m, kept[0], make_tree(m, p, &weight));
        if (value_list_length(kept[0]) * p->cycle_size >= p->live_objects) {
            int64_t last = -1;
            value oldest = value_slot_get(value_list_get(kept[0], 0), TREE_ROOT);
            mutator_observe(m, count_records(oldest, &last));
            mutator_observe(m, (uint64_t)key_of(value_list_get(records_of(oldest), 0)));
            value_list_clear(m, kept[0]);
            mutator_count_dropped(m, weight.objects, weight.bytes);
            weight = (struct weight){0};
        }
        mutator_request_done(m);
    }
}

const struct workload workload_tree = {
    .name = "tree",
    .stresses = "garbage of lists and objects, with stores all over",
    .source = "nascheme/cyclotron, workload tree",
    .params = tree_params,
    .params_size = sizeof(struct tree_params),
    .reduced = tree_reduced,
    .classes = tree_classes,
    .knows_garbage = true,
    .run = tree_run,
};
