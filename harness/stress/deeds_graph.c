/* deeds_graph.c - what is known of the objects that a heap script will have made. */
#include "harness/stress/deeds_graph.h"

#include <stdlib.h>
#include <string.h>

/* ---- Objects ---- */

static bool make_room(struct graph *g)
{
    if (g->count < g->room)
        return true;
    int room = g->room ? 2 * g->room : 256;
    struct graph_object *at = realloc(g->at, (size_t)room * sizeof at[0]);
    if (at)
        g->at = at;
    int *todo = realloc(g->todo, (size_t)room * sizeof todo[0]);
    if (todo)
        g->todo = todo;
    if (!at || !todo)
        return false;
    g->room = room;
    return true;
}

int graph_add(struct graph *g, enum shape shape, uint32_t edges)
{
    if (!make_room(g)) {
        g->full = true;
        return GRAPH_UNKNOWN;
    }
    struct graph_object *o = &g->at[g->count];
    *o = (struct graph_object){.shape = shape, .edges = edges, .referent = GRAPH_NONE};
    for (unsigned i = 0; i < ORACLE_EDGES; i++)
        o->edge[i] = GRAPH_NONE;
    return g->count++;
}

int graph_open(struct graph *g)
{
    *g = (struct graph){0};
    for (unsigned i = 0; i < REGISTERS; i++)
        g->root[i] = GRAPH_NONE;
    graph_add(g, SHAPES, 0);
    if (!g->full)
        return 0;
    graph_close(g);
    return -1;
}

void graph_close(struct graph *g)
{
    free(g->at);
    free(g->todo);
}

void graph_delete_edge(struct graph *g, int from, uint32_t i)
{
    struct graph_object *o = &g->at[from];
    o->edges--;
    memmove(&o->edge[i], &o->edge[i + 1], (o->edges - i) * sizeof o->edge[0]);
    o->edge[o->edges] = GRAPH_NONE;
}

unsigned graph_find_root(const struct graph *g, int object)
{
    unsigned i = 0;
    while (i < REGISTERS && g->root[i] != object)
        i++;
    return i;
}

/* ---- What is there ---- */

static void reach(struct graph *g, int object, int *todo)
{
    if (object == GRAPH_NONE || g->at[object].reached)
        return;
    g->at[object].reached = true;
    g->todo[(*todo)++] = object;
}

static void mark(struct graph *g)
{
    int todo = 0;
    for (int i = 0; i < g->count; i++)
        g->at[i].reached = false;
    for (unsigned i = 0; i < REGISTERS; i++)
        reach(g, g->root[i], &todo);
    while (todo > 0) {
        const struct graph_object *o = &g->at[g->todo[--todo]];
        for (uint32_t i = 0; i < o->edges; i++)
            reach(g, o->edge[i], &todo);
    }
}

static void count_references(struct graph *g)
{
    for (int i = 0; i < g->count; i++)
        g->at[i].references = 0;
    for (unsigned i = 0; i < REGISTERS; i++)
        if (g->root[i] != GRAPH_NONE)
            g->at[g->root[i]].references++;
    for (int i = 0; i < g->count; i++)
        for (uint32_t e = 0; !g->at[i].gone && e < g->at[i].edges; e++)
            if (g->at[i].edge[e] != GRAPH_NONE)
                g->at[g->at[i].edge[e]].references++;
}

static void lose(struct graph *g, int object, int *todo)
{
    if (object == GRAPH_UNKNOWN || g->at[object].references > 0 || g->at[object].gone)
        return;
    g->at[object].gone = true;
    g->todo[(*todo)++] = object;
}

/* What nothing refers to is freed at once, and what only that referred to. */
static void free_unreferenced(struct graph *g)
{
    int todo = 0;
    count_references(g);
    for (int i = 0; i < g->count; i++) {
        lose(g, i, &todo);
        while (todo > 0) {
            const struct graph_object *o = &g->at[g->todo[--todo]];
            for (uint32_t e = 0; e < o->edges; e++) {
                if (o->edge[e] == GRAPH_NONE)
                    continue;
                g->at[o->edge[e]].references--;
                lose(g, o->edge[e], &todo);
            }
        }
    }
}

enum graph_presence graph_presence_of(struct graph *g, int object)
{
    mark(g);
    if (g->at[object].reached)
        return GRAPH_THERE;
    if (g->keeps_garbage)
        return GRAPH_MAYBE;
    free_unreferenced(g);
    return g->at[object].gone ? GRAPH_GONE : GRAPH_MAYBE;
}

void graph_collect(struct graph *g)
{
    if (g->keeps_garbage)
        return;
    mark(g);
    for (int i = 1; i < g->count; i++)
        g->at[i].gone |= !g->at[i].reached;
}
