/* results_folder.h - a results folder as the subcommands that fill one make and reopen it.
 *
 * Ownership  store_close closes what was made or reopened; plan_free releases
 *            a plan that was read, whatever the result.
 * Errors     0, or -1 with one line in `error`.
 */
#ifndef GCSWEEP_RESULTS_FOLDER_H
#define GCSWEEP_RESULTS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/store/store.h"
#include "harness/sweep/plan.h"
#include "harness/sweep/runner.h"

/* The folder and its parents, those that are not there. */
int results_make_folder(const char *directory, char *error, size_t error_size);
enum results_kind { RESULTS_SWEEP, RESULTS_SEARCH };
/* Makes the folder, its parents too, with a new store that keeps plan, environment, command, the texts of heap scripts
 * and, of a search, that it is one: all of them or, when the process is killed, no store. With `resume` the store that
 * is there: resuming may have changed the rounds or the limits, so the plan is kept as it is now. */
int results_open(const char *directory, bool resume, enum results_kind kind, const struct plan *p,
                 const struct runner *r, const char *command, struct store **out, char *error, size_t error_size);
/* The plan that a folder's results were made from; refused when a heap script of it has changed since. */
int results_plan(const char *directory, struct plan *p, char *error, size_t error_size);

#endif
