/* oracle.c - the shadow graph: counts, cascades, reachability. */
#include "harness/stress/oracle.h"

#include <string.h>

void oracle_reset(struct oracle *o)
{
    memset(o, 0, sizeof *o);
    memset(o->root, 0xff, sizeof o->root);
    memset(o->by_address, 0xff, sizeof o->by_address);
    for (size_t i = ORACLE_PLACES; i-- > 0;)
        o->free[o->free_count++] = (oracle_place)i;
}

void oracle_note_fault(struct oracle *o, uint64_t id, const char *fault)
{
    if (!o->fault) {
        o->fault_id = id;
        o->fault = fault;
    }
}

/* ---- Objects by address ---- */

static size_t home_of(const void *object)
{
    return (size_t)(((uintptr_t)object >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 51);
}

/* Entries are never taken out: one whose object is elsewhere, or nowhere, is passed by. */
static void add_address(struct oracle *o, oracle_place place)
{
    size_t i = home_of(o->at[place].object);
    while (o->by_address[i] != ORACLE_NONE)
        i = (i + 1) % ORACLE_ADDRESSES;
    o->by_address[i] = place;
    o->addresses++;
}

static void rebuild_addresses(struct oracle *o)
{
    memset(o->by_address, 0xff, sizeof o->by_address);
    o->addresses = 0;
    for (size_t i = 0; i < ORACLE_PLACES; i++)
        if (o->at[i].id != 0 && o->at[i].object)
            add_address(o, (oracle_place)i);
}

oracle_place oracle_find(const struct oracle *o, const void *object)
{
    for (size_t i = home_of(object); o->by_address[i] != ORACLE_NONE; i = (i + 1) % ORACLE_ADDRESSES) {
        const struct shadow *s = &o->at[o->by_address[i]];
        if (s->id != 0 && s->object == object)
            return o->by_address[i];
    }
    return ORACLE_NONE;
}

void oracle_set_object(struct oracle *o, oracle_place place, void *object)
{
    oracle_place before = oracle_find(o, object);
    if (before != ORACLE_NONE) {
        o->at[before].lost = true;
        o->at[before].object = NULL;
    }
    o->at[place].object = object;
    if (o->addresses >= ORACLE_ADDRESSES / 2)
        rebuild_addresses(o);
    else
        add_address(o, place);
}

/* ---- Making and forgetting ---- */

static bool is_atom(enum shape shape)
{
    return shape == SHAPE_BYTES || shape == SHAPE_TEXT || shape == SHAPE_FLOAT || shape == SHAPE_INTERNED;
}

oracle_place oracle_add(struct oracle *o, enum shape shape, uint32_t edges)
{
    if (o->free_count == 0)
        return ORACLE_NONE;
    oracle_place place = o->free[--o->free_count];
    struct shadow *s = &o->at[place];
    memset(s, 0, sizeof *s);
    s->id = ++o->ids * ORACLE_PLACES + place;
    s->shape = shape;
    s->keeps_tracked = !is_atom(shape) && shape != SHAPE_TUPLE;
    s->edges = edges;
    memset(s->edge, 0xff, sizeof s->edge);
    s->first_weakref = s->next_weakref = s->referent = ORACLE_NONE;
    return place;
}

void oracle_set_referent(struct oracle *o, oracle_place weakref, oracle_place referent)
{
    o->at[weakref].referent = referent;
    o->at[weakref].next_weakref = o->at[referent].first_weakref;
    o->at[referent].first_weakref = weakref;
}

void oracle_forget_referent(struct oracle *o, oracle_place weakref)
{
    struct shadow *w = &o->at[weakref];
    if (w->referent == ORACLE_NONE)
        return;
    oracle_place *link = &o->at[w->referent].first_weakref;
    while (*link != weakref)
        link = &o->at[*link].next_weakref;
    *link = w->next_weakref;
    w->referent = ORACLE_NONE;
    w->owes_callback = w->calls_back && !w->called_back;
}

/* The object is freed for certain. */
static void forget(struct oracle *o, oracle_place place)
{
    struct shadow *s = &o->at[place];
    if (s->finalizes && s->finalized == 0)
        oracle_note_fault(o, s->id, "should be freed, but its finalizer was not called");
    while (s->first_weakref != ORACLE_NONE)
        oracle_forget_referent(o, s->first_weakref);
    oracle_forget_referent(o, place);
    s->id = 0;
    s->object = NULL;
    o->free[o->free_count++] = place;
}

/* ---- Counts ---- */

static void hold(struct oracle *o, oracle_place place)
{
    if (place != ORACLE_NONE)
        o->at[place].references++;
}

static void let_go(struct oracle *o, oracle_place place)
{
    if (place != ORACLE_NONE && o->at[place].letting_go++ == 0)
        o->settling[o->settling_count++] = place;
}

/* Nothing refers to it any more, nor to what only it referred to. */
static void forget_cascade(struct oracle *o, oracle_place place)
{
    size_t todo = 0;
    o->todo[todo++] = place;
    while (todo > 0) {
        oracle_place dead = o->todo[--todo];
        struct shadow *s = &o->at[dead];
        for (uint32_t i = 0; i < s->edges; i++)
            if (s->edge[i] != ORACLE_NONE && --o->at[s->edge[i]].references == 0)
                o->todo[todo++] = s->edge[i];
        forget(o, dead);
    }
}

/* One that is still in the list has references left: no cascade forgets it before its turn. */
void oracle_settle(struct oracle *o)
{
    while (o->settling_count > 0) {
        oracle_place place = o->settling[--o->settling_count];
        struct shadow *s = &o->at[place];
        s->references -= s->letting_go;
        s->letting_go = 0;
        if (s->references == 0)
            forget_cascade(o, place);
    }
}

void oracle_set(struct oracle *o, oracle_place from, uint32_t i, oracle_place to)
{
    struct shadow *s = &o->at[from];
    oracle_place old = s->edge[i];
    hold(o, to);
    s->edge[i] = to;
    if (s->shape == SHAPE_TUPLE && to != ORACLE_NONE && o->at[to].keeps_tracked)
        s->keeps_tracked = true; /* holds what is never untracked, and never changes */
    let_go(o, old);
}

void oracle_append(struct oracle *o, oracle_place from, oracle_place to)
{
    o->at[from].edges++;
    oracle_set(o, from, o->at[from].edges - 1, to);
}

void oracle_delete(struct oracle *o, oracle_place from, uint32_t i)
{
    struct shadow *s = &o->at[from];
    oracle_place old = s->edge[i];
    s->edges--;
    memmove(&s->edge[i], &s->edge[i + 1], (s->edges - i) * sizeof s->edge[0]);
    s->edge[s->edges] = ORACLE_NONE;
    let_go(o, old);
}

void oracle_clear(struct oracle *o, oracle_place from)
{
    while (o->at[from].edges > 0)
        oracle_delete(o, from, o->at[from].edges - 1);
}

void oracle_set_root(struct oracle *o, size_t root, oracle_place to)
{
    oracle_place old = o->root[root];
    hold(o, to);
    o->root[root] = to;
    let_go(o, old);
}

void oracle_hold(struct oracle *o, oracle_place place)
{
    hold(o, place);
    o->held[o->held_count++] = place;
}

void oracle_leave(struct oracle *o, size_t held_count)
{
    while (o->held_count > held_count)
        let_go(o, o->held[--o->held_count]);
}

/* ---- Finalizers and sets ---- */

oracle_place oracle_finalized(struct oracle *o, uint64_t id)
{
    oracle_place place = place_of_id(id);
    struct shadow *s = &o->at[place];
    if (s->id != id || !s->finalizes) {
        oracle_note_fault(o, id, "was finalized after it was freed, or never was");
        return ORACLE_NONE;
    }
    if (++s->finalized > 1)
        oracle_note_fault(o, id, "was finalized twice");
    return place;
}

bool oracle_can_hash(const struct oracle *o, oracle_place place)
{
    if (place == ORACLE_NONE)
        return false;
    enum shape shape = o->at[place].shape;
    return is_atom(shape) || shape == SHAPE_OBJECT || shape == SHAPE_SLOTS || shape == SHAPE_FUNCTION;
}

/* ---- Reachability ---- */

static void reach(struct oracle *o, oracle_place place, size_t *todo)
{
    if (place == ORACLE_NONE)
        return;
    struct shadow *s = &o->at[place];
    s->references_reachable++;
    if (s->reachable)
        return;
    s->reachable = true;
    o->todo[(*todo)++] = place;
}

void oracle_mark(struct oracle *o)
{
    for (size_t i = 0; i < ORACLE_PLACES; i++) {
        o->at[i].reachable = false;
        o->at[i].references_reachable = 0;
    }
    size_t todo = 0;
    for (size_t i = 0; i < REGISTERS; i++)
        reach(o, o->root[i], &todo);
    for (size_t i = 0; i < o->held_count; i++)
        reach(o, o->held[i], &todo);
    while (todo > 0) {
        const struct shadow *s = &o->at[o->todo[--todo]];
        for (uint32_t i = 0; i < s->edges; i++)
            reach(o, s->edge[i], &todo);
    }
}

void oracle_excuse(struct oracle *o, oracle_place place)
{
    size_t todo = 0;
    o->todo[todo++] = place;
    o->at[place].excused = ++o->excuses;
    while (todo > 0) {
        const struct shadow *s = &o->at[o->todo[--todo]];
        for (uint32_t i = 0; i < s->edges; i++) {
            oracle_place next = s->edge[i];
            if (next == ORACLE_NONE || o->at[next].reachable || o->at[next].excused == o->excuses)
                continue;
            o->at[next].excused = o->excuses;
            o->todo[todo++] = next;
        }
    }
}

/* Objects that the collector surely holds of it, and that it may hold besides. */
struct weight {
    uint64_t tracked, maybe;
};

static bool holds_tracked(const struct oracle *o, const struct shadow *s)
{
    for (uint32_t i = 0; i < s->edges; i++)
        if (s->edge[i] != ORACLE_NONE && o->at[s->edge[i]].keeps_tracked)
            return true;
    return false;
}

static struct weight weight_of(const struct oracle *o, const struct shadow *s)
{
    if (is_atom(s->shape))
        return (struct weight){0};
    switch (s->shape) {
    case SHAPE_TUPLE:
        return s->keeps_tracked ? (struct weight){.tracked = 1} : (struct weight){.maybe = 1};
    case SHAPE_DICT:
        return holds_tracked(o, s) ? (struct weight){.tracked = 1} : (struct weight){.maybe = 1};
    case SHAPE_OBJECT: /* its dict */
        return (struct weight){.tracked = 1, .maybe = 1};
    case SHAPE_FUNCTION: /* the tuple of its closure, and a cell for its id and each edge */
        return (struct weight){.tracked = 3 + s->edges};
    default:
        return (struct weight){.tracked = 1};
    }
}

struct oracle_census oracle_count(const struct oracle *o)
{
    struct oracle_census c = {0};
    for (size_t i = 0; i < ORACLE_PLACES; i++) {
        const struct shadow *s = &o->at[i];
        if (s->id == 0)
            continue;
        struct weight w = weight_of(o, s);
        *(s->reachable ? &c.reachable_tracked : &c.garbage_tracked) += w.tracked;
        *(s->reachable ? &c.reachable_maybe : &c.garbage_maybe) += w.maybe;
    }
    return c;
}

void oracle_sweep(struct oracle *o)
{
    for (size_t i = 0; i < ORACLE_PLACES; i++) {
        struct shadow *s = &o->at[i];
        if (s->id == 0 || s->reachable)
            continue;
        for (uint32_t e = 0; e < s->edges; e++)
            if (s->edge[e] != ORACLE_NONE)
                o->at[s->edge[e]].references--;
        forget(o, (oracle_place)i);
    }
}
