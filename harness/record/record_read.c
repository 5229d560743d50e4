/* record_read.c - a run record from JSON that nobody vouches for.
 *
 * The only file that knows the JSON library. What is there must be right: a
 * wrong type, a number out of range, a list too long or out of order is an
 * error that names the path; what is missing or null stays unknown.
 */
#include "harness/record/record.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/record/histogram.h"
#include "harness/record/lists.h"
#include "harness/record/json_text.h"

struct reading {
    struct run_record *record;
    char *error;
    size_t error_size;
};

static int refuse(struct reading *s, const char *path, const char *what)
{
    snprintf(s->error, s->error_size, "run record: %s: %s", path, what);
    return -1;
}

/* The value at a path such as "generations.0.collected"; NULL when it is
 * missing or null. */
static const json_t *find(const json_t *root, const char *path)
{
    const json_t *at = root;
    while (*path && at) {
        char part[64];
        size_t n = strcspn(path, ".");
        if (n >= sizeof part)
            return NULL;
        memcpy(part, path, n);
        part[n] = '\0';
        at = json_is_array(at) ? json_array_get(at, strtoul(part, NULL, 10)) : json_object_get(at, part);
        path += n + (path[n] == '.');
    }
    return json_is_null(at) ? NULL : at;
}

/* ---- Scalars ---- */

static const char *take_text(const json_t *value, char *out, size_t size)
{
    if (!json_is_string(value))
        return "must be a string";
    if (json_string_length(value) >= size)
        return "is too long";
    memcpy(out, json_string_value(value), json_string_length(value) + 1);
    return NULL;
}

static const char *take_u64(const json_t *value, uint64_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return "must be a whole number, 0 or more";
    *out = (uint64_t)json_integer_value(value);
    return NULL;
}

static const char *take_hex(const json_t *value, uint64_t *out)
{
    const char *text = json_string_value(value);
    size_t length = text ? json_string_length(value) : 0;
    if (length == 0 || length > 16 || text[strspn(text, "0123456789abcdef")] != '\0')
        return "must be a string of at most 16 hexadecimal digits";
    *out = strtoull(text, NULL, 16);
    return NULL;
}

/* What is wrong with the value, or NULL. */
static const char *take_scalar(const json_t *value, enum record_kind kind, void *member)
{
    switch (kind) {
    case RECORD_KIND_TEXT:
        return take_text(value, member, RECORD_TEXT_BYTES);
    case RECORD_KIND_U64:
        return take_u64(value, member);
    case RECORD_KIND_HEX:
        return take_hex(value, member);
    case RECORD_KIND_I64:
        if (!json_is_integer(value))
            return "must be a whole number";
        *(int64_t *)member = json_integer_value(value);
        return NULL;
    case RECORD_KIND_F64:
        if (!json_is_number(value))
            return "must be a number";
        *(double *)member = json_number_value(value);
        return NULL;
    case RECORD_KIND_BOOL:
        if (!json_is_boolean(value))
            return "must be true or false";
        *(bool *)member = json_is_true(value);
        return NULL;
    case RECORD_KIND_MAYBE:
        if (!json_is_boolean(value))
            return "must be true or false";
        *(int64_t *)member = json_is_true(value);
        return NULL;
    }
    return "is of no known kind";
}

static int read_scalars(struct reading *s, const json_t *root)
{
    for (size_t i = 0; i < record_field_count; i++) {
        const struct record_field *field = &record_fields[i];
        const json_t *value = find(root, field->path);
        const char *wrong = value ? take_scalar(value, field->kind, (char *)s->record + field->offset) : NULL;
        if (wrong)
            return refuse(s, field->path, wrong);
    }
    if (s->record->schema != RECORD_SCHEMA)
        return refuse(s, "schema", "is not one that this gcsweep reads");
    return 0;
}

/* ---- Lists ---- */

/* An array at `path` as rows of `columns` whole numbers each, 64 bits wide and
 * malloc'd: 0 with NULL and no rows when it is missing. */
static int read_rows(struct reading *s, const json_t *root, const char *path, size_t columns, size_t most,
                     void *rows_out, size_t *count)
{
    const json_t *list = find(root, path);
    uint64_t *rows = NULL;
    size_t n = json_array_size(list);
    if (list && !json_is_array(list))
        return refuse(s, path, "must be an array");
    if (n > most)
        return refuse(s, path, "has too many items");
    if (n > 0 && !(rows = malloc(n * columns * sizeof *rows)))
        return refuse(s, path, "does not fit into memory");
    /* Handed over at once, so that record_free releases it after an error. */
    memcpy(rows_out, &rows, sizeof rows);
    *count = n;
    for (size_t i = 0; i < n; i++) {
        const json_t *row = json_array_get(list, i);
        if (json_array_size(row) != columns)
            return refuse(s, path, "has an item of the wrong length");
        for (size_t k = 0; k < columns; k++)
            if (take_u64(json_array_get(row, k), &rows[i * columns + k]))
                return refuse(s, path, "has an item that is no whole number, 0 or more");
    }
    return 0;
}

static int read_histogram(struct reading *s, const json_t *root, const char *path, struct record_histogram *h)
{
    if (read_rows(s, root, path, 2, HISTOGRAM_BUCKETS, &h->bucket, &h->count) != 0)
        return -1;
    return histogram_is_sound(h) ? 0
                                 : refuse(s, path, "must hold filled buckets, lowest first, of at most 2^48 events");
}

