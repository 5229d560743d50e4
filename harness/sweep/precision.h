/* precision.h - how well a sweep's comparisons are known so far, and how many rounds more they need.
 *
 * What is compared: each configuration with its subject's baseline, as the
 * report compares them (the default setting, or where the plan has none, the
 * first in the report's order; of those that had a run that ended ok), and each
 * A/A twin with its original. Two measures decide, those that every program
 * has: wall_ns and the peak of resident memory. Pauses do not: a percentile of
 * few pauses may never get narrow.
 *
 * The width of a comparison is half its 95 % interval on the log scale
 * (statistics.h): 0.02 is 2 % to either side. A failed run voids its pair alone;
 * a configuration without any run that ended ok is not compared.
 *
 * Ask for widths only, never for significance: stopping when a difference
 * shows makes differences of noise.
 *
 * Units      ns and bytes in; shares out.
 * Ownership  the configurations are the caller's and outlive it.
 * Errors     -1 or NULL without memory.
 * Source     fixed-width intervals: Nordin & Schultzberg 2024.
 */
#ifndef GCSWEEP_PRECISION_H
#define GCSWEEP_PRECISION_H

#include "harness/store/store.h"
#include "harness/sweep/plan.h"

struct precision;

struct precision_width {
    size_t compared;      /* comparisons, each measure counted */
    double half_width;    /* of the widest; NaN with none, infinite while one has too few pairs */
    size_t configuration; /* the widest's: an index */
    const char *measure;  /* "wall" or "peak RSS" */
};

struct precision *precision_open(const struct plan_configuration *list, size_t count);
void precision_free(struct precision *p);
/* What a run of configuration `index` gave. */
int precision_note(struct precision *p, size_t index, unsigned round, const struct store_outcome *outcome);
int precision_find(struct precision *p, struct precision_width *out);

/* How many rounds it takes in all, when `rounds` gave `half_width`: a width
 * shrinks with the root of the rounds. From `least` to `most`.
 * Worked example: 4 % after 10 rounds, 2 % wanted: 40 rounds. */
unsigned precision_rounds_needed(double half_width, double target, unsigned rounds, unsigned least, unsigned most);

#endif
