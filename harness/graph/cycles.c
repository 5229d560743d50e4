/* cycles.c - the cycles among the garbage: its strongly connected parts. */
#include <errno.h>
#include <stdlib.h>

#include "harness/graph/graph.h"

/* Nodes count from g->reachable here: garbage refers to what is reachable,
 * never the other way round. */
struct search {
    struct graph *g;
    uint32_t *order;  /* in which a node was found, from 1; 0: not yet */
    uint32_t *lowest; /* the least order known to be reached from it within its part; 0 once its part is closed */
    size_t *next;     /* which successor to look at next */
    uint32_t *path;   /* the nodes being looked at, outermost first */
    uint32_t *open;   /* found, and their part not yet closed */
    size_t path_length, open_length;
    uint32_t found;
};

static void enter(struct search *s, uint32_t node)
{
    s->order[node] = s->lowest[node] = ++s->found;
    s->path[s->path_length++] = node;
    s->open[s->open_length++] = node;
}

static bool refers_to_itself(const struct graph *g, uint32_t node)
{
    const struct graph_node *n = &g->node[node];
    for (size_t i = 0; i < n->count; i++)
        if (g->successor[n->first + i] == node)
            return true;
    return false;
}

/* The part that `node` was the first of ends at it. */
static void close_part(struct search *s, uint32_t node)
{
    uint32_t base = (uint32_t)s->g->reachable;
    size_t first = s->open_length;
    do
        s->lowest[s->open[--first]] = 0;
    while (s->open[first] != node);
    bool cycle = s->open_length - first > 1 || refers_to_itself(s->g, base + node);
    if (cycle)
        s->g->cycles++;
    while (s->open_length > first)
        s->g->node[base + s->open[--s->open_length]].cycle = cycle ? s->g->cycles : 0;
}

static void look_at(struct search *s, uint32_t node, uint32_t successor)
{
    if (s->order[successor] == 0)
        enter(s, successor);
    else if (s->lowest[successor] != 0 && s->order[successor] < s->lowest[node])
        s->lowest[node] = s->order[successor];
}

static void leave(struct search *s, uint32_t node)
{
    uint32_t lowest = s->lowest[node];
    s->path_length--;
    if (lowest == s->order[node]) {
        close_part(s, node);
        return;
    }
    uint32_t parent = s->path[s->path_length - 1];
    if (lowest < s->lowest[parent])
        s->lowest[parent] = lowest;
}

static void search_from(struct search *s, uint32_t start)
{
    const struct graph *g = s->g;
    enter(s, start);
    while (s->path_length > 0) {
        uint32_t node = s->path[s->path_length - 1];
        const struct graph_node *n = &g->node[g->reachable + node];
        if (s->next[node] == n->count) {
            leave(s, node);
            continue;
        }
        uint32_t successor = g->successor[n->first + s->next[node]++];
        if (graph_is_garbage(g, successor))
            look_at(s, node, successor - (uint32_t)g->reachable);
    }
}

int graph_mark_cycles(struct graph *g)
{
    size_t n = g->count - g->reachable;
    struct search s = {
        .g = g,
        .order = calloc(n + 1, sizeof *s.order),
        .lowest = calloc(n + 1, sizeof *s.lowest),
        .next = calloc(n + 1, sizeof *s.next),
        .path = calloc(n + 1, sizeof *s.path),
        .open = calloc(n + 1, sizeof *s.open),
    };
    int result = s.order && s.lowest && s.next && s.path && s.open ? 0 : ENOMEM;
    for (uint32_t i = 0; result == 0 && i < n; i++)
        if (s.order[i] == 0)
            search_from(&s, i);
    free(s.order);
    free(s.lowest);
    free(s.next);
    free(s.path);
    free(s.open);
    return result;
}
