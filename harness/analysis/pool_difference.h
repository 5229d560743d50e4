/* pool_difference.h - do two pool allocators that served one stream agree in every reading?
 *
 * The readings are lines of words NAME=VALUE (harness/worker/pool/session.h),
 * one line a reading, compared in order.
 */
#ifndef GCSWEEP_POOL_DIFFERENCE_H
#define GCSWEEP_POOL_DIFFERENCE_H

#include <stddef.h>

struct pool_agreement {
    size_t readings;  /* compared, up to and with the first that differs */
    size_t different; /* words of that one; 0 when all are equal */
};

/* The words of the first reading that differs, as "at request=N: NAME A against B, ... and 3 more", in
 * `text` as far as it fits. A reading that one side lacks is a difference too. */
struct pool_agreement find_pool_differences(const char *a, const char *b, char *text, size_t size);
/* The value of NAME in the last reading; "?" when it has none. */
void pool_last_value(const char *lines, const char *name, char *out, size_t size);

#endif
