/* hlog.h - a run's pauses and requests as an HdrHistogram log.
 *
 * One row for each second and tag in which something began: tags gen0, gen1,
 * gen2 and release are pauses, request is the time of requests. Values are ns;
 * Interval_Max is in ms, as HistogramLogAnalyzer takes it. Readers that know
 * no tags (the plain HistogramLogProcessor) need a tag to be named.
 *
 * Source  HdrHistogram 2.1.12, HistogramLogWriter: format version 1.3.
 */
#ifndef GCSWEEP_HLOG_H
#define GCSWEEP_HLOG_H

#include <stdio.h>

#include "harness/exporters/timeline_source.h"

/* 0, or -1 without memory; a failed write shows in ferror(f). */
int hlog_write(const struct timeline_source *source, FILE *f);

#endif
