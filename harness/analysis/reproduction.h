/* reproduction.h - whether a second sweep says what the first one said.
 *
 * Of each configuration and measure for which sweep A resolved a difference
 * from its own baseline (verdict less or more), B, by its own baseline,
 *
 *   same         resolves it too, with the same sign
 *   overlapping  does not, but the two intervals overlap
 *   contradicts  does neither
 *
 * Ratios are paired within each sweep, so that two machines of different speed
 * can agree. Counts (collections, objects collected, operations, checksum)
 * do not depend on the machine: they must be equal.
 *
 * Ownership  reproduction_free; the comparison must outlive it.
 * Errors     0, or -1 without memory.
 */
#ifndef GCSWEEP_REPRODUCTION_H
#define GCSWEEP_REPRODUCTION_H

#include "harness/analysis/comparison.h"

struct reproduction_case {
    const struct comparison_row *row;
    size_t measure;                        /* of compared_measures */
    const struct interval *first, *second; /* ratios to the sweep's own baseline */
};

struct count_difference {
    const struct comparison_row *row;
    char text[2 * RECORD_TEXT_BYTES]; /* "checksum 1 against 2, ..." */
};

struct reproduction {
    size_t same, overlapping, contradicting;  /* their sum: what A resolved and B measured */
    size_t left_out;                          /* what A resolved where B has another baseline, or no interval */
    struct reproduction_case *contradictions; /* as many as contradicting */
    size_t counted, counts_equal;             /* rows with an ok run on both sides */
    struct count_difference *differences;     /* counted - counts_equal of them */
};

int reproduce(const struct comparison *c, struct reproduction *out);
void reproduction_free(struct reproduction *r);

#endif
