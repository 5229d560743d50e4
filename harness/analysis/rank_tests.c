#include "harness/analysis/rank_tests.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/order_statistics.h"

/* ---- Ranks, doubled so that mid-ranks are whole numbers ---- */

struct ranked {
    size_t *doubled;  /* by the values' own order; a rank counts from 1 */
    size_t *order;    /* the values' places, least value first */
    double tie_terms; /* the sum of t^3 - t over groups of t equal values */
};

static void ranked_free(struct ranked *r)
{
    free(r->doubled);
    free(r->order);
}

static int rank_values(const double *values, size_t count, struct ranked *out)
{
    *out = (struct ranked){malloc(count * sizeof *out->doubled), malloc(count * sizeof *out->order), 0};
    if (out->doubled == NULL || out->order == NULL) {
        ranked_free(out);
        return -1;
    }
    gsl_sort_index(out->order, values, 1, count);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && !(values[out->order[end]] > values[out->order[first]]); end++)
            ;
        for (size_t i = first; i < end; i++)
            out->doubled[out->order[i]] = first + end + 1;
        double t = (double)(end - first);
        out->tie_terms += t * t * t - t;
    }
    return 0;
}

/* Two-sided p of a statistic that lies `distance` from its mean, in steps of 1. */
static double normal_p(double distance, double variance)
{
    double z = fmax(0, distance - 0.5) / sqrt(variance);

    return variance > 0 ? fmin(1, 2 * gsl_cdf_ugaussian_Q(z)) : 1;
}

/* NaN stays NaN, which fmin alone would make 1. */
static double two_sided(double tail)
{
    return isnan(tail) ? NAN : fmin(1, 2 * tail);
}

/* ---- Signed ranks ---- */

/* P(sum <= limit) where each rank is in the sum or not, with equal chance. NaN without memory. */
static double chance_of_rank_sum(const size_t *ranks, size_t count, size_t limit)
{
    double *share = calloc(limit + 1, sizeof *share);
    if (share == NULL)
        return NAN;
    share[0] = 1;
    for (size_t i = 0; i < count; i++)
        for (size_t sum = limit + 1; sum-- > 0;)
            share[sum] = (share[sum] + (sum >= ranks[i] ? share[sum - ranks[i]] : 0)) / 2;
    double chance = 0;
    for (size_t sum = 0; sum <= limit; sum++)
        chance += share[sum];
    free(share);
    return chance;
}

static double signed_rank_p_of(const struct ranked *ranks, const double *signs, size_t count)
{
    size_t total = 0, positive = 0;

    for (size_t i = 0; i < count; i++) {
        total += ranks->doubled[i];
        positive += signs[i] > 0 ? ranks->doubled[i] : 0;
    }
    size_t lesser = positive < total - positive ? positive : total - positive;
    if (count <= RANK_TESTS_EXACT_PAIRS)
        return two_sided(chance_of_rank_sum(ranks->doubled, count, lesser));
    double n = (double)count;
    double variance = n * (n + 1) * (2 * n + 1) / 24 - ranks->tie_terms / 48;
    return normal_p(fabs((double)positive - (double)total / 2) / 2, variance);
}

int signed_rank_p(const double *differences, size_t count, double *p)
{
    double *sizes = malloc((2 * count + 1) * sizeof *sizes), *signs = sizes + count;
    struct ranked ranks;
    size_t used = 0;

    *p = NAN;
    if (sizes == NULL)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (differences[i] > 0 || differences[i] < 0) {
            signs[used] = differences[i];
            sizes[used++] = fabs(differences[i]);
        }
    }
    int status = 0;
    if (used == 0) {
        *p = count > 0 ? 1 : NAN;
    } else if ((status = rank_values(sizes, used, &ranks)) == 0) {
        *p = signed_rank_p_of(&ranks, signs, used);
        status = isnan(*p) ? -1 : 0;
        ranked_free(&ranks);
    }
    free(sizes);
    return status;
}

double signed_rank_least_p(size_t pairs)
{
    return fmin(1, 2 * exp2(-(double)pairs));
}

/* ---- Two samples ---- */

/* Where a sum of ranks stands among those of all choices of as many values. */
struct tails {
    double at_most, at_least; /* NaN without memory */
};

/* Which values are one sample says as much as which are the other one: the table of the smaller one is the small one.
 */
static size_t lesser_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ways[k * (most + 1) + sum]: the choices of k ranks with that sum; all sums up to `most`. NULL without memory. */
static double *count_choices(const size_t *ranks, size_t count, size_t chosen, size_t most)
{
    size_t width = most + 1;
    double *ways = calloc((chosen + 1) * width, sizeof *ways);
    if (ways == NULL)
        return NULL;
    ways[0] = 1;
    for (size_t i = 0; i < count; i++)
        for (size_t k = chosen < i + 1 ? chosen : i + 1; k > 0; k--)
            for (size_t sum = most + 1; sum-- > ranks[i];)
                ways[k * width + sum] += ways[(k - 1) * width + sum - ranks[i]];
    return ways;
}

static struct tails tails_of(const size_t *ranks, size_t count, size_t chosen, size_t sum)
{
    struct tails t = {NAN, NAN};
    size_t most = 0;

    for (size_t i = 0; i < count; i++)
        most += ranks[i];
    double *ways = count_choices(ranks, count, chosen, most);
    if (ways == NULL)
        return t;
    const double *of = ways + chosen * (most + 1);
    double below = 0, above = 0;
    for (size_t s = 0; s < sum; s++)
        below += of[s];
    for (size_t s = sum + 1; s <= most; s++)
        above += of[s];
    double all = below + of[sum] + above;
    t = (struct tails){(below + of[sum]) / all, (above + of[sum]) / all};
    free(ways);
    return t;
}

