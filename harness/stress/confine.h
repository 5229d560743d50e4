/* confine.h - a session in a process of its own, so that a crash is a result.
 *
 * Errors   0 when the session held; -1 with result->failure, which says
 *          "crashed: ..." or "took longer than N s" where it ended so.
 * Threads  the caller has one: the child is a fork.
 */
#ifndef GCSWEEP_STRESS_CONFINE_H
#define GCSWEEP_STRESS_CONFINE_H

#include <sys/types.h>

#include "harness/stress/program.h"

/* Memory that a child shares with its parent, zeroed; NULL without. */
void *confine_share(size_t bytes);
void confine_unshare(void *memory, size_t bytes);

/* "crashed: Segmentation fault" for a status of waitpid; "" when it ended by itself with status 0. */
void confine_describe(int status, unsigned most_seconds, char *text, size_t size);

/* Quiet: what the child writes to standard error is lost. */
int program_run_confined(const struct program *p, unsigned most_seconds, struct program_result *result);

#endif
