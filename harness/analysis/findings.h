/* findings.h - the answer of a sweep in three sentences.
 *
 * The setting with the best throughput, the shortest pauses (p99), the least
 * memory (peak RSS): its ratio to the default with the 95 % interval, and what
 * it costs in the other two and in its longest pause. A ratio whose interval
 * includes 1, or that has none, is "not resolved"; one that is nearer to 1 than
 * the loudest workload's A/A twin is to itself is said to be within the noise
 * floor.
 *
 * Settings that never collect do not compete in throughput and pauses with
 * those that do; the throughput's sentence names the fastest of them apart.
 *
 * Over several workloads a setting's ratio of one round is the geometric mean
 * of its ratios in that round, over rounds in which every workload has a pair;
 * a setting that not every workload has is left out, and so is a workload whose
 * baseline is not the others': its ratios are to something else.
 */
#ifndef GCSWEEP_FINDINGS_H
#define GCSWEEP_FINDINGS_H

#include "harness/analysis/summary.h"

enum { FINDINGS = 3, FINDING_BYTES = 2400 };

struct findings {
    size_t workloads; /* how many are in it */
    size_t left_out;  /* how many are not, though the sweep has them */
    char sentence[FINDINGS][FINDING_BYTES];
    const struct configuration *fastest; /* what the first sentence calls best, on its first workload; NULL: nothing */
};

/* Of some subjects (one, or those of one runtime). 0, or -1 without memory. */
int find_findings(const struct summary *s, const struct subject *const *subjects, size_t count, struct findings *out);
/* Of all subjects of a runtime that have the same baseline: the default, where one has it. */
int find_findings_of_runtime(const struct summary *s, const char *runtime, struct findings *out);

#endif
