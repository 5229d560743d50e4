/* pool_run.h - one stream of requests through one runtime's pool allocator, in a process of its own.
 *
 * Ownership  pool_run_free releases what 0 gave.
 * Errors     0, RUNNER_INTERRUPTED, or -1 with one line in `error`, as runner_run.
 */
#ifndef GCSWEEP_POOL_RUN_H
#define GCSWEEP_POOL_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "harness/record/record.h"
#include "harness/sweep/runner.h"

struct pool_run {
    char *lines;                     /* the readings (harness/worker/pool/session.h); NULL when it did not end well */
    char message[RECORD_TEXT_BYTES]; /* then why not */
};

/* 0 when each runtime's worker is there, else -1 with one line in `error` that
 * says which is not and how to get it. */
int pool_run_check(const struct runner *r, char *error, size_t error_size);
/* `runtime` is a row's name (runtimes.h), `stream` one of streams.h. */
int pool_run(const struct runner *r, const char *runtime, const char *stream, uint64_t seed, struct pool_run *out,
             char *error, size_t error_size);
void pool_run_free(struct pool_run *run);

#endif
