/* deeds_graph.h - what is known of the objects that a heap script will have made.
 *
 * Graph of the objects so far, by deeds alone: nothing runs. An object that was
 * reachable at all times is there for certain, and has not been finalized; of
 * one that was not, the graph says whether it must be gone.
 *
 * Ownership  graph_close gives the table back.
 * Errors     full is set when memory ran out; numbers stay usable.
 */
#ifndef GCSWEEP_STRESS_DEEDS_GRAPH_H
#define GCSWEEP_STRESS_DEEDS_GRAPH_H

#include "harness/stress/oracle.h"

/* Numbers of objects: none, and one of which nothing is known. */
enum { GRAPH_NONE = -1, GRAPH_UNKNOWN = 0 };

struct graph_object {
    enum shape shape; /* meaningless for GRAPH_UNKNOWN */
    uint32_t edges, size;
    int edge[ORACLE_EDGES];
    int referent; /* of a weak reference */
    uint32_t references;
    bool finalizes;
    bool reached, gone;
};

struct graph {
    struct graph_object *at;
    int count, room;
    int *todo;
    int root[REGISTERS];
    bool keeps_garbage; /* something was frozen, saved or may have been brought back: no garbage is gone for certain */
    bool full;
};

int graph_open(struct graph *g);
void graph_close(struct graph *g);

/* An object that holds so many times nothing. */
int graph_add(struct graph *g, enum shape shape, uint32_t edges);
/* Takes edge i out of a list. */
void graph_delete_edge(struct graph *g, int from, uint32_t i);
/* A register that holds it, or REGISTERS. */
unsigned graph_find_root(const struct graph *g, int object);

enum graph_presence { GRAPH_THERE, GRAPH_GONE, GRAPH_MAYBE };
/* Whether an object is still there now. */
enum graph_presence graph_presence_of(struct graph *g, int object);
/* A full collection: what is not reachable is gone. */
void graph_collect(struct graph *g);

#endif
