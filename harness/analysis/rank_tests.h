/* rank_tests.h - how often chance alone gives such a difference.
 *
 * Paired by round: Wilcoxon's signed-rank test. Two samples that share no
 * round: the test of Mann and Whitney, with Hodges and Lehmann's shift. Many
 * tests at once: Holm's adjustment.
 *
 * Exact      p values count all outcomes that the data's own ranks could have
 *            had, ties with their mid-ranks included; above the sizes below
 *            they are the normal distribution's, corrected for ties and for
 *            continuity. An interval's rank is the one of data without ties:
 *            with ties it covers 95 % or more.
 * Zero       a difference of exactly 0 has no sign: it is left out of the
 *            signed-rank test, as Wilcoxon did.
 * Unknown    NaN in, where said; NaN out where nothing can be said.
 * Errors     0, or -1 when there is no memory.
 * Source     Wilcoxon, Biometrics Bulletin 1, 1945; Mann & Whitney, Annals of
 *            Mathematical Statistics 18, 1947; Hollander, Wolfe & Chicken,
 *            Nonparametric Statistical Methods, 3rd ed., sections 3.1, 4.1 and
 *            4.3; Streitberg & Roehmel 1986 for the exact distribution with
 *            ties; Holm, Scandinavian Journal of Statistics 6, 1979.
 */
#ifndef GCSWEEP_RANK_TESTS_H
#define GCSWEEP_RANK_TESTS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/analysis/statistics.h"

/* Up to so many differences, and up to so large a product of two sample sizes, p values are exact. */
enum { RANK_TESTS_EXACT_PAIRS = 100, RANK_TESTS_EXACT_PRODUCT = 400 };

/* Two-sided p of the signed-rank test; 1 when all differences are 0, NaN of none. */
int signed_rank_p(const double *differences, size_t count, double *p);
/* The least p that so many pairs can give: 2 / 2^pairs, at most 1. */
double signed_rank_least_p(size_t pairs);

struct mann_whitney {
    size_t a, b;           /* sizes of the samples */
    struct interval shift; /* of b over a: median of all b - a; no interval where the samples are too small (3 and 4) */
    double p;              /* two-sided; NaN when a sample is empty */
    bool exact;            /* p; else approximated */
};
int mann_whitney(const double *a, size_t a_count, const double *b, size_t b_count, struct mann_whitney *out);
/* The same on logs of values above 0: `shift` is given back as the ratio of b to a. */
int mann_whitney_ratio(const double *log_a, size_t a_count, const double *log_b, size_t b_count,
                       struct mann_whitney *out);
/* The least p that samples of those sizes can give. */
double mann_whitney_least_p(size_t a_count, size_t b_count);
/* The rank, from 1, of the difference that is the interval's lower end; 0 where there is no interval.
 * Worked example: 5 and 5 values have 25 differences; the 3rd least and the 3rd greatest are the interval. */
int mann_whitney_rank(size_t a_count, size_t b_count, size_t *rank);

/* Holm's adjusted p values: those below 0.05 are differences that hold with a chance of 95 % all together. A p of NaN
 * was not tested: it stays NaN and does not count. `p` and `adjusted` may be the same array. The number of tests in
 * `tested`, which may be NULL. */
int holm_adjust(const double *p, size_t count, double *adjusted, size_t *tested);

#endif
