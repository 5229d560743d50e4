/* export_json.h - JSON values as exporters need them.
 *
 * Errors  each gives 0, or -1 without memory; they can be joined by |.
 */
#ifndef GCSWEEP_EXPORT_JSON_H
#define GCSWEEP_EXPORT_JSON_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* A text whose control characters and broken UTF-8 were made visible; NULL without memory. */
json_t *json_safe_text(const char *text);

int json_put(json_t *object, const char *key, json_t *value);
int json_put_text(json_t *object, const char *key, const char *text);
/* A number that is unknown (NaN) leaves no key behind. */
int json_put_number(json_t *object, const char *key, double value);
/* The same of RECORD_UNKNOWN. */
int json_put_count(json_t *object, const char *key, uint64_t value);

/* Appends; an unknown number is null. */
int json_add(json_t *array, json_t *value);
int json_add_number(json_t *array, double value);
int json_add_count(json_t *array, uint64_t value);

/* Writes the value, indented, and a line feed; releases it. `status` not 0: releases it only. Gives status, or -1. */
int json_finish(json_t *value, int status, FILE *f);

#endif
