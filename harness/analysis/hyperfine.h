/* hyperfine.h - what hyperfine measured beside a sweep, against what the sweep did.
 *
 * Both time whole processes, from exec to exit (a run's process_ns): the same
 * workers, the same work. A ratio of two settings that the two disagree on by
 * more than HYPERFINE_TOLERANCE is called out: one of them saw the machine
 * drift, or its start-up differ.
 *
 * Source     hyperfine's --export-json: "results", one object a command, of
 *            which "command", "mean", "stddev", "median", "times" (seconds)
 *            and "exit_codes" are read; the command's name is a
 *            configuration's canonical string.
 * Ownership  hyperfine_free releases the rows; they point into the summary.
 * Errors     hyperfine_load: 0, or -1 with one line in `error`; no file at all
 *            is 0 and no rows. A link is not followed, what is no plain file
 *            or larger than 16 MiB not read.
 */
#ifndef GCSWEEP_ANALYSIS_HYPERFINE_H
#define GCSWEEP_ANALYSIS_HYPERFINE_H

#include "harness/analysis/summary.h"

#define HYPERFINE_TOLERANCE 0.05

/* One setting of one workload against the workload's baseline. */
struct hyperfine_row {
    const struct subject *subject;
    const struct configuration *setting, *reference;
    double reference_ns, setting_ns; /* hyperfine's medians */
    size_t runs;                     /* of the one with fewer */
    double theirs;                   /* setting / reference, of the medians */
    struct interval ours;            /* the same of process_ns, paired by round */
    double difference;               /* theirs / ours - 1; NaN where ours is unknown */
    bool failed;                     /* a run of theirs did not exit with 0: the row says nothing */
};

struct hyperfine_rows {
    struct hyperfine_row *row;
    size_t count;
};

/* HYPERFINE_FILE of the summary's folder. */
int hyperfine_load(const struct summary *s, const char *directory, struct hyperfine_rows *out, char *error,
                   size_t error_size);
void hyperfine_free(struct hyperfine_rows *rows);
/* Whether the two disagree by more than the tolerance. */
bool hyperfine_disagrees(const struct hyperfine_row *row);

#endif
