/* json_build.h - JSON of which no part is left out for want of memory.
 *
 * jansson drops a part that could not be made and goes on. Here what such a
 * part belongs to is not made either: it is released, and NULL, up to the
 * whole, which its writer then refuses.
 *
 * Ownership  both take over what they are given, NULL included, and return the
 *            list or the object, or NULL.
 */
#ifndef GCSWEEP_JSON_BUILD_H
#define GCSWEEP_JSON_BUILD_H

#include <jansson.h>

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

#endif
