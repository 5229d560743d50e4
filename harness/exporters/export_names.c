/* export_names.c - the parts of a configuration's name, and one word made of them. */
#include "harness/exporters/export_names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/escape.h"
#include "harness/sweep/text_stream.h"
#include "harness/sweep/units.h"

#define BETWEEN_PARAMS ",]"

static struct export_part *add(struct export_part *to, const char *name, const char *text)
{
    snprintf(to->name, sizeof to->name, "%s", name);
    snprintf(to->text, sizeof to->text, "%s", text);
    return to + 1;
}

/* "WORKLOAD[name=value,...] scale=...": what stands in the brackets. */
static struct export_part *add_params(struct export_part *to, const struct export_part *end,
                                      const struct run_record *run)
{
    size_t workload = strlen(run->workload);
    const char *at = run->configuration;
    if (strncmp(at, run->workload, workload) != 0 || at[workload] != '[')
        return to;
    at += workload + 1;
    while (to < end) {
        size_t name = strcspn(at, "=" BETWEEN_PARAMS);
        if (at[name] != '=')
            break;
        size_t text = strcspn(at + name + 1, BETWEEN_PARAMS);
        snprintf(to->name, sizeof to->name, "%.*s", (int)name, at);
        snprintf(to->text, sizeof to->text, "%.*s", (int)text, at + name + 1);
        to++;
        at += name + 1 + text;
        if (*at != ',')
            break;
        at++;
    }
    return to;
}

size_t export_parts(const struct run_record *run, struct export_part parts[EXPORT_PARTS])
{
    char scale[UNITS_TEXT_BYTES], seed[24];
    units_write_number(run->scale, scale);
    snprintf(seed, sizeof seed, "%" PRIu64, run->seed);
    struct export_part *to = add_params(parts, parts + RECORD_PARAMS, run);
    to = add(to, "scale", scale);
    to = add(to, "seed", seed);
    to = add(to, "runtime", run->runtime);
    to = add(to, "allocator", run->allocator);
    to = add(to, "collector", run->collector);
    to = add(to, "tuning", run->tuning);
    to = add(to, "refcount", run->refcount);
    return (size_t)(to - parts);
}

char *export_text(const char *text)
{
    struct text_stream safe;
    if (text_stream_open(&safe) == NULL)
        return NULL;
    escape_plain(safe.file, text);
    return text_stream_close(&safe);
}

static void put_word(const char *text, FILE *f)
{
    for (const unsigned char *s = (const unsigned char *)text; *s != '\0'; s++) {
        if (*s <= ' ' || *s >= 0x7F || *s == '/' || *s == '%' || *s == '"' || *s == '\\')
            fprintf(f, "%%%02X", *s);
        else
            fputc(*s, f);
    }
}

void export_path(const struct run_record *run, char between, FILE *f)
{
    struct export_part parts[EXPORT_PARTS] = {0};
    size_t count = export_parts(run, parts);

    put_word(run->workload, f);
    for (size_t i = 0; i < count; i++) {
        fputc('/', f);
        put_word(parts[i].name, f);
        fputc(between, f);
        put_word(parts[i].text, f);
    }
}
