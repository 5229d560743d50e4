/* machine.h - what the results know of the machine they were measured on.
 *
 * The environment is JSON that the sweep wrote and that anyone may have
 * changed since: whatever cannot be read is left out.
 *
 * Errors  0, or -1 without memory: then something was left out.
 */
#ifndef GCSWEEP_MACHINE_H
#define GCSWEEP_MACHINE_H

#include "harness/analysis/summary.h"

/* Names as in "cpu.model"; neither text is escaped. */
typedef void machine_fact(void *context, const char *name, const char *text);
int each_machine_fact(const char *environment, machine_fact *fact, void *context);
/* Of merged results: each source, its runs and rounds, as "merged 1", "DIR: 30 runs, rounds 1 to 10, done". */
int each_source(const struct result_set *results, machine_fact *fact, void *context);
/* What the runs' records say: versions of gcsweep, allocators, Python, compiler and kernel. */
void each_version(const struct summary *s, machine_fact *fact, void *context);

/* A frequency governor other than `performance`, huge pages `always`: settings that move figures. */
int each_machine_warning(const char *environment, void (*say)(void *context, const char *text), void *context);

#endif