static int read_histograms(struct reading *s, const json_t *root)
{
    struct run_record *r = s->record;
    for (size_t g = 0; g < RECORD_GENERATIONS; g++) {
        char path[64];
        snprintf(path, sizeof path, "generations.%zu.pauses.histogram.buckets", g);
        if (read_histogram(s, root, path, &r->pauses[g]) != 0)
            return -1;
    }
    if (read_histogram(s, root, "release.histogram.buckets", &r->pauses[RECORD_RELEASE]) != 0 ||
        read_histogram(s, root, "requests.histogram.buckets", &r->requests) != 0 ||
        read_histogram(s, root, "metered.histogram.buckets", &r->metered) != 0 ||
        read_histogram(s, root, "noise.histogram.buckets", &r->noise) != 0)
        return -1;
    return read_histogram(s, root, "metered_100ms.histogram.buckets", &r->metered_100ms);
}

/* A curve as objects of a window and a utilization, malloc'd; none where it is
 * missing. */
static int read_curve(struct reading *s, const json_t *root, const char *path, struct record_utilization **out,
                      size_t *count)
{
    const json_t *list = find(root, path);
    size_t n = json_array_size(list);
    if (list && !json_is_array(list))
        return refuse(s, path, "must be an array");
    if (n > LISTS_CURVE_MOST)
        return refuse(s, path, "has too many items");
    if (n > 0 && !(*out = calloc(n, sizeof **out)))
        return refuse(s, path, "does not fit into memory");
    *count = n;
    for (size_t i = 0; i < n; i++) {
        const json_t *point = json_array_get(list, i);
        const json_t *utilization = json_object_get(point, "utilization");
        struct record_utilization *u = &(*out)[i];
        u->utilization = json_number_value(utilization);
        if (take_u64(json_object_get(point, "window_ns"), &u->window_ns) || !json_is_number(utilization))
            return refuse(s, path, "must hold windows in whole ns and utilizations");
    }
    return curve_is_sound(*out, n) ? 0
                                   : refuse(s, path, "must hold windows, shortest first, of utilizations from 0 to 1");
}

static int read_lists(struct reading *s, const json_t *root)
{
    struct run_record *r = s->record;
    if (read_histograms(s, root) != 0 || read_curve(s, root, "mmu", &r->mmu, &r->mmu_count) != 0 ||
        read_curve(s, root, "bmu", &r->bmu, &r->bmu_count) != 0)
        return -1;
    if (read_rows(s, root, "heap.floating_garbage", 3, LISTS_SAMPLES_MOST, &r->floating, &r->floating_count) != 0)
        return -1;
    if (read_rows(s, root, "pauses.longest", 3, LISTS_LONGEST_MOST, &r->longest, &r->longest_count) != 0)
        return -1;
    return read_rows(s, root, "rss.samples", 2, LISTS_SAMPLES_MOST, &r->samples, &r->sample_count);
}

static int take_params(struct reading *s, const json_t *params)
{
    if (params && !json_is_object(params))
        return refuse(s, "params", "must be an object");
    if (json_object_size(params) > RECORD_PARAMS)
        return refuse(s, "params", "has too many items");
    struct record_param *out = s->record->params;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)params, name, value)
    {
        if (name[0] == '\0' || strlen(name) >= sizeof out->name || take_text(value, out->text, sizeof out->text))
            return refuse(s, "params", "must hold short names with short texts");
        memcpy(out->name, name, strlen(name) + 1);
        out++;
    }
    return 0;
}

/* The JSON library quotes its input, which may be anything. */
static int refuse_json(struct reading *s, const json_error_t *why)
{
    if (strcmp(why->text, "out of memory") == 0) {
        snprintf(s->error, s->error_size, "run record: out of memory");
        return -1;
    }
    snprintf(s->error, s->error_size, "run record: no JSON: %s at byte %d", why->text, why->position);
    for (size_t i = 0; i < s->error_size && s->error[i]; i++)
        if (s->error[i] < ' ' || s->error[i] > '~')
            s->error[i] = '?';
    return -1;
}

int record_read(const char *json, size_t length, struct run_record *r, char *error, size_t error_size)
{
    struct reading s = {.record = r, .error = error, .error_size = error_size};
    json_error_t why;
    record_clear(r);
    json_t *root = json_text_read(json, length, 0, &why);
    if (!root)
        return refuse_json(&s, &why);
    int result = json_is_object(root) ? 0 : refuse(&s, "top level", "must be an object");
    if (result == 0 &&
        (read_scalars(&s, root) != 0 || take_params(&s, find(root, "params")) != 0 || read_lists(&s, root) != 0))
        result = -1;
    json_decref(root);
    if (result != 0) {
        record_free(r);
        record_clear(r);
    }
    return result;
}

int record_read_params(const char *json, size_t length, struct run_record *r, char *error, size_t error_size)
{
    struct reading s = {.record = r, .error = error, .error_size = error_size};
    json_error_t why;
    json_t *params = json_text_read(json, length, 0, &why);
    if (!params)
        return refuse_json(&s, &why);
    int result = take_params(&s, params);
    json_decref(params);
    return result;
}
