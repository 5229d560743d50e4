/* series.h - the tunings and the allocators of a subject, each numbered once.
 *
 * A number is a colour or a symbol: the same tuning has the same colour in all
 * pictures of a subject. What is beyond the limits is left out of the pictures.
 */
#ifndef GCSWEEP_SERIES_H
#define GCSWEEP_SERIES_H

#include "harness/analysis/summary.h"

enum { SERIES_LABEL_CHARACTERS = 21 };
enum { SERIES_TUNINGS = 14, SERIES_ALLOCATORS = 10 };

struct series {
    const struct configuration *tuning[SERIES_TUNINGS];       /* one that has it */
    const struct configuration *allocator[SERIES_ALLOCATORS]; /* one that has it */
    size_t tuning_count, allocator_count;
    size_t left_out; /* configurations beyond the limits */
};

void series_of(const struct summary *s, const struct subject *subject, struct series *out);
/* The number, or -1 when it is left out. */
int find_tuning_series(const struct series *series, const struct configuration *c);
int find_allocator_series(const struct series *series, const struct configuration *c);
/* "10000,20,50", with collector and refcount where they vary. */
void tuning_label(const struct summary *s, const struct configuration *c, char *text, size_t size);
/* Short enough for a picture: "pymalloc+libx.so" of "pymalloc+/usr/lib/libx.so", the middle left out of what is long.
 */
void allocator_label(const struct configuration *c, char *text, size_t size);

#endif
