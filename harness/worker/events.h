/* events.h - what was noted one by one in the region, and what it says: the
 * latencies of requests, and the mutator's utilization over pauses.
 */
#ifndef GCSWEEP_EVENTS_H
#define GCSWEEP_EVENTS_H

#include "harness/worker/mmu.h"
#include "harness/worker/region.h"
#include "harness/worker/requests.h"

/* Room for it, zeroed; used only when everything has been measured. The record
 * points into it. */
struct event_results {
    uint64_t simple[HISTOGRAM_BUCKETS], metered[HISTOGRAM_BUCKETS], metered_100ms[HISTOGRAM_BUCKETS];
    struct record_bucket requests_out[HISTOGRAM_BUCKETS], metered_out[HISTOGRAM_BUCKETS],
        metered_100ms_out[HISTOGRAM_BUCKETS];
    struct record_utilization mmu[MMU_WINDOWS_MOST], bmu[MMU_WINDOWS_MOST];
};

/* Latencies into the record; where the log is not whole they stay unknown, and
 * request_log_full says so. */
void events_record_requests(const struct requests *requests, const struct pace *pace, struct event_results *results,
                            struct run_record *r);
/* The same for both curves, with pause_log_full; r->wall_ns is known by then. `pauses`: a log of
 * struct meter_entry. */
void events_record_pauses(const struct log *pauses, struct event_results *results, struct run_record *r);

#endif
