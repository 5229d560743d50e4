/* hypervolume.h - how much of the space a set of points covers: one number for a whole front.
 *
 * The volume of all that at least one point is as good as, up to a reference
 * point that bounds it. Three measures, less is better: negate or invert those
 * of which more is better. Of two sets with one reference the one with the
 * larger volume is the better front, or at least not the worse one.
 *
 * Scale      the volume has the measures' units multiplied. hypervolume_space
 *            takes positive values to logarithms, so that a factor counts the
 *            same at 1 ms and at 100 ms, and each measure to a span of 1.
 * Reference  a point that is not below the reference in every measure adds
 *            nothing. hypervolume_space puts it at HYPERVOLUME_MARGIN beyond
 *            the worst, so that the best points of each single measure, often
 *            the worst of another, count too.
 * Unknown    a point with a NaN adds nothing.
 * Errors     0, or -1 without memory.
 * Source     Zitzler and Thiele, "Multiobjective evolutionary algorithms", IEEE
 *            TEC 1999 (the measure); Beume, Fonseca, Lopez-Ibanez, Paquete and
 *            Vahrenhold, "On the complexity of computing the hypervolume
 *            indicator", IEEE TEC 2009 (the sweep along the third measure, here
 *            with an array where they keep a tree: points are hundreds);
 *            Ishibuchi et al., "How to specify a reference point", EC 2018.
 */
#ifndef GCSWEEP_HYPERVOLUME_H
#define GCSWEEP_HYPERVOLUME_H

#include <stdbool.h>
#include <stddef.h>

enum { HYPERVOLUME_MEASURES = 3 };
#define HYPERVOLUME_MARGIN 0.1 /* of the span from the best to the worst */

struct hypervolume_point {
    double at[HYPERVOLUME_MEASURES];
};

int hypervolume(const struct hypervolume_point *points, size_t count, const struct hypervolume_point *reference,
                double *out);
/* What `added` covers beyond the points: hypervolume with it minus hypervolume without. */
int hypervolume_gain(const struct hypervolume_point *points, size_t count, const struct hypervolume_point *added,
                     const struct hypervolume_point *reference, double *out);

/* From values to a cube in which the best of each measure is 0, the worst 1 and the reference 1 + margin. */
struct hypervolume_space {
    struct hypervolume_point best, worst; /* values */
    bool linear;                          /* the values themselves, not their logarithms */
};

/* The space that the values span; those with a NaN or a value that is not above 0 are passed over. */
struct hypervolume_space hypervolume_space(const struct hypervolume_point *values, size_t count, bool linear);
/* A measure in which all values are equal is 0 throughout. */
struct hypervolume_point hypervolume_in_space(const struct hypervolume_space *space,
                                              const struct hypervolume_point *value);
struct hypervolume_point hypervolume_reference(void); /* of such a cube */

#endif
