/* environment.h - the machine and the versions a sweep ran with, as JSON.
 *
 * Nothing that names its owner: no host name, no user, no home folder. What
 * cannot be known is null.
 *
 *     {"date", "gcsweep", "compiler", "libc", "kernel",
 *      "cpu": {"model", "cores", "governor", "worker", "harness"},
 *      "memory": {"total_bytes", "available_bytes", "limit_bytes", "huge_pages"},
 *      "aslr", "steal_share", "load_average": [1 min, 5 min, 15 min],
 *      "allocators": [{"name", "library" | null, "package"}]}
 */
#ifndef GCSWEEP_ENVIRONMENT_H
#define GCSWEEP_ENVIRONMENT_H

#include "harness/sweep/runner.h"

/* malloc'd; NULL without memory. */
char *environment_to_json(const struct runner *r);

#endif
