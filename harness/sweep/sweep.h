/* sweep.h - a plan's runs, round by round, into a store.
 *
 *     struct sweep *w;
 *     sweep_open(&plan, &runner, store, &w, error, sizeof error);
 *     sweep_rounds(w, chosen, count, 0, 6, &stopped, error, sizeof error);   again and again, other configurations too
 *     sweep_close(w, stopped, &result, error, sizeof error);
 *
 * or sweep_run, which runs the plan: every configuration for all rounds of its
 * shard, or until every comparison is as precise as the plan wants.
 *
 * A round runs each chosen configuration once, in the plan's order of that
 * round, whichever are chosen; a run that the store holds already is passed
 * over, which is all that resuming is. A budget ends the sweep before a round
 * that would not fit, judged by the longest mean run of a round so far; the
 * first round is always run. A run that was interrupted is dropped.
 *
 * Precision after each whole round from PLAN_PRECISION_LEAST_ROUNDS on the widest
 *           interval is found (precision.h); the sweep stops when it is at most
 *           the plan's. What the store holds already counts, so a resumed sweep
 *           stops where it would have stopped.
 * Failed    a run that did not end ok is a row as others; sweep_retry_failed has
 *           those that are met run again, in the place of the old ones.
 * Facts     kept in the store, added up over resumed sweeps: "sweep_ns" (the
 *           whole), "workers_ns" (from a worker's exec to its exit),
 *           "harness_share" (what is left, as a share), "rounds_done",
 *           "stopped" ("done", "budget", "interrupted", "running" while it is,
 *           and with a precision "precise" or "rounds": all of them, and not
 *           precise). With a precision also "half_width" (a share, "unknown"
 *           below 6 rounds) and "half_width_of", the comparison it belongs to:
 *           its measure and configuration.
 * Ownership plan, runner and store are the caller's and outlive the sweep.
 * Errors    0, or -1 with one line in `error`; what was stored before stays.
 * Threads   none.
 * Messages  on standard error: the progress line, and one line for each thing
 *           that is missing (an allocator's library, a runtime).
 */
#ifndef GCSWEEP_SWEEP_H
#define GCSWEEP_SWEEP_H

#include "harness/store/store.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/runner.h"

enum sweep_stop { SWEEP_DONE, SWEEP_BUDGET, SWEEP_INTERRUPTED, SWEEP_PRECISE, SWEEP_ROUNDS };

struct sweep_result {
    enum sweep_stop stopped;
    unsigned rounds_done;          /* whole ones, earlier sweeps' included */
    size_t runs, failed, found;    /* run now; of these not ok; in the store already */
    size_t retried;                /* of `runs`, in the place of failed ones */
    uint64_t sweep_ns, workers_ns; /* of this sweep alone */
    /* With a precision: of the widest comparison, a share; NaN before the first that has an interval. */
    double half_width;
    char half_width_of[PLAN_TEXT_BYTES + 32]; /* "peak RSS of chain scale=1 ..." */
};

struct sweep;

/* The budget's time begins here. */
int sweep_open(const struct plan *p, const struct runner *r, struct store *s, struct sweep **out, char *error,
               size_t error_size);
/* The plan's configurations, twins included; they belong to the sweep. */
const struct plan_configuration *sweep_configurations(const struct sweep *w, size_t *count);
/* For the progress line: how many runs, and rounds, there will be in all,
 * those in the store included. Not said, it is the rounds that were asked for. */
void sweep_expect(struct sweep *w, size_t runs, unsigned rounds);
/* Rounds `first` to first + rounds - 1 of the configurations whose indices are
 * `chosen`; NULL is all of them. *stopped is SWEEP_DONE when all were run. */
int sweep_rounds(struct sweep *w, const size_t *chosen, size_t count, unsigned first, unsigned rounds,
                 enum sweep_stop *stopped, char *error, size_t error_size);
/* Writes the facts, fills `out` (which may be NULL), and frees the sweep whatever the result. */
int sweep_close(struct sweep *w, enum sweep_stop stopped, struct sweep_result *out, char *error, size_t error_size);

/* From here on runs in the store that did not end ok are run again. */
void sweep_retry_failed(struct sweep *w);
/* All that the plan says. */
int sweep_plan(struct sweep *w, enum sweep_stop *stopped, char *error, size_t error_size);
/* Opened, planned, closed. */
int sweep_run(const struct plan *p, const struct runner *r, struct store *s, struct sweep_result *out, char *error,
              size_t error_size);

#endif
