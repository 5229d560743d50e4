#include "harness/analysis/kriging.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double reaches[KRIGING_REACHES] = {0.5, 1, 2, 4};
static const double noises[KRIGING_NOISES] = {0.01, 0.05, 0.2,
                                              0.8}; /* variance of a run's noise to that between points */

struct kriging {
    const struct kriging_data *data;
    double reach;
    double *factor;       /* lower triangle of the Cholesky decomposition, count x count */
    double *centred;      /* values less their mean, as in data->values */
    double *weights;      /* inverse covariance times centred */
    double *row;          /* scratch, count */
    double *mean, *scale; /* of each measure; the scale is a variance */
};

static gsl_matrix_view matrix_of(const struct kriging *k)
{
    return gsl_matrix_view_array(k->factor, k->data->count, k->data->count);
}

/* The matrix is positive definite: a covariance with noise on its diagonal. */
static void decompose(struct kriging *k, double reach, double noise)
{
    const struct kriging_data *d = k->data;
    k->reach = reach;
    for (size_t i = 0; i < d->count; i++) {
        for (size_t j = 0; j < i; j++)
            k->factor[i * d->count + j] = k->factor[j * d->count + i] =
                d->likeness(d->context, d->points[i], d->points[j], reach);
        k->factor[i * d->count + i] = 1 + noise;
    }
    gsl_matrix_view m = matrix_of(k);
    gsl_linalg_cholesky_decomp1(&m.matrix);
}

/* Fills the weights and scales; returns the logarithm of the likelihood, but for a constant. */
static double solve(struct kriging *k)
{
    const struct kriging_data *d = k->data;
    gsl_matrix_view m = matrix_of(k);
    double log_determinant = 0, likelihood = 0;

    for (size_t i = 0; i < d->count; i++)
        log_determinant += 2 * log(k->factor[i * d->count + i]);
    for (size_t measure = 0; measure < d->measures; measure++) {
        gsl_vector_view y = gsl_vector_view_array(&k->centred[measure * d->count], d->count);
        gsl_vector_view w = gsl_vector_view_array(&k->weights[measure * d->count], d->count);
        gsl_linalg_cholesky_solve(&m.matrix, &y.vector, &w.vector);
        gsl_blas_ddot(&y.vector, &w.vector, &k->scale[measure]);
        k->scale[measure] /= (double)d->count;
        if (k->scale[measure] > 0) /* all values equal: nothing to learn from */
            likelihood -= ((double)d->count * log(k->scale[measure]) + log_determinant) / 2;
    }
    return likelihood;
}

static void choose(struct kriging *k)
{
    double best = -INFINITY, reach = reaches[0], noise = noises[0];

    for (size_t choice = 0; choice < KRIGING_CHOICES; choice++) {
        decompose(k, reaches[choice / KRIGING_NOISES], noises[choice % KRIGING_NOISES]);
        double likelihood = solve(k);
        if (likelihood > best) {
            best = likelihood;
            reach = reaches[choice / KRIGING_NOISES];
            noise = noises[choice % KRIGING_NOISES];
        }
    }
    decompose(k, reach, noise);
    solve(k);
}

static void predict(struct kriging *k, const size_t *wanted, size_t wanted_count, double *means, double *deviations)
{
    const struct kriging_data *d = k->data;
    gsl_matrix_view m = matrix_of(k);
    gsl_vector_view row = gsl_vector_view_array(k->row, d->count);

    for (size_t i = 0; i < wanted_count; i++) {
        double known;
        for (size_t j = 0; j < d->count; j++)
            k->row[j] = d->likeness(d->context, wanted[i], d->points[j], k->reach);
        for (size_t measure = 0; measure < d->measures; measure++) {
            gsl_vector_view w = gsl_vector_view_array(&k->weights[measure * d->count], d->count);
            double *mean = &means[measure * wanted_count + i];
            gsl_blas_ddot(&row.vector, &w.vector, mean);
            *mean += k->mean[measure];
        }
        gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, &m.matrix, &row.vector);
        gsl_blas_ddot(&row.vector, &row.vector, &known);
        for (size_t measure = 0; measure < d->measures; measure++)
            deviations[measure * wanted_count + i] = sqrt(k->scale[measure] * fmax(0, 1 - known));
    }
}

static void centre(struct kriging *k)
{
    const struct kriging_data *d = k->data;
    for (size_t measure = 0; measure < d->measures; measure++) {
        const double *values = &d->values[measure * d->count];
        double sum = 0;
        for (size_t i = 0; i < d->count; i++)
            sum += values[i];
        k->mean[measure] = sum / (double)d->count;
        for (size_t i = 0; i < d->count; i++)
            k->centred[measure * d->count + i] = values[i] - k->mean[measure];
    }
}

int kriging_predict(const struct kriging_data *data, const size_t *wanted, size_t wanted_count, double *means,
                    double *deviations)
{
    size_t count = data->count, all = count * data->measures;
    struct kriging k = {.data = data};
    double *room = malloc((count * count + 2 * all + count + 2 * data->measures) * sizeof *room);
    if (room == NULL)
        return -1;
    k.factor = room;
    k.centred = k.factor + count * count;
    k.weights = k.centred + all;
    k.row = k.weights + all;
    k.mean = k.row + count;
    k.scale = k.mean + data->measures;
    centre(&k);
    choose(&k);
    predict(&k, wanted, wanted_count, means, deviations);
    free(room);
    return 0;
}
