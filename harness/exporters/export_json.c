/* export_json.c - jansson with what is unknown left out. */
#include "harness/exporters/export_json.h"

#include <math.h>
#include <stdlib.h>

#include "harness/exporters/export_names.h"

/* Twelve digits: nanoseconds of a run of a quarter of an hour, without the digits that no clock gave. */
enum { INDENT = 1, DIGITS = 12 };

json_t *json_safe_text(const char *text)
{
    char *safe = export_text(text);
    json_t *value = safe != NULL ? json_string(safe) : NULL;
    free(safe);
    return value;
}

int json_put(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value);
}

int json_put_text(json_t *object, const char *key, const char *text)
{
    return json_put(object, key, json_safe_text(text));
}

int json_put_number(json_t *object, const char *key, double value)
{
    return isfinite(value) ? json_put(object, key, json_real(value)) : 0;
}

int json_put_count(json_t *object, const char *key, uint64_t value)
{
    return value <= INT64_MAX ? json_put(object, key, json_integer((json_int_t)value)) : 0;
}

int json_add(json_t *array, json_t *value)
{
    return json_array_append_new(array, value);
}

int json_add_number(json_t *array, double value)
{
    return json_add(array, isfinite(value) ? json_real(value) : json_null());
}

int json_add_count(json_t *array, uint64_t value)
{
    return json_add(array, value <= INT64_MAX ? json_integer((json_int_t)value) : json_null());
}

int json_finish(json_t *value, int status, FILE *f)
{
    if (value == NULL)
        return -1;
    if (status == 0 &&
        json_dumpf(value, f, JSON_INDENT(INDENT) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(DIGITS)) != 0 && !ferror(f))
        status = -1;
    if (status == 0)
        fputc('\n', f);
    json_decref(value);
    return status;
}
