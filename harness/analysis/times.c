#include "harness/analysis/times.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double known(uint64_t value)
{
    return value == RECORD_UNKNOWN ? NAN : (double)value;
}

struct times_round times_round_of(const struct run_record *model, const struct run_record *cpython)
{
    return (struct times_round){
        .model_wall_ns = known(model->wall_ns),
        .cpython_wall_ns = known(cpython->wall_ns),
        .model_gc_ns = known(model->gc_ns),
        .cpython_gc_ns = known(cpython->gc_ns),
        .visited = known(model->gc_visited),
    };
}

/* ---- What of a round is estimated; NaN leaves the round out ---- */

typedef double figure(const struct times_round *round);

static double log_ratio(double a, double b)
{
    return a > 0 && b > 0 ? log(a / b) : NAN;
}

static double wall(const struct times_round *r)
{
    return log_ratio(r->model_wall_ns, r->cpython_wall_ns);
}

static double gc(const struct times_round *r)
{
    return log_ratio(r->model_gc_ns, r->cpython_gc_ns);
}

static double model_visit(const struct times_round *r)
{
    return r->visited > 0 ? r->model_gc_ns / r->visited : NAN;
}

static double cpython_visit(const struct times_round *r)
{
    return r->visited > 0 ? r->cpython_gc_ns / r->visited : NAN;
}

static int estimate(const struct times_round *rounds, size_t count, figure *of,
                    int (*by)(const double *, size_t, struct interval *), double *scratch, struct interval *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        double x = of(&rounds[i]);
        if (!isnan(x))
            scratch[kept++] = x;
    }
    return by(scratch, kept, out);
}

int find_times(const struct times_round *rounds, size_t count, struct times *out)
{
    double *scratch = calloc(count + 1, sizeof *scratch);
    if (!scratch)
        return -1;
    int failed = estimate(rounds, count, wall, ratio_of_logs, scratch, &out->wall_ratio) != 0;
    failed |= estimate(rounds, count, gc, ratio_of_logs, scratch, &out->gc_ratio) != 0;
    failed |= estimate(rounds, count, model_visit, hodges_lehmann, scratch, &out->model_visit_ns) != 0;
    failed |= estimate(rounds, count, cpython_visit, hodges_lehmann, scratch, &out->cpython_visit_ns) != 0;
    free(scratch);
    return failed ? -1 : 0;
}

void visit_text(const struct interval *ns, char *text, size_t size)
{
    if (isnan(ns->estimate))
        snprintf(text, size, "-");
    else if (isnan(ns->low))
        snprintf(text, size, "%.1f ns", ns->estimate);
    else
        snprintf(text, size, "%.1f ns [%.1f, %.1f]", ns->estimate, ns->low, ns->high);
}
