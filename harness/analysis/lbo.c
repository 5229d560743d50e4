#include "harness/analysis/lbo.h"

#include <math.h>

#include "harness/analysis/summary.h"

const char *const lbo_names[LBO_COSTS] = {[LBO_WALL] = "lbo_wall", [LBO_CPU] = "lbo_cpu"};

double lbo_least(const double *distilled, size_t count)
{
    double least = NAN;

    for (size_t i = 0; i < count; i++)
        if (!isnan(distilled[i]) && !(distilled[i] >= least))
            least = distilled[i];
    return least;
}

static double known(uint64_t ns)
{
    return ns == RECORD_UNKNOWN ? NAN : (double)ns;
}

double lbo_total(const struct run_record *run, enum lbo_cost cost)
{
    return cost == LBO_WALL ? known(run->wall_ns) : known(run->user_ns) + known(run->system_ns);
}

double lbo_distilled(const struct run_record *run, enum lbo_cost cost)
{
    double distilled = lbo_total(run, cost) - known(run->gc_ns);

    return distilled > 0 ? distilled : NAN;
}

typedef double cost_of(const struct run_record *run, enum lbo_cost cost);

/* Of the ok runs, each divided by `unit`. */
static struct spread spread_over_runs(const struct configuration *c, cost_of *value_of, enum lbo_cost cost, double unit,
                                      double *scratch)
{
    size_t count = 0;

    for (size_t i = 0; i < c->run_count; i++) {
        double value = run_is_ok(c->runs[i]) ? value_of(c->runs[i], cost) / unit : NAN;
        if (!isnan(value))
            scratch[count++] = value;
    }
    return spread_of(scratch, count);
}

double lbo_fill(struct configuration *configurations, size_t count, enum lbo_cost cost, double *scratch)
{
    double least = NAN;

    for (size_t i = 0; i < count; i++) {
        struct configuration *c = &configurations[i];
        double distilled = c->counts ? spread_over_runs(c, lbo_distilled, cost, 1, scratch).median : NAN;
        c->lbo[cost].distilled_ns = distilled;
        least = lbo_least((double[]){least, distilled}, 2);
    }
    for (size_t i = 0; i < count; i++) {
        struct configuration *c = &configurations[i];
        double unit = c->counts ? least : NAN;
        c->lbo[cost].ratio = spread_over_runs(c, lbo_total, cost, unit, scratch);
    }
    return least;
}
