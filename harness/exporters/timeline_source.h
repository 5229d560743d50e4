/* timeline_source.h - what a picture of one run over time is made from. */
#ifndef GCSWEEP_TIMELINE_SOURCE_H
#define GCSWEEP_TIMELINE_SOURCE_H

#include "harness/record/record.h"
#include "harness/record/timeline.h"

struct timeline_source {
    const struct run_record *run;
    const struct timeline *timeline;
    uint64_t epoch_ns; /* when the region began, since 1970 */
};

/* "gen0", "release": of a pause's kind. */
extern const char *const timeline_kind_names[TIMELINE_KINDS];

#endif
