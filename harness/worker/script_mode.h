/* script_mode.h - the worker's third work: one heap script, its lines printed.
 *
 * Asked for by a first argument `script=FILE` (`-`: standard input), after
 * which only `free_lists=N` (worker.h) may come. The script runs on this worker's runtime with the pools of
 * CPython 3.11; its lines go to standard output, at most LINES_LATE_MS after
 * they were printed.
 *
 * Exit status: 0; 2 for a script that cannot be read or parsed, or did what
 * cannot be done; 1 for one that ran out of memory or whose lines could not be
 * written. One line on standard error each: "gcsweep: FILE:LINE:COLUMN: ...".
 * A reader that goes away ends it by SIGPIPE.
 */
#ifndef GCSWEEP_SCRIPT_MODE_H
#define GCSWEEP_SCRIPT_MODE_H

#include <stdbool.h>

enum { LINES_LATE_MS = 50 };

bool script_mode_asked(int argc, char **argv);
/* Runs it: the exit status. `program` is named in errors that are not the script's. */
int script_mode_run(const char *program, int argc, char **argv);

#endif
