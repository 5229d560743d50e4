/* script_show.h - one heap script in a process of its own, its lines shown as they come.
 *
 * The worker writes to our standard output itself (harness/worker/script_mode.h);
 * what it says on standard error is kept, since it is at most one line.
 *
 * Errors     0, RUNNER_INTERRUPTED, or -1 with one line in `error`, as runner_run.
 */
#ifndef GCSWEEP_SCRIPT_SHOW_H
#define GCSWEEP_SCRIPT_SHOW_H

#include "harness/sweep/runner.h"

enum { SCRIPT_MESSAGE_BYTES = 1024 };

struct script_ending {
    int status;                         /* 0; 2 where the script is wrong; 1 for any other end */
    bool reader_gone;                   /* nobody read the lines any more */
    char message[SCRIPT_MESSAGE_BYTES]; /* one line where status is not 0, but for reader_gone */
};

/* `path` "-" is standard input. `runtime` is a row's name (runtimes.h). */
int script_show(const struct runner *r, const char *runtime, const char *path, struct script_ending *out, char *error,
                size_t error_size);

#endif
