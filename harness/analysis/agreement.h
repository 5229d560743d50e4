/* agreement.h - whether all runs of a workload did the same work.
 *
 * The checksum of what the mutator saw is the same for every allocator,
 * collector, tuning and runtime of one workload, scale and seed. Where it is
 * not, the number of the odd ones does not count; without a checksum that more
 * than half of the ok runs have, none does.
 */
#ifndef GCSWEEP_AGREEMENT_H
#define GCSWEEP_AGREEMENT_H

struct summary;

/* Fills checksum, has_checksum and checksums_agree of every subject and
 * checksum_differs of every configuration. 0, or -1 without memory. */
int find_agreement(struct summary *s);

#endif
