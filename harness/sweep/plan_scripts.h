/* plan_scripts.h - a plan's heap scripts, kept with the results word for word.
 *
 * A plan names a script by its file. The results hold its text, each as a fact
 * "script:FILE", so that runs of a text that was changed meanwhile are never
 * added to those of the old one.
 *
 * Errors   0, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_PLAN_SCRIPTS_H
#define GCSWEEP_PLAN_SCRIPTS_H

#include "harness/store/store.h"
#include "harness/sweep/plan.h"

int plan_scripts_keep(const struct plan *p, struct store *s, char *error, size_t error_size);
/* Refuses a plan one of whose scripts is not what `results` were made of.
 * Results without the text, of an earlier gcsweep, are taken as they are. */
int plan_scripts_check(const struct plan *p, const struct result_set *results, char *error, size_t error_size);

#endif
