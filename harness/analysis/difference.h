/* difference.h - do two runs of one workload, one on each runtime, agree in all that can be counted?
 *
 * Compared: status, checksum, operations, collections, collected and
 * uncollectable objects and objects left of each generation, the counters,
 * the objects of the quarter rule, and the number of pauses. Times and memory
 * are not: they are measured, not counted.
 */
#ifndef GCSWEEP_DIFFERENCE_H
#define GCSWEEP_DIFFERENCE_H

#include <stddef.h>

#include "harness/record/record.h"

/* How many fields differ; each as "PATH A against B", joined by commas, in `text` as far as it fits. */
size_t find_differences(const struct run_record *a, const struct run_record *b, char *text, size_t size);

#endif
