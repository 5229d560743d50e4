/* deeds_script.h - a session's deeds as a heap script, which both runtimes run.
 *
 *     struct deeds_origin from = {.seed = 1, .session = 12, .failure = r.failure};
 *     size_t unsaid;
 *     if (deeds_script_write(out, &p, &from, &unsaid) == 0 && unsaid == 0)
 *         puts("the script does all that the session did");
 *
 * Each deed becomes the statements that do the same to the heap, under a
 * comment that repeats it. Registers are the names r0 to r63; a check prints
 * reference counts, lengths and what the collector tracks. At the end all names
 * are dropped and what is left is printed.
 *
 * Not said   what the language has no words for is a comment that starts with
 *            "not said", and is counted: what finalizers and callbacks do (but
 *            for bringing an object back into a register), finalizers of
 *            objects with slots, reading from a set or a function, emptying
 *            gc.garbage. What follows from it is lost, too: a deed on a
 *            register of which it is not known what it holds is not said.
 * Runs       every script runs without an error, whatever was left out: a
 *            statement is written only where the names that it reads are known
 *            to hold what it takes.
 * Order      a set lets go of its elements by their addresses: the finalizers of
 *            two in one set may be called in another order on each runtime.
 * Not there  the session's collector, pools and debug heap: who runs the script
 *            chooses them. The script's head names them.
 * Threads    none shared.
 */
#ifndef GCSWEEP_STRESS_DEEDS_SCRIPT_H
#define GCSWEEP_STRESS_DEEDS_SCRIPT_H

#include <stdio.h>

#include "harness/stress/program.h"

struct deeds_origin {
    uint64_t seed, session;
    const char *failure; /* one line */
};

/* *unsaid: deeds of which the script does not say all. -1 without memory. */
int deeds_script_write(FILE *out, const struct program *p, const struct deeds_origin *from, size_t *unsaid);

#endif
