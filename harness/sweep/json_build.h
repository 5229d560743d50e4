/* json_build.h - JSON of which no part is left out for want of memory.
 *
 * jansson drops a part that could not be made and goes on. Here what such a
 * part belongs to is not made either: it is released, and NULL, up to the
 * whole, which its writer then refuses.
 *
 * Ownership  json_with and json_with_member take over what they are given, NULL
 *            included, and return the list or the object, or NULL.
 */
#ifndef GCSWEEP_JSON_BUILD_H
#define GCSWEEP_JSON_BUILD_H

#include <jansson.h>
#include <stdlib.h>

#include "harness/sweep/text_stream.h"

static inline json_t *json_with(json_t *list, json_t *value)
{
    if (json_array_append_new(list, value) == 0)
        return list;
    json_decref(list);
    return NULL;
}

static inline json_t *json_with_member(json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) == 0)
        return object;
    json_decref(object);
    return NULL;
}

/* json_dumps, which in jansson 2.14 leaves a part of a name out and goes on. To be freed; NULL without memory. */
static inline char *json_to_text(const json_t *value, size_t flags)
{
    struct text_stream text;
    if (!value || !text_stream_open(&text))
        return NULL;
    int result = json_dumpf(value, text.file, flags);
    char *whole = text_stream_close(&text);
    if (result == 0)
        return whole;
    free(whole);
    return NULL;
}

#endif
