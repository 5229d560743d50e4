/* mutate.c - random changes, made to the heap first and then to the oracle. */
#include "harness/stress/session.h"

#include <string.h>

static void count_finalized(struct mutator *m, value self)
{
    value id = value_slot_get(self, 0);
    if (id)
        oracle_finalized(&session_of(m)->oracle, (uint64_t)value_int(id));
}

const struct workload_class session_classes[] = {
    [CLASS_PLAIN] = {.name = "Plain", .slots = 1 + SLOT_EDGES},
    [CLASS_FINALIZED] = {.name = "Finalized", .slots = 1 + SLOT_EDGES, .finalizer = count_finalized},
    {0},
};

static struct shadow *shadow(struct session *s, oracle_place place)
{
    return &s->oracle.at[place];
}

static value object(struct session *s, oracle_place place)
{
    return place == ORACLE_NONE ? NULL : shadow(s, place)->object;
}

/* One more reference to the object, to store where an empty edge is None. */
static value object_or_none(struct session *s, oracle_place place)
{
    return place == ORACLE_NONE ? new_none(&s->m) : value_keep(object(s, place));
}

/* A reachable object, by a short random walk from a root; ORACLE_NONE when
 * the walk finds none. */
static oracle_place pick(struct session *s)
{
    oracle_place place = s->oracle.root[session_below(s, ORACLE_ROOTS)];
    for (uint64_t steps = session_below(s, 8); steps > 0 && place != ORACLE_NONE; steps--) {
        const struct shadow *at = shadow(s, place);
        oracle_place next = at->edges ? at->edge[session_below(s, at->edges)] : ORACLE_NONE;
        if (next == ORACLE_NONE)
            break;
        place = next;
    }
    return place;
}

static bool is_list(const struct shadow *at)
{
    return at->shape == SHAPE_LIST;
}

static bool is_instance(const struct shadow *at)
{
    return at->shape == SHAPE_SLOTS || at->shape == SHAPE_FINALIZED;
}

/* A reachable object that can change, or ORACLE_NONE. */
static oracle_place pick_mutable(struct session *s)
{
    for (int tries = 0; tries < 4; tries++) {
        oracle_place place = pick(s);
        if (place != ORACLE_NONE && (is_list(shadow(s, place)) || is_instance(shadow(s, place))))
            return place;
    }
    return ORACLE_NONE;
}

/* ---- New objects ---- */

static value new_id(struct session *s, oracle_place place)
{
    return new_int(&s->m, (int64_t)shadow(s, place)->id);
}

static void make_list(struct session *s, value *slot, oracle_place place)
{
    slot[0] = new_list(&s->m, 0);
    value_list_append(&s->m, slot[0], new_id(s, place));
    for (uint32_t i = 0; i < shadow(s, place)->edges; i++)
        value_list_append(&s->m, slot[0], object_or_none(s, shadow(s, place)->edge[i]));
}

static void make_tuple(struct session *s, value *slot, oracle_place place)
{
    value *item = slot + 1;
    item[0] = new_id(s, place);
    uint32_t edges = shadow(s, place)->edges;
    for (uint32_t i = 0; i < edges; i++)
        item[1 + i] = object_or_none(s, shadow(s, place)->edge[i]);
    slot[0] = new_tuple(&s->m, item, 1 + edges);
}

static void make_instance(struct session *s, value *slot, oracle_place place)
{
    slot[0] = new_slots(&s->m, shadow(s, place)->shape == SHAPE_FINALIZED ? CLASS_FINALIZED : CLASS_PLAIN);
    value_slot_set(&s->m, slot[0], 0, new_id(s, place));
    for (uint32_t i = 0; i < SLOT_EDGES; i++) {
        value edge = object(s, shadow(s, place)->edge[i]);
        value_slot_set(&s->m, slot[0], 1 + i, edge ? value_keep(edge) : NULL);
    }
}

static void make_bytes(struct session *s, value *slot, oracle_place place)
{
    /* Past 512 bytes, so that pools and malloc both serve. */
    slot[0] = new_bytes(&s->m, ID_BYTES + session_below(s, 700));
    memcpy(value_bytes(slot[0]), &shadow(s, place)->id, ID_BYTES);
}

static uint32_t random_edges(struct session *s, enum shape shape)
{
    switch (shape) {
    case SHAPE_BYTES:
        return 0;
    case SHAPE_SLOTS:
    case SHAPE_FINALIZED:
        return SLOT_EDGES;
    default:
        return (uint32_t)session_below(s, ORACLE_EDGES / 2);
    }
}

