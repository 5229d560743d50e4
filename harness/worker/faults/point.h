/* point.h - a point of failure as text: which request for memory gets nothing.
 *
 *     17          the 17th block that the heap asks for
 *     malloc:3    the 3rd request to malloc
 *     arena:2     the 2nd arena of the pool allocator
 *     17+         the 17th and all after it; so for the other two
 *
 * core/memory_faults.h says what each kind is.
 */
#ifndef GCSWEEP_FAULT_POINT_H
#define GCSWEEP_FAULT_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/memory_faults.h"

/* Such as "malloc:18446744073709551615+". */
enum { FAULT_POINT_BYTES = 40 };

struct fault_point {
    enum memory_fault_kind kind;
    uint64_t nth; /* from 1; 0: nothing fails */
    bool onwards; /* all after it fail, too */
};

/* 0, or -1 with what is allowed in `error`. */
int fault_point_parse(const char *text, struct fault_point *out, char *error, size_t error_size);
void fault_point_write(const struct fault_point *p, char text[FAULT_POINT_BYTES]);
/* What it does with a request of that kind and number. */
bool fault_point_refuses(const struct fault_point *p, enum memory_fault_kind kind, uint64_t number);
/* What is asked for: "a block", ... */
const char *fault_kind_noun(enum memory_fault_kind kind);

#endif
