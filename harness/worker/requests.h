/* requests.h - when each request of the workload was done.
 *
 *     requests_open(r, group);
 *     requests_calibrate(r);            what noting one costs
 *     requests_attach(r, m);            after the tuning has set its own hook
 *     requests_start(r, now_ns);        the region begins
 *     ... mutator_request_done ...
 *     requests_stop(r);
 *
 * Requests run back to back: one starts when the one before is done, so its
 * end is all that is noted. The clock is read before a tuning collects by hand,
 * which is the next request's delay, as it would be its client's.
 *
 * Groups     where requests are so short that a reading of the clock would show
 *            (workload.h), `group` of them are noted as one; a rest of fewer
 *            at the end is not.
 * Slow-down  where it is asked for, a request ends after its share of spinning
 *            (slowdown.h).
 * Units      ns on CLOCK_MONOTONIC, noted since the region's start.
 * Ownership  plain memory of its caller but for the log's file: requests_close.
 */
#ifndef GCSWEEP_REQUESTS_H
#define GCSWEEP_REQUESTS_H

#include "harness/worker/log.h"
#include "harness/worker/slowdown.h"
#include "workloads/mutator.h"

struct requests {
    uint64_t region_start_ns;
    uint64_t group, until_end; /* requests of a group; left of the one that goes on */
    request_hook *tuning;      /* who else wants to know, NULL for nobody */
    void *tuning_context;
    struct slowdown slowdown; /* the caller sets its share before the region */
    double cost_ns;           /* of noting one group's end, without the log's flushes */
    struct log log;           /* uint64_t: the groups' ends */
};

void requests_open(struct requests *r, uint64_t group);
void requests_close(struct requests *r);
/* Measures cost_ns, which it returns; leaves nothing noted. Takes about a ms. */
double requests_calibrate(struct requests *r);
/* Takes the mutator's hook over; the one that was there is called by it. */
void requests_attach(struct requests *r, struct mutator *m);
void requests_start(struct requests *r, uint64_t now_ns);
/* Spins for what a slow-down still owes, before the region's end is read. */
void requests_catch_up(struct requests *r, const struct mutator *m);
void requests_stop(struct requests *r);
/* The harness's own time inside the region. */
uint64_t requests_cost_ns(const struct requests *r);

#endif