/* A new object in root `root`, its edge 0 (if any) leading to `first`. */
static void make(struct session *s, enum shape shape, uint32_t edges, oracle_place first, size_t root)
{
    oracle_place place = oracle_add(&s->oracle, shape, edges);
    if (place == ORACLE_NONE)
        return;
    for (uint32_t i = 0; i < edges; i++)
        oracle_set(&s->oracle, place, i, i == 0 ? first : pick(s));

    value *slot = mutator_push(&s->m, 2 + ORACLE_EDGES);
    if (shape == SHAPE_LIST)
        make_list(s, slot, place);
    else if (shape == SHAPE_TUPLE)
        make_tuple(s, slot, place);
    else if (shape == SHAPE_BYTES)
        make_bytes(s, slot, place);
    else
        make_instance(s, slot, place);
    shadow(s, place)->object = slot[0];
    value_replace(&s->m, &mutator_all_roots(&s->m)[root], value_take(&slot[0]));
    mutator_pop(&s->m);
    oracle_set_root(&s->oracle, root, place);
    s->result->objects++;
}

/* A chain of lists, each holding the one before, in one root: released in one
 * deep cascade when the root goes. */
static void make_deep(struct session *s)
{
    size_t root = session_below(s, ORACLE_ROOTS);
    for (uint64_t depth = session_below(s, 200); depth > 0; depth--) {
        enum shape shape = session_below(s, 2) ? SHAPE_LIST : SHAPE_TUPLE;
        make(s, shape, 1, s->oracle.root[root], root);
    }
}

/* ---- Changes to objects ---- */

/* `from` can change; `to` may be itself. */
static void link_to(struct session *s, oracle_place from, oracle_place to)
{
    if (is_instance(shadow(s, from))) {
        uint32_t i = (uint32_t)session_below(s, SLOT_EDGES);
        value_slot_set(&s->m, object(s, from), 1 + i, value_keep(object(s, to)));
        oracle_set(&s->oracle, from, i, to);
    } else if (shadow(s, from)->edges < ORACLE_EDGES) {
        value_list_append(&s->m, object(s, from), value_keep(object(s, to)));
        oracle_append(&s->oracle, from, to);
    }
}

static void link_any(struct session *s)
{
    oracle_place from = pick_mutable(s), to = pick(s);
    if (from != ORACLE_NONE && to != ORACLE_NONE)
        link_to(s, from, to);
}

enum { FEW_ROOTS = 4 };

/* A new object in a root, most often held by an older object, too. */
static void make_any(struct session *s)
{
    enum shape shape = (enum shape)session_below(s, SHAPES);
    size_t root = session_below(s, s->growing ? FEW_ROOTS : ORACLE_ROOTS);
    make(s, shape, random_edges(s, shape), pick(s), root);
    oracle_place holder = session_below(s, 8) ? pick_mutable(s) : ORACLE_NONE;
    if (holder != ORACLE_NONE && s->oracle.root[root] != ORACLE_NONE)
        link_to(s, holder, s->oracle.root[root]);
}

static void unlink_list(struct session *s, oracle_place from)
{
    uint32_t edges = shadow(s, from)->edges;
    if (edges == 0)
        return;
    uint32_t i = (uint32_t)session_below(s, edges);
    if (session_below(s, 2)) {
        value_list_delete(&s->m, object(s, from), 1 + i);
        oracle_delete(&s->oracle, from, i);
    } else {
        value_list_set(&s->m, object(s, from), 1 + i, new_none(&s->m));
        oracle_set(&s->oracle, from, i, ORACLE_NONE);
    }
}

static void unlink_any(struct session *s)
{
    oracle_place from = pick_mutable(s);
    if (from == ORACLE_NONE)
        return;
    if (is_list(shadow(s, from))) {
        unlink_list(s, from);
        return;
    }
    uint32_t i = (uint32_t)session_below(s, SLOT_EDGES);
    value_slot_set(&s->m, object(s, from), 1 + i, NULL);
    oracle_set(&s->oracle, from, i, ORACLE_NONE);
}

static void clear_any(struct session *s)
{
    oracle_place from = pick_mutable(s);
    if (from == ORACLE_NONE || !is_list(shadow(s, from)))
        return;
    value_list_clear(&s->m, object(s, from));
    value_list_append(&s->m, object(s, from), new_id(s, from));
    oracle_clear(&s->oracle, from);
}

static void change_root(struct session *s, oracle_place to)
{
    size_t root = session_below(s, ORACLE_ROOTS);
    value v = to == ORACLE_NONE ? NULL : value_keep(object(s, to));
    value_replace(&s->m, &mutator_all_roots(&s->m)[root], v);
    oracle_set_root(&s->oracle, root, to);
}

void session_mutate(struct session *s)
{
    uint64_t die = session_below(s, s->growing ? 720 : 1000);
    if (die < 450)
        make_any(s);
    else if (die < 452)
        make_deep(s);
    else if (die < 700)
        link_any(s);
    else if (die < 900)
        unlink_any(s);
    else if (die < 920)
        clear_any(s);
    else if (die < 980)
        change_root(s, pick(s));
    else
        change_root(s, ORACLE_NONE);
    s->result->mutations++;
}
