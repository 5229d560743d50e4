/* format.h - numbers as a reader wants them: three digits and a unit.
 *
 * NaN becomes "-" everywhere. `text` always ends with a null byte.
 */
#ifndef GCSWEEP_FORMAT_H
#define GCSWEEP_FORMAT_H

#include <stddef.h>

#include "harness/analysis/statistics.h"

enum { FORMAT_BYTES = 96 };

void format_duration(double ns, char *text, size_t size);     /* "1.23 ms"; "none" of 0 */
void format_bytes(double bytes, char *text, size_t size);     /* "41.2 MiB" */
void format_rate(double per_second, char *text, size_t size); /* "12.3 k/s" */
void format_share(double share, char *text, size_t size);     /* "12.3 %" */
void format_count(double count, char *text, size_t size);     /* "2332" */

typedef void formatter(double value, char *text, size_t size);
/* "1.23 ms [1.20 ms, 1.31 ms]": the median and the quartiles; the median alone of fewer than three runs. */
void format_spread(const struct spread *spread, formatter *format, char *text, size_t size);

#endif
