/* dot_text.h - text for DOT, with all that means something there escaped. */
#ifndef GCSWEEP_GRAPH_DOT_TEXT_H
#define GCSWEEP_GRAPH_DOT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "workloads/mutator.h"

/* Into an HTML-like label, and into a quoted string. What is no UTF-8 and
 * what controls a terminal becomes '?'. */
void dot_write_html(FILE *out, const char *text);
void dot_write_quoted(FILE *out, const char *text);

/* A number, a string, bytes, None: drawn small. */
bool dot_is_atom(value v);
/* Into an HTML-like label: "int 1000", "str 'text'", for what is no atom its type's name. */
void dot_write_atom(FILE *out, value v);

#endif
