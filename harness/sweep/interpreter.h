/* interpreter.h - how much slower an interpreter's mutator is than ours: what work_ns is for.
 *
 * Some workloads are kept as Python source, too (share/), and do the same work
 * with the same parameters. Each runs some times on the installed Python and
 * on the model, in turns, on the same CPU; what Python takes longer outside of
 * collections, for each allocation of the workload, is the N of
 * --param work_ns=N. The median of each side counts.
 *
 * Errors   0, RUNNER_INTERRUPTED, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_INTERPRETER_H
#define GCSWEEP_INTERPRETER_H

#include <stddef.h>
#include <stdint.h>

#include "harness/sweep/runner.h"

struct interpreter_probe {
    const char *workload, *script; /* the script's name in share/ */
    const char *param;             /* NAME=VALUE, of both: a run of some tenths of a second */
};
extern const struct interpreter_probe interpreter_probes[];
extern const size_t interpreter_probe_count;

struct interpreter_pace {
    double python_ns, model_ns; /* outside of collections, for each allocation */
    double python_gc_share, model_gc_share;
    uint64_t allocations;
    uint64_t work_ns; /* N */
};

/* The program that the variable PYTHON names, else python3 of PATH; "" with -1 where it is not there. */
int interpreter_find(char *path, size_t size, char *error, size_t error_size);
int interpreter_measure(const struct runner *r, const char *python, const struct interpreter_probe *probe,
                        struct interpreter_pace *out, char *error, size_t error_size);
/* Whole ns that a mutator must spend more, 0 where it is slower already. */
uint64_t interpreter_work_ns(double python_ns, double model_ns);
/* "mutator_ns=5 gc_ns=2", a script's line: 0, or -1 when it is another. */
int interpreter_parse(const char *line, double *mutator_ns, double *gc_ns);

#endif
