/* record_write.c - a run record as one JSON line, without an allocation.
 *
 * The scalar fields are written in the order of record_fields.def. Where an
 * object ends, `inner` adds what is no scalar and belongs into it.
 */
#include "harness/record/record.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/record/histogram.h"
#include "workloads/script/utf8.h"

/* ---- JSON into a buffer that may be too short ---- */

struct writer {
    char *text;
    size_t size, length; /* length counts what did not fit, too */
    bool fresh;          /* right behind a bracket: no comma */
};

static void put_bytes(struct writer *w, const char *bytes, size_t n)
{
    if (w->length < w->size) {
        size_t room = w->size - w->length;
        memcpy(w->text + w->length, bytes, n < room ? n : room);
    }
    w->length += n;
}

__attribute__((format(printf, 2, 3))) static void put(struct writer *w, const char *format, ...)
{
    char piece[128];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    if (n > 0)
        put_bytes(w, piece, (size_t)n < sizeof piece ? (size_t)n : sizeof piece - 1);
}

static void separate(struct writer *w)
{
    if (!w->fresh)
        put_bytes(w, ",", 1);
    w->fresh = false;
}

static void open_with(struct writer *w, char bracket)
{
    put_bytes(w, &bracket, 1);
    w->fresh = true;
}

static void close_with(struct writer *w, char bracket)
{
    put_bytes(w, &bracket, 1);
    w->fresh = false;
}

/* A byte of no UTF-8 character (a path may hold any) becomes '?', so that no
 * text grows on its way to a reader. What a terminal might act on is written
 * by its number. */
static void put_string(struct writer *w, const char *text)
{
    const char *end = text + strlen(text);
    uint32_t c = 0;
    put_bytes(w, "\"", 1);
    for (const char *at = text; at < end;) {
        size_t n = utf8_decode(at, end, &c);
        if (n == 0)
            put_bytes(w, "?", 1);
        else if (c == '"' || c == '\\')
            put(w, "\\%c", (int)c);
        else if (!utf8_is_printable(c))
            put(w, "\\u%04x", (unsigned)c); /* they are all below U+10000 */
        else
            put_bytes(w, at, n);
        at += n ? n : 1;
    }
    put_bytes(w, "\"", 1);
}

static void put_key(struct writer *w, const char *name)
{
    separate(w);
    put_string(w, name);
    put_bytes(w, ":", 1);
}

static void put_null(struct writer *w)
{
    put_bytes(w, "null", 4);
}

/* The shortest of two texts that reads back as the same number. */
static void put_number(struct writer *w, double x)
{
    char text[40];
    if (!isfinite(x)) {
        put_null(w);
        return;
    }
    snprintf(text, sizeof text, "%.15g", x);
    double read = strtod(text, NULL);
    if (read < x || read > x)
        snprintf(text, sizeof text, "%.17g", x);
    put_bytes(w, text, strlen(text));
}

/* ---- What is no scalar ---- */

static void put_bucket(struct writer *w, const struct record_bucket *b)
{
    separate(w);
    put(w, "[%" PRIu64 ",%" PRIu64 "]", b->value_ns, b->count);
}

/* The histograms of `count` generations as one. Their buckets are sorted, so
 * the next one is always at the head of a list. */
static void put_histogram(struct writer *w, const struct record_histogram *h, size_t count)
{
    size_t at[RECORD_GENERATIONS] = {0};
    put_key(w, "histogram");
    put(w, "{\"significant_digits\":%d,\"buckets\":", HISTOGRAM_DIGITS);
    open_with(w, '[');
    for (;;) {
        struct record_bucket next = {UINT64_MAX, 0};
        for (size_t g = 0; g < count; g++)
            if (at[g] < h[g].count && h[g].bucket[at[g]].value_ns < next.value_ns)
                next.value_ns = h[g].bucket[at[g]].value_ns;
        for (size_t g = 0; g < count; g++)
            if (at[g] < h[g].count && h[g].bucket[at[g]].value_ns == next.value_ns)
                next.count += h[g].bucket[at[g]++].count;
        if (next.count == 0)
            break;
        put_bucket(w, &next);
    }
    close_with(w, ']');
    close_with(w, '}');
}

/* Whether the run came to the point where its pauses are known. */
static bool pauses_known(const struct run_record *r)
{
    return r->pause_count != RECORD_UNKNOWN;
}

static void put_unknown(struct writer *w, const char *name)
{
    put_key(w, name);
    put_null(w);
}

