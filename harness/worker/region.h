/* region.h - the measured part of a run: the workload's main loop.
 *
 * What is read just before and just after it, and what the difference says.
 */
#ifndef GCSWEEP_REGION_H
#define GCSWEEP_REGION_H

#include <sys/resource.h>

#include "harness/record/record.h"
#include "harness/worker/counters.h"
#include "harness/worker/meter.h"
#include "harness/worker/requests.h"
#include "workloads/workload.h"

struct region_edge {
    uint64_t now_ns;
    struct rusage usage;
    struct runtime_state state;
};

struct region {
    struct region_edge begin, end;
    struct counters counters; /* opened by the caller; zeroed: none */
    struct pace pace;         /* as the loop left it; its times since the region's start */
    int result;               /* of mutator_guard: not 0 where the loop ended before its time */
};

/* Runs the workload's main loop, with the meter on. `requests`: NULL for those
 * of nobody. */
void region_run(struct region *region, struct mutator *m, const struct workload *w, struct meter *meter,
                struct requests *requests);

/* Room for the pauses' histograms as a record holds them, zeroed; used only
 * when everything has been measured. The record points into it. */
struct region_buckets {
    uint64_t all[HISTOGRAM_BUCKETS];
    struct record_bucket kind[RECORD_PAUSE_KINDS][HISTOGRAM_BUCKETS];
};

/* What region and meter say, into the record. */
void region_record(const struct region *region, const struct meter *meter, struct region_buckets *buckets,
                   struct run_record *r);

#endif
