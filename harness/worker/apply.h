/* apply.h - a tuning on a running collector.
 *
 * The three steps of a program that sets its collector up by its first
 * statement: at the start, after its set-up, and per request.
 */
#ifndef GCSWEEP_APPLY_H
#define GCSWEEP_APPLY_H

#include "harness/worker/tunings/tuning.h"
#include "workloads/mutator.h"

/* Kept by the caller as long as the mutator runs. */
struct applied_tuning {
    struct tuning_setting setting;
    uint64_t until_collection; /* manual: requests left */
};

/* Thresholds, or automatic collection off: right after mutator_open. */
void apply_at_start(struct applied_tuning *t, struct mutator *m);
/* Freezes where the tuning says so, and counts requests from here on. */
void apply_after_setup(struct applied_tuning *t, struct mutator *m);

#endif
