/* settings.h - what can be set (allocator, tuning, collector, refcount), over one workload or several.
 *
 * A setting stands in the table when each of the subjects asked about has it
 * and it counts there. Its value in a round is the geometric mean of its
 * values in that round over the subjects, over rounds in which each of them
 * has a run that ended ok; `worst` is the greatest of them, which is what a
 * budget has to hold for.
 *
 * Reference  the baseline of the subjects, which must be the same setting in
 *            all of them (comparable_subjects).
 * Ownership  settings_close releases the table; the summary must outlive it.
 * Errors     0, or -1 without memory.
 */
#ifndef GCSWEEP_SETTINGS_H
#define GCSWEEP_SETTINGS_H

#include "harness/analysis/front.h"
#include "harness/analysis/summary.h"

struct setting {
    const struct configuration *const *in; /* one a subject */
    struct front_point mean;               /* prepared */
    struct front_point worst;              /* the same rounds; prepared */
    bool collects;                         /* had a pause of a collection in one subject at least */
};

struct settings {
    const struct summary *summary;
    const struct subject **subjects;
    size_t subject_count;
    struct setting *list; /* in the tables' order */
    size_t count;
    size_t reference; /* `count` when it does not count itself */

    const struct configuration **in; /* what the list points to */
    struct front_round *rounds;
};

/* Of the `count` subjects in `from`, those whose baselines are one and the
 * same setting, the default where one has it: into `out`, which may be `from`.
 * How many. */
size_t comparable_subjects(const struct summary *s, const struct subject *const *from, size_t count,
                           const struct subject **out);

/* `subjects` may go after the call; there is at least one. */
int settings_open(const struct summary *s, const struct subject *const *subjects, size_t count, struct settings *out);
void settings_close(struct settings *t);

bool same_setting(const struct configuration *a, const struct configuration *b);
/* The median over rounds of the worst subject's value, and its interval (statistics.h, quantile_interval). */
int setting_level(const struct setting *s, enum front_measure measure, struct interval *out);
/* a / b: in each round the geometric mean of the subjects' ratios; NaN where a
 * value is 0 or unknown. */
int settings_ratio(const struct settings *t, const struct setting *a, const struct setting *b, enum measure measure,
                   struct interval *out);

#endif
