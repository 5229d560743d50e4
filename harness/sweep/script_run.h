/* script_run.h - one heap script on one runtime, in a process of its own; what it prints is kept.
 *
 * Ownership  script_outcome_free releases what 0 gave.
 * Errors     0, RUNNER_INTERRUPTED, or -1 with one line in `error`, as runner_run.
 */
#ifndef GCSWEEP_SCRIPT_RUN_H
#define GCSWEEP_SCRIPT_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/record/record.h"
#include "harness/sweep/runner.h"

struct script_outcome {
    char *lines; /* what it printed, 0-terminated; never NULL */
    size_t length;
    bool cut;                        /* it printed more than WORKER_RECORD_BYTES, which are kept */
    int exit_code;                   /* -1 when it did not exit by itself */
    char message[RECORD_TEXT_BYTES]; /* why, where exit_code is not 0: one line */
};

/* 0 when each runtime's worker is there, else -1 with one line in `error` that
 * says which is not and how to get it; `option` is what asked for it. */
int script_run_check(const struct runner *r, const char *option, char *error, size_t error_size);
/* `runtime` is a row's name (runtimes.h). */
int script_run(const struct runner *r, const char *runtime, const char *path, struct script_outcome *out, char *error,
               size_t error_size);
void script_outcome_free(struct script_outcome *outcome);

#endif
