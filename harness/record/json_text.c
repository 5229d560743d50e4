#include "harness/record/json_text.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local bool refused; /* a request of the reading that goes on */

static void *noting_malloc(size_t size)
{
    void *block = malloc(size);
    refused = refused || (!block && size > 0);
    return block;
}

struct reading {
    json_malloc_t malloc;
    json_free_t free;
};

static struct reading begin(void)
{
    struct reading r;
    json_get_alloc_funcs(&r.malloc, &r.free);
    json_set_alloc_funcs(noting_malloc, free);
    refused = false;
    return r;
}

static json_t *end(const struct reading *r, json_t *value, json_error_t *why)
{
    json_set_alloc_funcs(r->malloc, r->free);
    if (!refused)
        return value;
    json_decref(value);
    snprintf(why->text, sizeof why->text, "out of memory");
    return NULL;
}

json_t *json_text_read(const char *text, size_t length, size_t flags, json_error_t *why)
{
    struct reading r = begin();
    return end(&r, json_loadb(text, length, flags, why), why);
}

json_t *json_text_read_file(FILE *file, size_t flags, json_error_t *why)
{
    struct reading r = begin();
    return end(&r, json_loadf(file, flags, why), why);
}

json_t *json_of_text(const char *text, bool *full)
{
    json_error_t why;
    refused = false;
    json_t *value = text != NULL ? json_text_read(text, strlen(text), 0, &why) : NULL;
    *full = refused;
    return value;
}
