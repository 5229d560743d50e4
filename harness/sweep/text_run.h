/* text_run.h - a worker that writes lines, in a process of its own.
 *
 * Ownership  text_run_free releases what 0 gave.
 * Errors     0, RUNNER_INTERRUPTED, or -1 with one line in `error`, as runner_run.
 */
#ifndef GCSWEEP_TEXT_RUN_H
#define GCSWEEP_TEXT_RUN_H

#include <stddef.h>

#include "harness/record/record.h"
#include "harness/sweep/runner.h"
#include "harness/sweep/worker_command.h"

struct text_run {
    char *lines;                     /* what it wrote to WORKER_RECORD_FD; NULL when it did not end well */
    char message[RECORD_TEXT_BYTES]; /* then why not */
};

int text_run(const struct runner *r, const struct worker_command *command, struct text_run *out, char *error,
             size_t error_size);
void text_run_free(struct text_run *run);

#endif
