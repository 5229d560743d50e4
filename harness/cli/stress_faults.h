/* stress_faults.h - gcsweep stress --every-allocation: workloads and scripts, each of whose requests fails. */
#ifndef GCSWEEP_STRESS_FAULTS_H
#define GCSWEEP_STRESS_FAULTS_H

#include <stddef.h>
#include <stdint.h>

/* `names`: workloads at their reduced size, heap scripts as script:FILE or by a
 * name that ends in .heap; none: every workload. At most `points` of a kind
 * each. The exit status. */
int stress_faults(const char *const *names, size_t count, uint64_t points, uint64_t seed);

#endif
