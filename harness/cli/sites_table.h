/* sites_table.h - allocation sites for a person, and as JSON. */
#ifndef GCSWEEP_SITES_TABLE_H
#define GCSWEEP_SITES_TABLE_H

#include <stdio.h>

#include "harness/sweep/site_run.h"

void sites_table_print(const struct site_run *run, FILE *out);
/* {"at_peak": {"bytes": N, "blocks": N, "sites": [{"file": "...", "line": N, "bytes": N, "blocks": N}, ...]},
 *  "in_all": {same}}; a site before the workload's first line has file null. -1 when it was not
 * written: out of memory, or the stream failed. */
int sites_table_print_json(const struct site_run *run, FILE *out);

#endif
