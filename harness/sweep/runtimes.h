/* runtimes.h - the runtimes and the ways to keep counts: rows, as allocators
 * and workloads are. Each runtime is a worker program of its own.
 */
#ifndef GCSWEEP_RUNTIMES_H
#define GCSWEEP_RUNTIMES_H

#include <stddef.h>

struct runtime_row {
    const char *name; /* as typed */
    const char *summary;
    const char *source;
    const char *program;   /* the worker's file, beside gcsweep */
    const char *collector; /* the only one it has; NULL: any of core's */
    const char *missing;   /* what to do when the program is not there */
};
extern const struct runtime_row runtime_rows[];
extern const size_t runtime_row_count;
/* NULL when there is none of that name. */
const struct runtime_row *find_runtime(const char *name);

extern const char *const refcount_names[];
extern const size_t refcount_count;

#endif
