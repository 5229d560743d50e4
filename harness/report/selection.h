/* selection.h - which configurations of a subject a page shows, where they are too many.
 *
 * The baseline, then those on the front, then the others, each with the most
 * throughput first; in the order of the analysis.
 *
 * Ownership  selection_free releases.
 */
#ifndef GCSWEEP_SELECTION_H
#define GCSWEEP_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/analysis/summary.h"

struct selection {
    size_t *index; /* of configurations, rising */
    size_t count;
    size_t of; /* how many the subject has */
};

/* 0, or -1 without memory. */
int select_configurations(const struct summary *s, const struct subject *subject, size_t most, struct selection *out);
void selection_free(struct selection *selection);

#endif
