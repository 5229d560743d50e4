/* chrome_trace.h - a run over time, for Perfetto and chrome://tracing.
 *
 * Every pause on one track, the requests on another, resident memory and (where
 * the run knows it) floating garbage as counters. Of more than CHROME_TRACE_REQUESTS requests the longest ones and an
 * evenly spaced sample are there; otherData says which.
 *
 * Units   ts and dur are microseconds with three decimals, from the region's start.
 * Source  Trace Event Format (Google): JSON object format, events X, C and M.
 */
#ifndef GCSWEEP_CHROME_TRACE_H
#define GCSWEEP_CHROME_TRACE_H

#include <stdio.h>

#include "harness/exporters/timeline_source.h"

enum { CHROME_TRACE_REQUESTS = 200000 };

/* 0, or -1 without memory; a failed write shows in ferror(f). */
int chrome_trace_write(const struct timeline_source *source, FILE *f);

#endif
