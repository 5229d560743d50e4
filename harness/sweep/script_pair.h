/* script_pair.h - one heap script on both runtimes: do they print the same and end in the same way?
 *
 * The text lies in a folder of its own below TMPDIR (or /tmp) while it runs.
 *
 * Ownership  script_pair_close removes the folder.
 * Errors     0, RUNNER_INTERRUPTED, or -1 with one line in `error`, as runner_run.
 */
#ifndef GCSWEEP_SCRIPT_PAIR_H
#define GCSWEEP_SCRIPT_PAIR_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/sweep/runner.h"

enum { SCRIPT_DIFFERENCE_BYTES = 640 };

struct script_pair {
    const struct runner *runner;
    char folder[PATH_MAX / 2], path[PATH_MAX];
};

struct script_verdict {
    bool equal;                               /* both ended well, and all lines are the same */
    bool well;                                /* both exited with status 0 */
    bool differ;                              /* lines or exit statuses */
    char difference[SCRIPT_DIFFERENCE_BYTES]; /* where not equal: one printable line */
};

int script_pair_open(struct script_pair *p, const struct runner *r, char *error, size_t error_size);
int script_pair_run(const struct script_pair *p, const char *text, size_t length, struct script_verdict *out,
                    char *error, size_t error_size);
void script_pair_close(struct script_pair *p);

#endif
