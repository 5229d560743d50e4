/* sweep.h - a plan's runs, round by round, into a store.
 *
 * A round runs every configuration once, in the plan's order; a run that the
 * store holds already is passed over, which is all that resuming is. A budget
 * ends the sweep before a round that would not fit, judged by the longest
 * round so far; the first one is always run. A run that was interrupted is
 * dropped.
 *
 * Facts    kept in the store, added up over resumed sweeps: "sweep_ns" (the
 *          whole), "workers_ns" (from a worker's exec to its exit),
 *          "harness_share" (what is left, as a share), "rounds_done",
 *          "stopped" ("done", "budget", "interrupted", "running" while it is).
 * Errors   0, or -1 with one line in `error`; what was stored before stays.
 * Messages on standard error: the progress line, and one line for each thing
 *          that is missing (an allocator's library, a runtime).
 */
#ifndef GCSWEEP_SWEEP_H
#define GCSWEEP_SWEEP_H

#include "harness/store/store.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/runner.h"

enum sweep_stop { SWEEP_DONE, SWEEP_BUDGET, SWEEP_INTERRUPTED };

struct sweep_result {
    enum sweep_stop stopped;
    unsigned rounds_done;          /* whole ones, earlier sweeps' included */
    size_t runs, failed, found;    /* run now; of these not ok; in the store already */
    uint64_t sweep_ns, workers_ns; /* of this sweep alone */
};

int sweep_run(const struct plan *p, const struct runner *r, struct store *s, struct sweep_result *out, char *error,
              size_t error_size);

#endif
