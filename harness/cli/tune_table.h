/* tune_table.h - the front of a search, or of a grid, as a table for a person.
 *
 * Each setting of the front, the shortest longest pause first: median over its
 * rounds, and the ratio to the default with its interval.
 */
#ifndef GCSWEEP_TUNE_TABLE_H
#define GCSWEEP_TUNE_TABLE_H

#include <stdio.h>

#include "harness/analysis/summary.h"

/* -1 without memory. */
int tune_table_print(const struct summary *s, FILE *out);

#endif
