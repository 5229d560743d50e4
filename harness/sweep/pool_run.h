/* pool_run.h - one stream of requests through one runtime's pool allocator, in a process of its own.
 *
 * Ownership  text_run_free releases what 0 gave: the readings (harness/worker/pool/session.h).
 * Errors     0, RUNNER_INTERRUPTED, or -1 with one line in `error`, as runner_run.
 */
#ifndef GCSWEEP_POOL_RUN_H
#define GCSWEEP_POOL_RUN_H

#include <stdint.h>

#include "harness/sweep/text_run.h"

/* 0 when each runtime's worker is there, else -1 with one line in `error` that
 * says which is not and how to get it. */
int pool_run_check(const struct runner *r, char *error, size_t error_size);
/* `runtime` is a row's name (runtimes.h), `stream` one of streams.h. */
int pool_run(const struct runner *r, const char *runtime, const char *stream, uint64_t seed, struct text_run *out,
             char *error, size_t error_size);

#endif
