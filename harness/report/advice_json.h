/* advice_json.h - advice, its confirmation and hyperfine's figures as JSON, for other programs.
 *
 * Units    stand in the names; ratios are to the reference; what is unknown is null.
 * Errors   a new reference, or NULL without memory.
 */
#ifndef GCSWEEP_ADVICE_JSON_H
#define GCSWEEP_ADVICE_JSON_H

#include <jansson.h>

#include "harness/analysis/confirmation.h"
#include "harness/analysis/hyperfine.h"

#define ADVICE_SCHEMA 1

json_t *advice_to_json(const struct advice *a);
json_t *confirmation_to_json(const struct advice *a, const struct confirmation *c, const char *what);
json_t *hyperfine_to_json(const struct hyperfine_rows *rows);
/* The summary's warnings, an array of sentences. */
json_t *advice_warnings_to_json(const struct summary *s);

#endif
