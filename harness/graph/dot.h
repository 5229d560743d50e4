/* dot.h - an object graph as Graphviz DOT.
 *
 * Names stand in a row of their own on top. An object is a box with its type
 * and reference count; numbers and strings are small ones; shared atoms are
 * written, grey, into what refers to them. References carry the slot's name,
 * weak ones are dashed. Garbage is filled, each of its cycles stands in a
 * frame of its own.
 *
 * Bounded   at most `most` objects are drawn, of which the garbage gets at
 *           least half if it needs them; what is left out is said in the
 *           picture.
 * Escaping  whatever a script names reaches DOT as text of HTML-like labels
 *           or of quoted strings, with everything that means something there escaped.
 */
#ifndef GCSWEEP_GRAPH_DOT_H
#define GCSWEEP_GRAPH_DOT_H

#include <stdio.h>

#include "harness/graph/graph.h"

struct graph_picture {
    const char *title; /* plain text */
    const struct graph_root *root;
    size_t root_count;
    size_t most;
};

/* Returns how many objects were left out. Errors of `out` are the caller's to
 * ask for (ferror); without memory -1. */
long long dot_write(const struct graph *g, const struct graph_picture *picture, FILE *out);

#endif
