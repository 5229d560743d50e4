/* timeline.h - every pause and request of one run, as the worker hands them
 * over in a file: a header, the pauses, the requests' ends.
 *
 * The header is written last: a file without one is of a worker that did not
 * come that far. Reader and writer are of one build; what is read is checked
 * all the same.
 *
 * Units      ns since the region's start.
 * Ownership  timeline_free releases what timeline_read made.
 */
#ifndef GCSWEEP_TIMELINE_H
#define GCSWEEP_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/record/record.h"

#define TIMELINE_MAGIC UINT64_C(0x314c54706577636d) /* "mcwepTL1" */

enum { TIMELINE_KINDS = 4 }; /* of pauses: generation 0, 1, 2 and release */

struct timeline_header {
    uint64_t magic;
    uint64_t pauses, ends;                 /* how many of each follow */
    uint64_t pauses_whole, requests_whole; /* 0 where there were more than a log holds: then none follow */
    uint64_t group;                        /* requests that each end stands for */
    uint64_t pace_per_s;                   /* requests planned a second; 0 for none */
    uint64_t pace_origin_ns;               /* the first one's plan */
};

struct timeline {
    struct timeline_header header;
    struct record_pause *pause; /* by start */
    uint64_t *end;              /* rising */
};

/* 0, or -1 with one line in `error` and an empty timeline. */
int timeline_read(int fd, struct timeline *out, char *error, size_t error_size);
void timeline_free(struct timeline *t);

/* When the request of that index began: when the one before ended, or when it
 * was planned where that is later. */
uint64_t timeline_request_start_ns(const struct timeline *t, uint64_t index);

#endif
