/* kriging.h - what points nobody measured would show, from those that were: Gaussian process regression.
 *
 * Two points are the more alike the nearer they are; how alike is the caller's
 * to say. What a point would show is the mean that the measured points leave
 * for it, and how unsure that is its deviation, which is small near measured
 * points. How far likeness reaches and how much of the spread is noise of a
 * single run is taken from the values: of KRIGING_CHOICES the pair that makes
 * them most likely, all measures together.
 *
 * Units      those of the values; a deviation is one standard deviation of the
 *            value itself, not of a run of it.
 * Cost       a Cholesky decomposition of count x count a choice: 350 points
 *            take a few tenths of a second.
 * Errors     0, or -1 without memory.
 * Source     Rasmussen and Williams, "Gaussian Processes for Machine Learning",
 *            2006, algorithm 2.1 and section 5.4.1; simplified: two parameters
 *            are chosen from a table, the scale of each measure is its most
 *            likely one, the mean that of the values.
 */
#ifndef GCSWEEP_KRIGING_H
#define GCSWEEP_KRIGING_H

#include <stddef.h>

enum { KRIGING_REACHES = 4, KRIGING_NOISES = 4, KRIGING_CHOICES = KRIGING_REACHES * KRIGING_NOISES };

/* How alike two points are: 1 of a point with itself, less the farther they are
 * apart as a share of `reach`; a covariance function, so that no table of it
 * has a negative eigenvalue. */
typedef double kriging_likeness(const void *context, size_t a, size_t b, double reach);

struct kriging_data {
    kriging_likeness *likeness;
    const void *context;
    const size_t *points; /* those measured */
    size_t count;
    const double *values; /* [measure * count + i]: finite */
    size_t measures;
};

/* Means and deviations of other points, or the same: [measure * wanted_count + i]. At least one point is measured. */
int kriging_predict(const struct kriging_data *data, const size_t *wanted, size_t wanted_count, double *means,
                    double *deviations);

#endif
