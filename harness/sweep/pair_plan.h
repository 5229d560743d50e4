/* pair_plan.h - a plan of two settings, over some of a sweep's workloads, on one runtime.
 *
 * A plan is a cross product, so two settings that differ in two dimensions
 * make four configurations: `chosen` are the two that were asked for, of each
 * workload, and their A/A twins.
 *
 * Nearest    what the runtime cannot be told (another collector, another pool
 *            allocator, counts kept otherwise) is replaced by what it has.
 * Ownership  pair_plan_free releases all, after a failure too.
 * Errors     0, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_PAIR_PLAN_H
#define GCSWEEP_PAIR_PLAN_H

#include "harness/sweep/plan.h"

struct pair_setting {
    char allocator[PLAN_TEXT_BYTES], collector[PLAN_TEXT_BYTES], tuning[PLAN_TEXT_BYTES], refcount[PLAN_TEXT_BYTES];
};

enum pair_side { PAIR_REFERENCE, PAIR_ADVISED, PAIR_SIDES };

struct pair_plan {
    struct plan plan;
    struct pair_setting setting[PAIR_SIDES];
    struct plan_configuration *configurations;
    size_t count;
    size_t *chosen; /* indices of configurations */
    size_t chosen_count;
};

/* The setting of a run as `runtime` can have it; true when that is another one. */
bool pair_setting_on(const char *runtime, const struct run_record *run, struct pair_setting *out);
bool pair_setting_is(const struct pair_setting *setting, const struct run_record *run);

/* `plan` is the sweep's, as JSON; `labels` are its workloads' as in a
 * configuration's canonical string, up to the seed (summary.h's subjects). */
int pair_plan_make(const char *plan, const char *const *labels, size_t label_count, const char *runtime,
                   const struct run_record *reference, const struct run_record *advised, struct pair_plan *out,
                   char *error, size_t error_size);
void pair_plan_free(struct pair_plan *p);
/* Which setting a configuration is of; PAIR_SIDES for neither. */
enum pair_side pair_side_of(const struct pair_plan *p, const struct plan_configuration *c);

#endif
