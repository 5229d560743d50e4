/* terminal.h - the report's table and answer as plain text. */
#ifndef GCSWEEP_TERMINAL_H
#define GCSWEEP_TERMINAL_H

#include <stdio.h>

#include "harness/analysis/summary.h"

/* A table a workload, the three sentences, failed runs, noise floors, the Pareto front. 0, or -1 without memory. */
int write_terminal(const struct summary *s, FILE *f);

#endif
