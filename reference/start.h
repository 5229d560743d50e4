/* start.h - starts and ends the interpreter that runtime_cpython.c drives.
 *
 * The interpreter is isolated: no environment variable, no site module, no
 * signal handler, no bytecode written, a fixed hash seed; its standard library
 * is the one that belongs to the libpython in use, whatever `python3` is on PATH.
 *
 * Errors   -1 with one line in `error`.
 * Threads  the one that calls; it holds the GIL until start_undo.
 */
#ifndef GCSWEEP_REFERENCE_START_H
#define GCSWEEP_REFERENCE_START_H

#include <stdbool.h>
#include <stddef.h>

/* pools: pymalloc serves up to 512 bytes, else malloc serves all. The choice
 * holds for the process: what outlives Py_FinalizeEx belongs to that allocator. */
int start_interpreter(bool pools, char *error, size_t error_size);
void start_undo(void);

#endif
