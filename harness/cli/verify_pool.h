/* verify_pool.h - gcsweep verify --pool: core's pool allocator against the real CPython's. */
#ifndef GCSWEEP_VERIFY_POOL_H
#define GCSWEEP_VERIFY_POOL_H

#include "harness/sweep/plan.h"

/* Takes seed and limits from the plan; prints a row a stream: the exit status. */
int verify_pools(const struct plan *p);

#endif
