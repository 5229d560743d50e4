/* graph.c - taking the graph: breadth first from the roots, then from what is left. */
#include "harness/graph/graph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/graph/references.h"

/* ---- Objects to nodes ---- */

static size_t bucket_of(const struct graph *g, value object)
{
    uint64_t mixed = ((uintptr_t)object >> 4) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 32) & (g->buckets - 1);
}

/* The bucket that holds the object, or the empty one where it belongs. */
static uint32_t *find_bucket(const struct graph *g, value object)
{
    size_t i = bucket_of(g, object);
    while (g->bucket[i] != 0 && g->node[g->bucket[i] - 1].object != object)
        i = (i + 1) & (g->buckets - 1);
    return &g->bucket[i];
}

uint32_t graph_find(const struct graph *g, value object)
{
    return g->buckets > 0 ? *find_bucket(g, object) - 1 : GRAPH_NONE;
}

/* Half of the buckets stay empty. */
static int grow_nodes(struct graph *g)
{
    size_t room = g->node_room ? 2 * g->node_room : 1024;
    uint32_t *bucket = room < GRAPH_NONE ? calloc(2 * room, sizeof *bucket) : NULL;
    struct graph_node *node = bucket ? realloc(g->node, room * sizeof *node) : NULL;
    if (!node) {
        free(bucket);
        return ENOMEM;
    }
    free(g->bucket);
    g->node = node;
    g->node_room = room;
    g->bucket = bucket;
    g->buckets = 2 * room;
    for (size_t i = 0; i < g->count; i++)
        *find_bucket(g, node[i].object) = (uint32_t)i + 1;
    return 0;
}

/* The object's node, made where there was none; GRAPH_NONE without memory. */
static uint32_t add_node(struct graph *g, value object)
{
    if (g->buckets == 0 && grow_nodes(g) != 0)
        return GRAPH_NONE;
    uint32_t *bucket = find_bucket(g, object);
    if (*bucket != 0)
        return *bucket - 1;
    if (g->count == g->node_room) {
        if (grow_nodes(g) != 0)
            return GRAPH_NONE;
        bucket = find_bucket(g, object);
    }
    g->node[g->count] = (struct graph_node){.object = object};
    *bucket = (uint32_t)++g->count;
    return *bucket - 1;
}

/* ---- References ---- */

/* Goes through all references of a heap; the first failure is kept. */
struct walk {
    struct graph *g;
    int failed;
};

static int add_successor(struct graph *g, uint32_t node)
{
    if (g->successors == g->successor_room) {
        size_t room = g->successor_room ? 2 * g->successor_room : 4096;
        uint32_t *grown = realloc(g->successor, room * sizeof *grown);
        if (!grown)
            return ENOMEM;
        g->successor = grown;
        g->successor_room = room;
    }
    g->successor[g->successors++] = node;
    return 0;
}

static void follow_reference(void *context, const char *label, bool weak, value target)
{
    struct walk *w = context;
    (void)label;
    if (weak || w->failed || value_is_shared(w->g->mutator, target))
        return;
    uint32_t node = add_node(w->g, target);
    w->failed = node == GRAPH_NONE ? ENOMEM : add_successor(w->g, node);
}

static void visit_root(struct object *o, void *argument)
{
    struct walk *w = argument;
    if (!w->failed && !value_is_shared(w->g->mutator, o) && add_node(w->g, o) == GRAPH_NONE)
        w->failed = ENOMEM;
}

/* From the node `from` on: the list of nodes is the queue. */
static void follow(struct walk *w, size_t from)
{
    for (size_t i = from; i < w->g->count && !w->failed; i++) {
        w->g->node[i].first = w->g->successors;
        graph_each_reference(w->g->node[i].object, follow_reference, w);
        w->g->node[i].count = w->g->successors - w->g->node[i].first;
    }
}

int graph_take(struct graph *g, struct mutator *m, const struct graph_root *roots, size_t root_count)
{
    *g = (struct graph){.mutator = m};
    struct walk walk = {.g = g};
    for (size_t i = 0; i < root_count; i++)
        visit_root(roots[i].object, &walk);
    follow(&walk, 0);
    g->reachable = g->count;
    heap_visit(mutator_heap(m), visit_root, &walk);
    follow(&walk, g->reachable);
    if (!walk.failed)
        walk.failed = graph_mark_cycles(g);
    if (walk.failed)
        graph_free(g);
    return walk.failed;
}

void graph_free(struct graph *g)
{
    free(g->node);
    free(g->successor);
    free(g->bucket);
    memset(g, 0, sizeof *g);
}
