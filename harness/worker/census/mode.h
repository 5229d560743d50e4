/* mode.h - gcsweep-worker census=FREQUENCY: one run, untimed, its heap marked from the roots. The model only.
 *
 *     gcsweep-worker census=each KEY=VALUE...
 *     gcsweep-worker census=card KEY=VALUE...
 *
 * The other arguments are a worker's (worker.h). `each` marks the heap before
 * each collection and at the end: what floats grows until then, so that the
 * peak is exact. `card` is for a workload's card: it marks only once the blocks
 * allocated since the last time are a sixteenth of the live objects, so that a
 * large heap costs little; it keeps no free lists, so that each object is a
 * block of its own; and it sees every block come and go. It writes lines to
 * record_fd and exits with 0, 1 or 2 as a worker does:
 *     status ok | status out-of-memory | status failed WHY
 *     live OBJECTS BYTES         the peaks, each its own
 *     floating OBJECTS BYTES     objects: tracked ones; bytes: of all that waits for a collection
 *     objects ALLOCATED BY_COUNTS BY_COLLECTIONS     and how many were freed
 * and of a card:
 *     blocks ALLOCATED BYTES     bytes as asked for; a block that is resized is a new one
 *     age DIED MEDIAN            blocks that were given back, and how many were allocated in their time
 */
#ifndef GCSWEEP_CENSUS_MODE_H
#define GCSWEEP_CENSUS_MODE_H

#include <stdbool.h>

bool census_mode_asked(int argc, char **argv);
/* Runs it: the exit status. `program` is named in errors. */
int census_mode_run(const char *program, int argc, char **argv);

#endif
