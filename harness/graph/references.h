/* references.h - what an object refers to, and by what: "[2]", ".key", "slot 0".
 *
 * A type of core with references has one row in references.c.
 */
#ifndef GCSWEEP_GRAPH_REFERENCES_H
#define GCSWEEP_GRAPH_REFERENCES_H

#include <stdbool.h>

#include "workloads/mutator.h"

/* `label` and `target` are lent. `weak`: the target is not held. */
typedef void graph_reference(void *context, const char *label, bool weak, value target);

/* Each reference of the object, in the order of its items. */
void graph_each_reference(value object, graph_reference *visit, void *context);

#endif
