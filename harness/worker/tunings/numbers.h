/* numbers.h - the numbers in a tuning's text. */
#ifndef GCSWEEP_TUNING_NUMBERS_H
#define GCSWEEP_TUNING_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

/* "T0,T1,T2" with 1 to 3 numbers, the rest of them CPython's defaults: 0, or
 * -1 with one line in `error`. */
int numbers_read_thresholds(const char *text, int threshold[3], char *error, size_t error_size);
/* Always all three. */
void numbers_write_thresholds(const int threshold[3], char *text, size_t size);
/* All of the `length` bytes of text as a whole number up to `most`: 0, or -1
 * with one line in `error` that calls it `what`. */
int numbers_read(const char *text, size_t length, const char *what, uint64_t least, uint64_t most, uint64_t *out,
                 char *error, size_t error_size);

#endif
