/* order_statistics.h - the k-th least of many values that are never written down.
 *
 * n values have n(n+1)/2 averages of two (Walsh averages), and two samples
 * have as many differences as the product of their sizes: far too many to sort
 * once there are thousands of runs. Counting how many of them are at most x
 * takes one pass over the sorted sample; halving the range of doubles until
 * one is left takes at most 64 such passes. The answer is exact: it is the
 * very double that sorting would have put at that place.
 *
 * Units   those of the values.
 * Time    O(count), the samples being sorted.
 * Source  the counting of Johnson & Mizoguchi, "Selecting the Kth element in
 *         X + Y and X1 + ... + Xm", SIAM J. Comput. 7, 1978; simplified: the
 *         range of doubles is halved instead of the set of candidates.
 */
#ifndef GCSWEEP_ORDER_STATISTICS_H
#define GCSWEEP_ORDER_STATISTICS_H

#include <stddef.h>

/* The rank-th least, from 1, of (x_i + x_j) / 2 with i <= j. */
double select_walsh_average(const double *sorted, size_t count, size_t rank);
/* The rank-th least, from 1, of b_j - a_i. */
double select_difference(const double *sorted_a, size_t a_count, const double *sorted_b, size_t b_count, size_t rank);

/* The medians: between the two in the middle where their number is even. */
double median_walsh_average(const double *sorted, size_t count);
double median_difference(const double *sorted_a, size_t a_count, const double *sorted_b, size_t b_count);

#endif
