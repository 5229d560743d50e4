/* meter.h - the pauses of one run: how long, how many, which were the longest.
 *
 *     meter_open(meter);
 *     meter_calibrate(meter);              what recording one pause costs
 *     meter_start(meter, meter_now_ns());  the region begins
 *     ... meter_pause for each collection ...
 *     meter_stop(meter);
 *
 * Pauses outside the region (set-up's) are not counted. All others go into a
 * log too, where there is one, for what needs each of them: utilization.
 *
 * Units      ns on CLOCK_MONOTONIC.
 * Ownership  a meter is plain memory of its caller; nothing here allocates.
 */
#ifndef GCSWEEP_METER_H
#define GCSWEEP_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/record/histogram.h"
#include "harness/record/record.h"
#include "harness/worker/log.h"

enum { METER_LONGEST = 1000 };

/* A pause as the log holds it. */
struct meter_entry {
    uint64_t start_ns;          /* since the region's start */
    uint64_t duration_and_kind; /* ns << METER_KIND_BITS | kind */
};
enum { METER_KIND_BITS = 8 };

/* About 1.2 MiB: map it, do not put it on a stack. */
struct meter {
    bool running;
    uint64_t region_start_ns;
    struct histogram kind[RECORD_PAUSE_KINDS]; /* generations, then RECORD_RELEASE */
    /* While running a heap, its shortest pause first; sorted by meter_stop. */
    struct record_pause longest[METER_LONGEST];
    size_t longest_count;
    struct log *log; /* of struct meter_entry, the caller's; NULL for none */
    double pause_cost_ns;
    uint64_t bucket[RECORD_PAUSE_KINDS][HISTOGRAM_BUCKETS];
};

uint64_t meter_now_ns(void);
/* `meter` must be zeroed; its log is set after this, and opened by then. */
void meter_open(struct meter *meter);
/* Measures the meter's own cost of one pause (two readings of the clock and
 * the recording) into pause_cost_ns, which it returns. Leaves the meter empty,
 * and its memory touched. Takes a few ms. */
double meter_calibrate(struct meter *meter);
void meter_start(struct meter *meter, uint64_t now_ns);
/* A pause_hook (mutator.h) whose context is the meter. */
void meter_pause(void *context, int kind, uint64_t start_ns, uint64_t end_ns);
/* From here on `longest` is sorted, the longest first. */
void meter_stop(struct meter *meter);
/* How many pauses of any kind were counted. */
uint64_t meter_pauses(const struct meter *meter);
/* How long the collections were in all. */
uint64_t meter_gc_ns(const struct meter *meter);

#endif