static void put_generation_pauses(struct writer *w, const struct run_record *r, size_t generation)
{
    if (!pauses_known(r)) {
        put_unknown(w, "pauses");
        return;
    }
    put_key(w, "pauses");
    open_with(w, '{');
    put_histogram(w, &r->pauses[generation], 1);
    close_with(w, '}');
}

static void put_all_pauses(struct writer *w, const struct run_record *r)
{
    if (!pauses_known(r)) {
        put_unknown(w, "histogram");
        put_unknown(w, "longest");
        return;
    }
    put_histogram(w, r->pauses, RECORD_GENERATIONS);
    put_key(w, "longest");
    open_with(w, '[');
    for (size_t i = 0; i < r->longest_count; i++) {
        separate(w);
        put(w, "[%" PRIu64 ",%" PRIu64 ",%" PRId64 "]", r->longest[i].start_ns, r->longest[i].duration_ns,
            r->longest[i].kind);
    }
    close_with(w, ']');
}

/* Of one kind alone; null where its figures are. */
static void put_one_histogram(struct writer *w, const struct record_histogram *h, uint64_t count)
{
    if (count == RECORD_UNKNOWN)
        put_unknown(w, "histogram");
    else
        put_histogram(w, h, 1);
}

static void put_floating(struct writer *w, const struct run_record *r)
{
    if (r->floating_count == 0) {
        put_unknown(w, "floating_garbage");
        return;
    }
    put_key(w, "floating_garbage");
    open_with(w, '[');
    for (size_t i = 0; i < r->floating_count; i++) {
        separate(w);
        put(w, "[%" PRIu64 ",%" PRIu64 ",%" PRIu64 "]", r->floating[i].t_ns, r->floating[i].objects,
            r->floating[i].bytes);
    }
    close_with(w, ']');
}

static void put_curve(struct writer *w, const char *name, const struct record_utilization *curve, size_t count)
{
    if (count == 0) {
        put_unknown(w, name);
        return;
    }
    put_key(w, name);
    open_with(w, '[');
    for (size_t i = 0; i < count; i++) {
        separate(w);
        put(w, "{\"window_ns\":%" PRIu64 ",\"utilization\":", curve[i].window_ns);
        put_number(w, curve[i].utilization);
        put_bytes(w, "}", 1);
    }
    close_with(w, ']');
}

static void put_samples(struct writer *w, const struct run_record *r)
{
    if (r->sample_count == 0) {
        put_unknown(w, "samples");
        return;
    }
    put_key(w, "samples");
    open_with(w, '[');
    for (size_t i = 0; i < r->sample_count; i++) {
        separate(w);
        put(w, "[%" PRIu64 ",%" PRIu64 "]", r->samples[i].t_ns, r->samples[i].bytes);
    }
    close_with(w, ']');
}

static void put_params(struct writer *w, const struct run_record *r)
{
    open_with(w, '{');
    for (size_t i = 0; i < RECORD_PARAMS && r->params[i].name[0]; i++) {
        put_key(w, r->params[i].name);
        put_string(w, r->params[i].text);
    }
    close_with(w, '}');
}

/* ---- Scalars, along their paths ---- */

enum { PATH_PARTS = 4, PART_BYTES = 32 };

struct path {
    char part[PATH_PARTS][PART_BYTES];
    size_t depth; /* of the objects and arrays around the scalar */
};

static void take_apart(const char *text, struct path *out)
{
    memset(out, 0, sizeof *out);
    size_t at = 0;
    for (const char *c = text; *c; c++) {
        if (*c == '.')
            out->depth++, at = 0;
        else if (out->depth < PATH_PARTS && at < PART_BYTES - 1)
            out->part[out->depth][at++] = *c;
    }
}

static bool is_index(const char *part)
{
    return part[0] >= '0' && part[0] <= '9';
}

