/* csv.h - summary.csv: one row a configuration, as RFC 4180 has it. */
#ifndef GCSWEEP_CSV_H
#define GCSWEEP_CSV_H

#include <stdio.h>

#include "harness/analysis/summary.h"

/* Units stand in the columns' names; an unknown number is an empty field. */
void write_csv(const struct summary *s, FILE *f);

#endif