static double mann_whitney_variance(double a, double b, double tie_terms)
{
    double n = a + b;

    return n > 1 ? a * b / 12 * (n + 1 - tie_terms / (n * (n - 1))) : 0;
}

static int mann_whitney_p(const double *both, struct mann_whitney *out)
{
    size_t count = out->a + out->b, sum_a = 0, sum_b = 0;
    struct ranked ranks;

    if (rank_values(both, count, &ranks) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        *(i < out->a ? &sum_a : &sum_b) += ranks.doubled[i];
    out->exact = out->a * out->b <= RANK_TESTS_EXACT_PRODUCT;
    if (out->exact) {
        /* Of the other sample the tails are the same, exchanged. */
        struct tails t = tails_of(ranks.doubled, count, lesser_of(out->a, out->b), out->a < out->b ? sum_a : sum_b);
        out->p = two_sided(fmin(t.at_most, t.at_least));
    } else {
        double a = (double)out->a, b = (double)out->b;
        out->p = normal_p(fabs((double)sum_b / 2 - b * (a + b + 1) / 2), mann_whitney_variance(a, b, ranks.tie_terms));
    }
    int status = isnan(out->p) ? -1 : 0;
    ranked_free(&ranks);
    return status;
}

/* By the table of choices of the ranks 1, 2, ...: U is the sum of the chosen ones less the least such sum, and has the
 * same distribution for either sample. */
static int exact_mann_whitney_rank(size_t a, size_t b, size_t *out)
{
    size_t count = a + b, chosen = lesser_of(a, b), least = chosen * (chosen + 1) / 2, most = least + a * b / 2;
    size_t *ranks = malloc(count * sizeof *ranks);
    if (ranks == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        ranks[i] = i + 1;
    double *ways = count_choices(ranks, count, chosen, most);
    free(ranks);
    if (ways == NULL)
        return -1;
    double all = gsl_sf_choose((unsigned)count, (unsigned)chosen), below = 0;
    size_t rank = 0;
    while (rank <= a * b / 2 && (below += ways[chosen * (most + 1) + least + rank] / all) <= 0.025)
        rank++;
    free(ways);
    *out = rank;
    return 0;
}

int mann_whitney_rank(size_t a_count, size_t b_count, size_t *rank)
{
    *rank = 0;
    if (mann_whitney_least_p(a_count, b_count) > 0.05)
        return 0;
    if (a_count * b_count <= RANK_TESTS_EXACT_PRODUCT)
        return exact_mann_whitney_rank(a_count, b_count, rank);
    double a = (double)a_count, b = (double)b_count;
    double normal = a * b / 2 + 0.5 - 1.959964 * sqrt(mann_whitney_variance(a, b, 0));
    *rank = normal < 1 ? 0 : (size_t)normal;
    return 0;
}

double mann_whitney_least_p(size_t a_count, size_t b_count)
{
    if (a_count == 0 || b_count == 0)
        return 1;
    double ways = gsl_sf_lnchoose((unsigned)(a_count + b_count), (unsigned)a_count);
    return fmin(1, 2 * exp(-ways));
}

/* `both` holds a's values, then b's. */
static int estimate_shift(double *both, struct mann_whitney *out)
{
    double *a = both, *b = both + out->a;

    gsl_sort(a, 1, out->a);
    gsl_sort(b, 1, out->b);
    out->shift.estimate = median_difference(a, out->a, b, out->b);
    size_t rank;
    int status = mann_whitney_rank(out->a, out->b, &rank);
    if (status != 0 || rank == 0)
        return status;
    out->shift.low = select_difference(a, out->a, b, out->b, rank);
    out->shift.high = select_difference(a, out->a, b, out->b, out->a * out->b + 1 - rank);
    return 0;
}

int mann_whitney(const double *a, size_t a_count, const double *b, size_t b_count, struct mann_whitney *out)
{
    size_t lesser = lesser_of(a_count, b_count);

    *out = (struct mann_whitney){a_count, b_count, {lesser, NAN, NAN, NAN}, NAN, true};
    if (lesser == 0)
        return 0;
    double *both = malloc((a_count + b_count) * sizeof *both);
    if (both == NULL)
        return -1;
    memcpy(both, a, a_count * sizeof *both);
    memcpy(both + a_count, b, b_count * sizeof *both);
    int status = mann_whitney_p(both, out);
    if (status == 0)
        status = estimate_shift(both, out);
    free(both);
    return status;
}

int mann_whitney_ratio(const double *log_a, size_t a_count, const double *log_b, size_t b_count,
                       struct mann_whitney *out)
{
    int status = mann_whitney(log_a, a_count, log_b, b_count, out);

    out->shift.estimate = exp(out->shift.estimate);
    out->shift.low = exp(out->shift.low);
    out->shift.high = exp(out->shift.high);
    return status;
}

/* ---- Many tests ---- */

int holm_adjust(const double *p, size_t count, double *adjusted, size_t *tested)
{
    size_t *order = malloc((count + 1) * sizeof *order);
    double *known = calloc(count + 1, sizeof *known);
    size_t tests = 0;
    double most = 0;

    if (order == NULL || known == NULL) {
        free(order);
        free(known);
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        tests += isnan(p[i]) ? 0 : 1;
        known[i] = isnan(p[i]) ? INFINITY : p[i];
    }
    gsl_sort_index(order, known, 1, count);
    for (size_t k = 0; k < count; k++) {
        most = k < tests ? fmax(most, fmin(1, (double)(tests - k) * known[order[k]])) : NAN;
        adjusted[order[k]] = most;
    }
    if (tested != NULL)
        *tested = tests;
    free(order);
    free(known);
    return 0;
}
