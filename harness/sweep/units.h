/* units.h - durations and sizes as people type them.
 *
 * A duration is a number and one of ns, us, ms, s, m, h: "90s", "2.5ms". A size
 * is a number and one of K, M, G (powers of 1024), or none for bytes: "4G".
 *
 * Units    nanoseconds, bytes.
 * Errors   0, or -1 with one line in `error` that names the text and the form.
 */
#ifndef GCSWEEP_UNITS_H
#define GCSWEEP_UNITS_H

#include <stddef.h>
#include <stdint.h>

enum { UNITS_TEXT_BYTES = 32 };

int units_parse_duration(const char *text, uint64_t *out_ns, char *error, size_t error_size);
int units_parse_size(const char *text, uint64_t *out_bytes, char *error, size_t error_size);
/* "5%" is 0.05; up to 1000%. */
int units_parse_percent(const char *text, double *out_share, char *error, size_t error_size);
/* A whole number from `least` to `most`; `what` names it in the error. */
int units_parse_count(const char *what, const char *text, uint64_t least, uint64_t most, uint64_t *out, char *error,
                      size_t error_size);

/* "2%" of 0.02; units_parse_percent reads it back. */
void units_write_percent(double share, char text[UNITS_TEXT_BYTES]);
/* Exact, with the greatest unit that divides it: "90s", "4G"; the parsers read it back. */
void units_write_duration(uint64_t ns, char text[UNITS_TEXT_BYTES]);
void units_write_size(uint64_t bytes, char text[UNITS_TEXT_BYTES]);
/* Rounded, for reading: "1.24 s", "1m32s", "512.0 MiB". */
void units_show_duration(uint64_t ns, char text[UNITS_TEXT_BYTES]);
void units_show_size(uint64_t bytes, char text[UNITS_TEXT_BYTES]);
/* The fewest digits that read back as the same number: "0.25". */
void units_write_number(double x, char text[UNITS_TEXT_BYTES]);

#endif
