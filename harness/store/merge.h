/* merge.h - results of several shards or machines as the results of one sweep.
 *
 * All sources must have been made from the same plan (rounds, budget, precision
 * and shard aside) and from the same texts of heap scripts. Comparisons pair
 * runs of one round, so a round stays what one machine ran in one go:
 *
 * Shards    (plans with K/N) keep their round numbers; each K at most once.
 * Others    whole sweeps, of several machines: the rounds of each follow those
 *           of the one before, so that none are shared.
 * Copies    a run that two sources hold is refused: it would count twice.
 * One       source alone is copied: its plan, environment and facts stay as they
 *           are, so that a report says the same of the machine and the method.
 *
 * What is written of several: runs; the plan without shard, budget and
 * precision; the first source's environment, with what differs on the others
 * beside it; the fact "sources", a JSON array with each one's folder, command,
 * environment, rounds and end; the sums of "sweep_ns" and "workers_ns". Merged
 * results are not resumed and not merged again.
 *
 * Lists     MERGE_WITHOUT_LISTS leaves out the runs' lists, which are nearly all
 *           of a results file: what is small enough to publish can still be
 *           compared, recommended from and swept again. The fact "lists" says
 *           so (store.h); it is not resumed, and merged only without lists.
 *
 * Atomic    all is written into OUT/.merging and renamed into place when it is
 *           whole and on the disk: a merge that was killed leaves no results. The
 *           next one removes what it left there.
 * Memory    as store_load of all sources together.
 * Errors    0, or -1 with one line in `error`; the sources are only read.
 */
#ifndef GCSWEEP_MERGE_H
#define GCSWEEP_MERGE_H

#include <stddef.h>
#include <stdint.h>

struct merge;

enum merge_lists { MERGE_LISTS, MERGE_WITHOUT_LISTS };

struct merge_outcome {
    size_t runs;
    uint64_t rounds;
};

/* Reads the sources and checks them against one another. */
int merge_open(const char *const *directories, size_t count, enum merge_lists lists, struct merge **out, char *error,
               size_t error_size);
void merge_free(struct merge *m);
/* `out` is a folder that is there and holds no results; of several sources `command` is kept as the fact of that
 * name. */
int merge_write(const struct merge *m, const char *out, const char *command, struct merge_outcome *outcome, char *error,
                size_t error_size);

#endif
