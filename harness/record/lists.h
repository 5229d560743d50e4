/* lists.h - a record's lists as bytes, for the store.
 *
 * The lists of a run are tens of thousands of numbers. As JSON they take
 * milliseconds to parse, which 100,000 runs cannot have; here they take
 * microseconds.
 *
 * Form     a version byte, then each list in the order of lists.c: its number
 *          of rows, then column by column each value as its difference from the
 *          one above it (mod 2^64; zigzag, so that a small fall is small too).
 *          Every number is a varint: 7 bits a byte, lowest first, the high bit
 *          set where more follow. A utilization is the 64 bits of its double.
 * Exact    what was packed comes back bit by bit.
 * Source   varints and zigzag as in Protocol Buffers' encoding.
 */
#ifndef GCSWEEP_LISTS_H
#define GCSWEEP_LISTS_H

#include "harness/record/record.h"

/* No list is longer, in whatever form it comes. */
enum { LISTS_LONGEST_MOST = 1000, LISTS_SAMPLES_MOST = 1000000, LISTS_CURVE_MOST = 1000 };

/* The bytes that record_pack_lists writes at most. */
size_t record_lists_bound(const struct run_record *r);
/* `out` has record_lists_bound bytes; how many were written. */
size_t record_pack_lists(const struct run_record *r, unsigned char *out);
/* From bytes that may be anything, into a record without lists: 0, or -1 with
 * one line in `error` and no lists. record_free releases them. */
int record_unpack_lists(const unsigned char *bytes, size_t size, struct run_record *r, char *error, size_t error_size);

/* No histogram counts more: three days of an event each nanosecond. So sums of
 * counts do not overflow, and a double tells any two of them apart. */
#define LISTS_COUNTED_MOST (UINT64_C(1) << 48)

/* What every reader holds a list to: filled buckets, lowest first, of at most
 * LISTS_COUNTED_MOST in all; windows rising, utilizations from 0 to 1. */
bool histogram_is_sound(const struct record_histogram *h);
bool curve_is_sound(const struct record_utilization *curve, size_t count);

#endif
