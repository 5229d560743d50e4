/* advice.h - which setting to use, how sure that is, and what it costs.
 *
 * The goal is the first of throughput, longest pause and peak RSS that has no
 * budget (throughput when all have). Of the settings that keep all budgets,
 * the best in the goal is taken; of those within 2 % of it, the one with the
 * smallest product of the other two. The reference (the default) stays when it
 * keeps the budgets and the best is not better in the goal beyond doubt, which
 * is by an interval that excludes 1.
 *
 * Budgets    are kept beyond doubt, not on average: the longest pause's and
 *            the peak RSS's 95 % intervals (of their medians over rounds, of
 *            the worst workload in each) end below the limit; the throughput's
 *            interval, as a share of the best setting's, begins above it.
 * None given  what the reference has is the budget: a longest pause and a peak
 *            RSS whose ratios to its own are at most 1.05.
 * Disabled   a setting that never collected is advised only when asked for, or
 *            where none collects: its memory grows as long as the program
 *            lives, and its run was short.
 * How sure   the rounds are drawn 2,000 times with replacement: in which share
 *            of the draws its medians keep the budgets, and in which share
 *            nobody else who keeps them is better by more than 2 % besides,
 *            among the ADVICE_RIVALS that are nearest to it. With few rounds such a share is
 *            too confident (METHOD: percentile bootstrap, 89 % instead of 95 %).
 *
 * Units      nanoseconds, bytes, shares from 0 to 1.
 * Ownership  advice_free releases all; the summary must outlive it.
 * Errors     0, or -1 without memory.
 */
#ifndef GCSWEEP_ADVICE_H
#define GCSWEEP_ADVICE_H

#include "harness/analysis/settings.h"

/* Without budgets: how much longer a longest pause and how much more memory than the reference's is no cost. */
#define ADVICE_SLACK 1.05
/* Settings within this factor of the best in the goal are as good. */
#define ADVICE_AS_GOOD 1.02

enum { ADVICE_RESAMPLES = 2000, ADVICE_RIVALS = 64 };

enum advice_goal { ADVICE_THROUGHPUT, ADVICE_PAUSE, ADVICE_RSS, ADVICE_GOALS };

struct advice_request {
    double budget[ADVICE_GOALS]; /* least share of the best, most ns, most bytes; NaN for none */
    bool with_disabled;          /* settings that never collect may be advised, too */
    uint64_t seed;               /* of the draws */
};

/* One setting. Ratios are to the reference; a ratio of pauses counts a pause below 1 us as 1 us (front.h). */
struct advice_row {
    const struct setting *setting;
    bool on_front;
    bool may_be_advised; /* collects, or may go without */
    bool keeps_budgets;
    struct interval ratio[ADVICE_GOALS]; /* of throughput, longest pause, peak RSS */
    struct interval p99_ratio;
    struct interval
        level[ADVICE_GOALS];   /* throughput as a share of the best; longest pause and peak RSS of the worst workload */
    double p99_ns;             /* median of the worst workload */
    double miss[ADVICE_GOALS]; /* by which factor it is beyond the budget: up to 1 is kept; NaN without a budget or an
                                  interval */
};

struct advice {
    struct settings settings;
    struct advice_request request;
    struct advice_row *rows; /* one a setting */
    enum advice_goal goal;
    bool has_budgets;
    size_t kept;            /* rows that keep the budgets and may be advised */
    size_t reference, best; /* best in throughput of those that may be advised; the number of rows for none */
    size_t chosen;          /* the number of rows for none */
    size_t nearest;         /* when none is chosen: misses its budgets by the smallest factor */
    size_t unresolved; /* the best in the goal, where the reference stays for want of proof; else the number of rows */
    double share_kept, share_chosen; /* NaN without a choice */
    double floor[ADVICE_GOALS];      /* how far the loudest workload's A/A twin is from itself; NaN when unknown */
};

/* Of subjects that are comparable (settings.h), one at least. */
int advise(const struct summary *s, const struct subject *const *subjects, size_t count,
           const struct advice_request *request, struct advice *out);
void advice_free(struct advice *advice);

/* Fills share_kept and share_chosen: advise calls it. */
int advice_resample(struct advice *advice);

#endif