/* Adds to the object that ends, which `depth` parts of the path name. */
static void put_inner(struct writer *w, const struct run_record *r, const struct path *p, size_t depth)
{
    if (depth == 2 && strcmp(p->part[0], "generations") == 0)
        put_generation_pauses(w, r, (size_t)(p->part[1][0] - '0'));
    else if (depth == 1 && strcmp(p->part[0], "pauses") == 0)
        put_all_pauses(w, r);
    else if (depth == 1 && strcmp(p->part[0], "rss") == 0)
        put_samples(w, r);
    else if (depth == 1 && strcmp(p->part[0], "release") == 0)
        put_one_histogram(w, &r->pauses[RECORD_RELEASE], r->release_count);
    else if (depth == 1 && strcmp(p->part[0], "heap") == 0)
        put_floating(w, r);
    else if (depth == 1 && strcmp(p->part[0], "requests") == 0)
        put_one_histogram(w, &r->requests, r->request_count);
    else if (depth == 1 && strcmp(p->part[0], "metered") == 0)
        put_one_histogram(w, &r->metered, r->metered_count);
    else if (depth == 1 && strcmp(p->part[0], "metered_100ms") == 0)
        put_one_histogram(w, &r->metered_100ms, r->metered_100ms_count);
    else if (depth == 1 && strcmp(p->part[0], "noise") == 0)
        put_one_histogram(w, &r->noise, r->noise_wakings);
}

/* Closes what stands around the last scalar, down to `depth`. */
static void ascend(struct writer *w, const struct run_record *r, const struct path *p, size_t depth)
{
    for (size_t d = p->depth; d > depth; d--) {
        put_inner(w, r, p, d);
        close_with(w, is_index(p->part[d]) ? ']' : '}');
    }
}

static void put_name(struct writer *w, const char *part)
{
    if (is_index(part))
        separate(w);
    else
        put_key(w, part);
}

static void descend(struct writer *w, const struct path *p, size_t depth)
{
    for (size_t d = depth; d < p->depth; d++) {
        put_name(w, p->part[d]);
        open_with(w, is_index(p->part[d + 1]) ? '[' : '{');
    }
}

static size_t common_depth(const struct path *a, const struct path *b)
{
    size_t d = 0;
    while (d < a->depth && d < b->depth && strcmp(a->part[d], b->part[d]) == 0)
        d++;
    return d;
}

static void put_u64(struct writer *w, uint64_t x, const char *format)
{
    if (x == RECORD_UNKNOWN)
        put_null(w);
    else
        put(w, format[0] == 'x' ? "\"%016" PRIx64 "\"" : "%" PRIu64, x);
}

static void put_scalar(struct writer *w, const struct run_record *r, const struct record_field *field)
{
    const void *member = (const char *)r + field->offset;
    switch (field->kind) {
    case RECORD_KIND_TEXT:
        if (*(const char *)member)
            put_string(w, member);
        else
            put_null(w);
        break;
    case RECORD_KIND_U64:
        put_u64(w, *(const uint64_t *)member, "d");
        break;
    case RECORD_KIND_HEX:
        put_u64(w, *(const uint64_t *)member, "x");
        break;
    case RECORD_KIND_I64:
        if (*(const int64_t *)member == RECORD_UNKNOWN_SIGNED)
            put_null(w);
        else
            put(w, "%" PRId64, *(const int64_t *)member);
        break;
    case RECORD_KIND_F64:
        put_number(w, *(const double *)member);
        break;
    case RECORD_KIND_MAYBE:
        if (*(const int64_t *)member == RECORD_UNKNOWN_SIGNED)
            put_null(w);
        else
            put(w, "%s", *(const int64_t *)member ? "true" : "false");
        break;
    case RECORD_KIND_BOOL:
        put(w, "%s", *(const bool *)member ? "true" : "false");
        break;
    }
}

static void put_scalars(struct writer *w, const struct run_record *r)
{
    struct path last = {0};
    for (size_t i = 0; i < record_field_count; i++) {
        struct path path;
        take_apart(record_fields[i].path, &path);
        size_t depth = common_depth(&last, &path);
        ascend(w, r, &last, depth);
        descend(w, &path, depth);
        put_name(w, path.part[path.depth]);
        put_scalar(w, r, &record_fields[i]);
        last = path;
    }
    ascend(w, r, &last, 0);
}

static size_t finish(const struct writer *w)
{
    if (w->size > 0)
        w->text[w->length < w->size ? w->length : w->size - 1] = '\0';
    return w->length;
}

size_t record_write_params(const struct run_record *r, char *text, size_t size)
{
    struct writer w = {.text = text, .size = size};
    put_params(&w, r);
    return finish(&w);
}

size_t record_write(const struct run_record *r, char *text, size_t size)
{
    struct writer w = {.text = text, .size = size};
    open_with(&w, '{');
    put_scalars(&w, r);
    put_key(&w, "params");
    put_params(&w, r);
    put_curve(&w, "mmu", r->mmu, r->mmu_count);
    put_curve(&w, "bmu", r->bmu, r->bmu_count);
    close_with(&w, '}');
    return finish(&w);
}
