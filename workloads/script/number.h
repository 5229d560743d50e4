/* number.h - numbers as heap scripts write them, whatever the locale.
 *
 * Source  the nearest double, ties to even: IEEE 754-2019, 4.3.1; found with
 *         whole numbers as in W. Clinger, "How to read floating point numbers
 *         accurately", PLDI 1990 (simplified: no fast path).
 */
#ifndef GCSWEEP_SCRIPT_NUMBER_H
#define GCSWEEP_SCRIPT_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUMBER_DIGITS = 40 }; /* significant ones that a float may have */

enum number_result { NUMBER_OK, NUMBER_MALFORMED, NUMBER_TOO_LARGE, NUMBER_TOO_LONG };

/* `-` and digits alone. */
enum number_result number_read_integer(const char *text, size_t length, int64_t *out);
/* `-12`, `1.5`, `1.5e-3`; digits on each side of a point; no infinity, no NaN. */
enum number_result number_read_float(const char *text, size_t length, double *out);

#endif
