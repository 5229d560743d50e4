/* hdr_payload.h - a histogram as HdrHistogram's readers take it.
 *
 * The text that follows the last comma of a row of a .hlog file: base64 of a
 * compressed V2 encoding. Our buckets are those of an HdrHistogram from 1 to
 * 2^42 - 1 with three significant digits, so counts go over one to one.
 *
 * Source  HdrHistogram 2.1.12, org.HdrHistogram.AbstractHistogram: a cookie
 *         and a length, then zlib of a 40-byte header (cookie, length of the
 *         counts, index offset, digits, lowest, highest, ratio; all big
 *         endian) and the counts as ZigZag LEB128, a run of zeroes as its
 *         negative length.
 */
#ifndef GCSWEEP_HDR_PAYLOAD_H
#define GCSWEEP_HDR_PAYLOAD_H

#include "harness/record/histogram.h"

/* malloc'd text, NULL without memory. Counts above 2^62 become 2^62. */
char *hdr_payload(const struct histogram *h);

#endif
