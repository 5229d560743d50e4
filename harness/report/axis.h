/* axis.h - an axis of a picture: where a value lies, and where its ticks are. */
#ifndef GCSWEEP_AXIS_H
#define GCSWEEP_AXIS_H

#include <stdbool.h>
#include <stddef.h>

struct axis {
    bool logarithmic;
    double least, most; /* its ends; both above 0 on a logarithmic one */
    double start, end;  /* where they lie in the picture */
};

enum { AXIS_TICKS = 24 };

/* Around some values: from a tick to a tick, with room for a single value. */
struct axis axis_around(double least, double most, bool logarithmic, double start, double end);
double axis_place(const struct axis *axis, double value);
/* At most AXIS_TICKS, rising: 1, 2 and 5 times powers of ten; of a logarithmic axis over many decades the powers
 * alone. */
size_t axis_ticks(const struct axis *axis, double ticks[AXIS_TICKS]);

/* Whether a tick is a power of ten. */
bool axis_is_power(double tick);

#endif
