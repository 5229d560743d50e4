/* oracle.c - the shadow graph: counts, cascades, reachability. */
#include "harness/stress/oracle.h"

#include <string.h>

void oracle_reset(struct oracle *o)
{
    memset(o, 0, sizeof *o);
    for (size_t i = 0; i < ORACLE_ROOTS; i++)
        o->root[i] = ORACLE_NONE;
    for (size_t i = ORACLE_PLACES; i-- > 0;)
        o->free[o->free_count++] = (oracle_place)i;
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
    s->tracked = shape != SHAPE_BYTES && shape != SHAPE_TUPLE;
    s->edges = edges;
    for (uint32_t i = 0; i < ORACLE_EDGES; i++)
        s->edge[i] = ORACLE_NONE;
    return place;
}

static void find_fault(struct oracle *o, uint64_t id, const char *fault)
{
    if (!o->fault) {
        o->fault_id = id;
        o->fault = fault;
    }
}

/* The object is freed for certain. */
static void forget(struct oracle *o, oracle_place place)
{
    struct shadow *s = &o->at[place];
    if (s->shape == SHAPE_FINALIZED && s->finalized == 0)
        find_fault(o, s->id, "should be freed, but its finalizer was not called");
    s->id = 0;
    o->free[o->free_count++] = place;
}

/* One reference less; frees what nothing refers to any more. */
static void let_go(struct oracle *o, oracle_place place)
{
    if (place == ORACLE_NONE || --o->at[place].references > 0)
        return;
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

static void hold(struct oracle *o, oracle_place place)
{
    if (place != ORACLE_NONE)
        o->at[place].references++;
}

void oracle_set(struct oracle *o, oracle_place from, uint32_t i, oracle_place to)
{
    struct shadow *s = &o->at[from];
    oracle_place old = s->edge[i];
    hold(o, to);
    s->edge[i] = to;
    if (s->shape == SHAPE_TUPLE && to != ORACLE_NONE && o->at[to].tracked)
        s->tracked = true; /* holds what is never untracked, and never changes */
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

void oracle_finalized(struct oracle *o, uint64_t id)
{
    struct shadow *s = &o->at[place_of_id(id)];
    if (s->id != id)
        find_fault(o, id, "was finalized after it was freed");
    else if (++s->finalized > 1)
        find_fault(o, id, "was finalized twice");
}

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

static struct oracle_census count(const struct oracle *o)
{
    struct oracle_census c = {0};
    for (size_t i = 0; i < ORACLE_PLACES; i++) {
        const struct shadow *s = &o->at[i];
        if (s->id == 0 || s->shape == SHAPE_BYTES)
            continue;
        c.reachable_tracked += s->reachable && s->tracked;
        c.reachable_maybe += s->reachable && !s->tracked;
        c.garbage_tracked += !s->reachable && s->tracked;
        c.garbage_maybe += !s->reachable && !s->tracked;
    }
    return c;
}

struct oracle_census oracle_mark(struct oracle *o)
{
    for (size_t i = 0; i < ORACLE_PLACES; i++) {
        o->at[i].reachable = false;
        o->at[i].references_reachable = 0;
    }
    size_t todo = 0;
    for (size_t i = 0; i < ORACLE_ROOTS; i++)
        reach(o, o->root[i], &todo);
    while (todo > 0) {
        const struct shadow *s = &o->at[o->todo[--todo]];
        for (uint32_t i = 0; i < s->edges; i++)
            reach(o, s->edge[i], &todo);
    }
    return count(o);
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
