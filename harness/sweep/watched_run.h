/* watched_run.h - a worker of any kind, run under a runner's limits.
 *
 * Errors   0, RUNNER_INTERRUPTED, or -1 with one line in `error`, as runner_run.
 */
#ifndef GCSWEEP_WATCHED_RUN_H
#define GCSWEEP_WATCHED_RUN_H

#include <stddef.h>

#include "harness/sweep/runner.h"
#include "harness/sweep/verdict.h"
#include "harness/sweep/worker_command.h"

/* What was seen of the worker, lent, once it has ended: 0, or -1 without memory. */
typedef int watched_take(const struct run_facts *facts, void *context);

int watched_run(const struct runner *r, const struct worker_command *command, watched_take *take, void *context,
                char *error, size_t error_size);

#endif
