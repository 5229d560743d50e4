/* mode.h - the worker's other work: one stream of requests to the pool allocator alone.
 *
 * Asked for by a first argument `pool-stream=NAME`; the others, all optional:
 *
 *     seed=1
 *     record_fd=1             where the lines go (session.h says what is in them)
 *     geometry=1048576,16384  an arena's and a pool's bytes; the model alone
 *
 * No interpreter is started. Exit status: 0, 2 for arguments that cannot be
 * used, 1 when the stream could not be run or written (one line on standard
 * error each).
 */
#ifndef GCSWEEP_POOL_MODE_H
#define GCSWEEP_POOL_MODE_H

#include <stdbool.h>

bool pool_mode_asked(int argc, char **argv);
/* Runs it: the exit status. `program` is named in errors. */
int pool_mode_run(const char *program, int argc, char **argv);

#endif
