/* plan_values.h - which values a dimension takes.
 *
 * plan_check_value writes the canonical form of `text` (PLAN_TEXT_BYTES):
 * 0, or -1 with one line in `error` that names the known values.
 */
#ifndef GCSWEEP_PLAN_VALUES_H
#define GCSWEEP_PLAN_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "workloads/workload.h"

int plan_check_value(const char *dimension, const char *text, char *canonical, char *error, size_t error_size);
/* A row of workloads.def, or for "script:FILE" one without parameters, whose
 * name is not the file's. NULL for what is neither; the file is not looked at. */
const struct workload *plan_find_workload(const char *name);
/* The same, with the file read and parsed: 0, or -1 with one line in `error`. */
int plan_check_workload(const char *name, char *error, size_t error_size);
/* Whether a workload of this name has a scale: heap scripts have none. */
bool plan_has_scale(const char *name);
/* "unknown workload 'chian'; known: linked-list, graph, ..." */
int plan_unknown_workload(const char *name, char *error, size_t error_size);
/* A positive finite number. */
int plan_check_scale(const char *text, double *out, char *error, size_t error_size);

#endif
