#include "harness/analysis/confirmation.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

static bool excludes_one_below(const struct interval *x)
{
    return x->high < 1;
}

enum confirmed confirm_verdict(const struct interval *promised, const struct interval *measured)
{
    if (isnan(measured->low))
        return CONFIRMED_UNKNOWN;
    if (!interval_excludes_one(promised))
        return CONFIRMED_NO_PROMISE;
    if (!interval_excludes_one(measured))
        return CONFIRMED_NOT_RESOLVED;
    if (excludes_one_below(promised) != excludes_one_below(measured))
        return CONFIRMED_REVERSED;
    if (measured->low <= promised->high && promised->low <= measured->high)
        return CONFIRMED_HOLDS;
    return fabs(log(measured->estimate)) < fabs(log(promised->estimate)) ? CONFIRMED_SMALLER : CONFIRMED_LARGER;
}

static const struct setting *find_side(const struct settings *t, const struct confirmation_sides *sides,
                                       const void *setting)
{
    for (size_t i = 0; i < t->count; i++)
        if (sides->is_side(t->list[i].in[0], setting))
            return &t->list[i];
    return NULL;
}

/* Longest pause counted as front.h does, so that no pause has a ratio, too. */
static int measure(const struct settings *t, const struct setting *advised, const struct setting *reference,
                   struct confirmation *out)
{
    struct interval wall;

    if (front_ratio(&advised->mean, &reference->mean, FRONT_WALL_NS, &wall) != 0 ||
        front_ratio(&advised->mean, &reference->mean, FRONT_PAUSE_NS, &out->row[CONFIRM_LONGEST].measured) != 0 ||
        front_ratio(&advised->mean, &reference->mean, FRONT_RSS_BYTES, &out->row[CONFIRM_RSS].measured) != 0 ||
        settings_ratio(t, advised, reference, MEASURE_PAUSE_P99_NS, &out->row[CONFIRM_P99].measured) != 0)
        return -1;
    out->row[CONFIRM_THROUGHPUT].measured = interval_inverse(&wall);
    out->rounds = wall.pairs;
    snprintf(out->python, sizeof out->python, "%s", advised->in[0]->dimensions->version_python);
    return 0;
}

static int find_levels(const struct advice *promised, const struct setting *advised, struct confirmation *out)
{
    const double *budget = promised->request.budget;

    if (setting_level(advised, FRONT_PAUSE_NS, &out->level[ADVICE_PAUSE]) != 0 ||
        setting_level(advised, FRONT_RSS_BYTES, &out->level[ADVICE_RSS]) != 0)
        return -1;
    out->keeps_pause = isnan(budget[ADVICE_PAUSE]) || out->level[ADVICE_PAUSE].high <= budget[ADVICE_PAUSE];
    out->keeps_rss = isnan(budget[ADVICE_RSS]) || out->level[ADVICE_RSS].high <= budget[ADVICE_RSS];
    return 0;
}

static int confirm_on(const struct advice *promised, const struct settings *t, const struct confirmation_sides *sides,
                      struct confirmation *out)
{
    const struct setting *advised = find_side(t, sides, sides->advised);
    const struct setting *reference = find_side(t, sides, sides->reference);

    if (advised == NULL || reference == NULL)
        return 0;
    out->workloads = t->subject_count;
    return measure(t, advised, reference, out) == 0 ? find_levels(promised, advised, out) : -1;
}

static void judge(struct confirmation *out)
{
    for (enum confirmed_measure m = 0; m < CONFIRM_MEASURES; m++)
        out->row[m].verdict = confirm_verdict(&out->row[m].promised, &out->row[m].measured);
    enum confirmed goal = out->row[out->goal].verdict;
    out->holds = goal == CONFIRMED_HOLDS || goal == CONFIRMED_SMALLER || goal == CONFIRMED_LARGER;
    out->promised = interval_excludes_one(&out->row[out->goal].promised);
    out->stands = (out->holds || goal == CONFIRMED_NO_PROMISE) && out->keeps_pause && out->keeps_rss;
}

int confirm_advice(const struct advice *promised, const struct summary *measured,
                   const struct confirmation_sides *sides, struct confirmation *out)
{
    static const enum confirmed_measure goals[ADVICE_GOALS] = {CONFIRM_THROUGHPUT, CONFIRM_LONGEST, CONFIRM_RSS};
    const struct advice_row *row = &promised->rows[promised->chosen];
    const struct interval unknown = {0, NAN, NAN, NAN};
    const struct subject **subjects = malloc((measured->subject_count + 1) * sizeof *subjects);
    struct settings t;

    memset(out, 0, sizeof *out);
    out->goal = goals[promised->goal];
    for (enum confirmed_measure m = 0; m < CONFIRM_MEASURES; m++)
        out->row[m].measured = unknown;
    out->level[ADVICE_THROUGHPUT] = out->level[ADVICE_PAUSE] = out->level[ADVICE_RSS] = unknown;
    out->row[CONFIRM_THROUGHPUT].promised = row->ratio[ADVICE_THROUGHPUT];
    out->row[CONFIRM_LONGEST].promised = row->ratio[ADVICE_PAUSE];
    out->row[CONFIRM_P99].promised = row->p99_ratio;
    out->row[CONFIRM_RSS].promised = row->ratio[ADVICE_RSS];
    if (subjects == NULL)
        return -1;
    for (size_t i = 0; i < measured->subject_count; i++)
        subjects[i] = &measured->subjects[i];
    int status = 0;
    if (measured->subject_count > 0) {
        status = settings_open(measured, subjects, measured->subject_count, &t);
        if (status == 0) {
            status = confirm_on(promised, &t, sides, out);
            settings_close(&t);
        }
    }
    free(subjects);
    judge(out);
    return status;
}
