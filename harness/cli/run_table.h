/* run_table.h - one run record as a small table for a person.
 *
 * What is not known is shown as a dash. 0, or -1 without memory.
 */
#ifndef GCSWEEP_RUN_TABLE_H
#define GCSWEEP_RUN_TABLE_H

#include <stdio.h>

#include "harness/record/record.h"

int run_table_print(const struct run_record *r, FILE *out);

#endif
