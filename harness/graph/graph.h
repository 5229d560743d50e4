/* graph.h - the object graph of a heap at one moment: who holds whom, what is garbage, where its cycles are.
 *
 *     struct graph g;
 *     if (graph_take(&g, m, roots, root_count) == 0) {
 *         ...
 *         graph_free(&g);
 *     }
 *
 * Nodes      each object that a root reaches or that the collector holds,
 *            shared atoms (None, small ints, interned strings) left out.
 * Garbage    what no root reaches over references; weak ones do not count.
 * Cycle      a strongly connected part of the garbage that holds a reference
 *            to itself: what reference counts alone never free.
 * Ownership  the graph refers to the heap's objects, which must stay as they
 *            are; its own memory is malloc'd.
 * Errors     ENOMEM; then nothing is left.
 * Source     Tarjan, "Depth-first search and linear graph algorithms", SIAM
 *            Journal on Computing 1(2), 1972; with a stack of its own instead
 *            of recursion, since a chain may be a million objects long.
 */
#ifndef GCSWEEP_GRAPH_H
#define GCSWEEP_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "workloads/mutator.h"

/* A name that a program holds an object by. */
struct graph_root {
    const char *name;
    unsigned frame; /* 0: global; 1 is the outermost frame */
    value object;
};

struct graph_node {
    value object;
    size_t first;   /* its successors are graph.successor[first .. first + count) */
    size_t count;   /* one a reference to a node: more than one to the same where it holds it so often */
    uint32_t cycle; /* garbage cycle that it is on, from 1; 0 for none */
};

struct graph {
    struct graph_node *node;
    size_t count;
    size_t reachable; /* nodes below it are reached from the roots, in breadth-first order; the others are garbage */
    uint32_t *successor;
    size_t successors;
    uint32_t cycles;
    uint32_t *bucket; /* index of the nodes by address, open addressing; 0: empty, else node + 1 */
    size_t buckets;   /* a power of two */
    size_t node_room, successor_room;
    struct mutator *mutator;
};

enum { GRAPH_NONE = UINT32_MAX };

int graph_take(struct graph *g, struct mutator *m, const struct graph_root *roots, size_t root_count);
void graph_free(struct graph *g);
/* The object's node, or GRAPH_NONE. */
uint32_t graph_find(const struct graph *g, value object);

static inline bool graph_is_garbage(const struct graph *g, uint32_t node)
{
    return node >= g->reachable;
}

/* Finds the cycles among the garbage: part of graph_take. */
int graph_mark_cycles(struct graph *g);

#endif
