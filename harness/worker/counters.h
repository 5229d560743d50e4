/* counters.h - what the processor counts while the workload runs.
 *
 * User space of this thread alone, from counters_start to counters_stop. Where
 * there are more events than registers the kernel takes turns; a count is then
 * scaled by the share of the time that it was counted.
 *
 * Unknown    many machines, virtual ones above all, count nothing, and a kernel
 *            may allow nobody to ask: such an event stays RECORD_UNKNOWN, and
 *            the run goes on.
 * Ownership  counters_close closes what counters_open opened; zeroed counters
 *            are closed ones.
 * Source     perf_event_open(2).
 */
#ifndef GCSWEEP_COUNTERS_H
#define GCSWEEP_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/record/record.h"

enum counter {
    COUNTER_CYCLES,
    COUNTER_INSTRUCTIONS,
    COUNTER_CACHE_MISSES,
    COUNTER_BRANCH_MISSES,
    COUNTER_DTLB_MISSES,
    COUNTERS
};

/* As the kernel names an event: PERF_TYPE_ and PERF_COUNT_. */
struct counter_event {
    uint32_t type;
    uint64_t config;
};
extern const struct counter_event counter_events[COUNTERS];

struct counters {
    int fd[COUNTERS];
    bool open[COUNTERS];
};

/* 0 when every event is counted, else the errno value of the first that is not; the others are. */
int counters_open(struct counters *c, const struct counter_event events[COUNTERS]);
void counters_close(struct counters *c);
void counters_start(struct counters *c);
void counters_stop(struct counters *c);
uint64_t counters_read(const struct counters *c, enum counter which);
/* All of them, into the record. */
void counters_record(const struct counters *c, struct run_record *r);
/* Why there are none, for a person: `failed` is what counters_open gave. */
const char *counters_excuse(int failed);

#endif
