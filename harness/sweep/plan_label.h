/* plan_label.h - what the parts of a plan share: the defaults, and a
 * workload's text in the canonical string.
 */
#ifndef GCSWEEP_PLAN_LABEL_H
#define GCSWEEP_PLAN_LABEL_H

#include "harness/sweep/plan.h"

enum { PLAN_DIMENSIONS = 5 };
struct plan_default {
    const char *dimension, *text;
};
extern const struct plan_default plan_defaults[PLAN_DIMENSIONS];

/* "chain[cycle_size=10] scale=1"; -1 when it does not fit into PLAN_TEXT_BYTES. */
int plan_workload_label(const struct plan_workload *w, char label[PLAN_TEXT_BYTES]);
/* Sets one parameter, checked: 0, or -1 with one line in `error`. */
int plan_workload_set(struct plan_workload *w, const struct record_param *param, char *error, size_t error_size);
/* Adds a workload as it is; one that the plan has already is kept once. */
int plan_append_workload(struct plan *p, const struct plan_workload *w, char *error, size_t error_size);

#endif
