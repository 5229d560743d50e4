/* plan_values.h - which values a dimension takes.
 *
 * plan_check_value writes the canonical form of `text` (PLAN_TEXT_BYTES):
 * 0, or -1 with one line in `error` that names the known values.
 */
#ifndef GCSWEEP_PLAN_VALUES_H
#define GCSWEEP_PLAN_VALUES_H

#include <stddef.h>

int plan_check_value(const char *dimension, const char *text, char *canonical, char *error, size_t error_size);
/* "unknown workload 'chian'; known: linked-list, graph, ..." */
int plan_unknown_workload(const char *name, char *error, size_t error_size);
/* A positive finite number. */
int plan_check_scale(const char *text, double *out, char *error, size_t error_size);

#endif
