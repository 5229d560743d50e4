/* render.h - DOT to SVG by Graphviz, a program of its own, started without a shell. */
#ifndef GCSWEEP_GRAPH_RENDER_H
#define GCSWEEP_GRAPH_RENDER_H

#include <stddef.h>

/* Runs `dot -Tsvg` with its input from one descriptor (at its start) and its
 * output to another. 0; RENDER_MISSING where there is no Graphviz; -1 when it
 * failed, or did not end within RENDER_SECONDS; then with one line in `error`. */
enum { RENDER_MISSING = 1, RENDER_SECONDS = 60 };
int render_svg(int dot_fd, int svg_fd, char *error, size_t error_size);

#endif
