/* confirm.h - a pair of settings run against each other in rounds of their own, into a store of their own.
 *
 * Interleaved, a fresh process each, as a sweep: the store can be reported on
 * and compared as any. Interrupted, the same call goes on where it stopped.
 *
 * Errors   0, CONFIRM_INTERRUPTED, or -1 with one line in `error`; what was
 *          stored before stays. A folder that holds anything but the same
 *          pair's runs is refused and stays as it is.
 */
#ifndef GCSWEEP_CONFIRM_H
#define GCSWEEP_CONFIRM_H

#include "harness/sweep/pair_plan.h"
#include "harness/sweep/runner.h"

enum { CONFIRM_INTERRUPTED = 1, CONFIRM_LEAST_ROUNDS = 10 };

/* Refuses, before anything is written, what cannot be started here. */
int confirm_check(const struct runner *r, const struct pair_plan *p, char *error, size_t error_size);
/* `p->plan.rounds` rounds into `directory`, which is made where it is not there; `command` is kept as a fact. */
int confirm_run(const struct runner *r, const struct pair_plan *p, const char *directory, const char *command,
                char *error, size_t error_size);

#endif
