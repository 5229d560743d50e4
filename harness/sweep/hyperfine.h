/* hyperfine.h - a plan's configurations timed by hyperfine, as whole processes.
 *
 * A second opinion that shares no code with ours: hyperfine starts the same
 * workers, with the same allocator preloaded, on the same CPU, and times them
 * from exec to exit, start-up and set-up included. It runs one configuration
 * after the other, not interleaved: drift of the machine is in its figures.
 *
 * Commands   hyperfine -N splits a command into words as a POSIX shell does
 *            (the crate shell-words): each word is quoted for that. The names
 *            in its JSON are the configurations' canonical strings.
 * Errors     0, HYPERFINE_MISSING when it is not installed, HYPERFINE_INTERRUPTED,
 *            or -1 with one line in `error`. An earlier JSON file stays unless 0.
 */
#ifndef GCSWEEP_HYPERFINE_H
#define GCSWEEP_HYPERFINE_H

#include "harness/sweep/pair_plan.h"
#include "harness/sweep/runner.h"

#define HYPERFINE_FILE "hyperfine.json"

enum { HYPERFINE_INTERRUPTED = 1, HYPERFINE_MISSING = 2, HYPERFINE_RUNS = 10, HYPERFINE_WARMUP = 1 };

/* Both settings of a pair on each workload; writes HYPERFINE_FILE in `directory`. */
int hyperfine_run(const struct runner *r, const struct pair_plan *p, const char *directory, char *error,
                  size_t error_size);
/* One worker's command as hyperfine -N reads it, malloc'd; NULL with one line in `error`. */
char *hyperfine_command(const struct runner *r, const struct pair_plan *p, const struct plan_configuration *c,
                        char *error, size_t error_size);

#endif
