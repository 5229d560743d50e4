/* sampler.h - a process's resident memory over time, seen from outside.
 *
 * Samples lie on a grid. When SAMPLER_MOST are held, every second one is
 * dropped and the grid doubles: 1 ms, 500 samples -> 250 samples on 2 ms.
 * So a short run is seen in detail and a long one costs no more.
 *
 * Units    bytes; nanoseconds on CLOCK_MONOTONIC.
 */
#ifndef GCSWEEP_SAMPLER_H
#define GCSWEEP_SAMPLER_H

#include <stddef.h>
#include <stdint.h>

#include "harness/record/record.h"

enum { SAMPLER_MOST = 500 };

struct sampler {
    struct record_sample sample[SAMPLER_MOST]; /* t_ns on the clock */
    size_t count;
    uint64_t grid_ns, next_ns; /* when the next sample is due */
    uint64_t peak_bytes;       /* of all that was seen, kept or not */
};

void sampler_start(struct sampler *s, uint64_t now_ns, uint64_t grid_ns);
/* What was seen at now_ns; kept when a sample is due. */
void sampler_see(struct sampler *s, uint64_t now_ns, uint64_t bytes);
/* Writes the samples from start_ns to end_ns into the record, their times
 * since start_ns, and their mean. They are malloc'd (record_free). */
void sampler_fill(const struct sampler *s, uint64_t start_ns, uint64_t end_ns, struct run_record *out);

#endif
