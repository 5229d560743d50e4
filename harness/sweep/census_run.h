/* census_run.h - an untimed run of a configuration on the model, its heap marked from the roots.
 *
 * Errors     0, RUNNER_INTERRUPTED, or -1 with one line in `error`: what is
 *            missing, or how the worker ended.
 */
#ifndef GCSWEEP_CENSUS_RUN_H
#define GCSWEEP_CENSUS_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/sweep/runner.h"

/* What harness/worker/census/mode.h says of each. */
struct census_result {
    uint64_t live_objects, live_bytes, floating_objects, floating_bytes; /* peaks */
    uint64_t allocated, freed_by_counts, freed_by_collections;           /* objects */
    uint64_t blocks, block_bytes, died, median_age;                      /* a card's; else 0 */
};

/* A configuration of runtime cpython is looked at on the model, which counts
 * the same. With `card` marked less often, and blocks seen. */
int census_run(const struct runner *r, const struct plan *p, const struct plan_configuration *c, bool card,
               struct census_result *out, char *error, size_t error_size);
/* Its peaks into a record of the same configuration: what the workload itself
 * knew of its floating garbage stays. */
void census_record(const struct census_result *census, struct run_record *record);

#endif
