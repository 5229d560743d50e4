/* csv.c - one row a run, every scalar of its record.
 *
 * The header has the fields' paths (record_fields.def), then params.NAME of
 * every parameter that a run has. What is unknown is empty; truth is true or
 * false. Failed runs are rows with status and message, twins rows with
 * twin true. A text that a spreadsheet would take for a formula begins with an
 * apostrophe (escape.h).
 *
 * Source  RFC 4180, in UTF-8.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/exporters/exporter.h"
#include "harness/report/escape.h"

static const char line_end[] = "\r\n";

/* Names of parameters, in the order in which runs first have them. */
struct names {
    const char **name;
    size_t count, room;
};

static int add_name(struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->name[i], name) == 0)
            return 0;
    if (names->count == names->room) {
        size_t room = names->room * 2 + RECORD_PARAMS;
        const char **more = realloc(names->name, room * sizeof *more);
        if (more == NULL)
            return -1;
        names->name = more;
        names->room = room;
    }
    names->name[names->count++] = name;
    return 0;
}

static int find_names(const struct export_source *source, struct names *names)
{
    int status = 0;
    for (size_t i = 0; i < source->run_count; i++)
        for (size_t k = 0; k < RECORD_PARAMS && source->runs[i]->params[k].name[0] != '\0'; k++)
            status |= add_name(names, source->runs[i]->params[k].name);
    return status;
}

static void write_header(const struct names *names, FILE *f)
{
    for (size_t i = 0; i < record_field_count; i++)
        fprintf(f, "%s%s", i > 0 ? "," : "", record_fields[i].path);
    for (size_t i = 0; i < names->count; i++) {
        char column[64];
        snprintf(column, sizeof column, "params.%s", names->name[i]);
        fputc(',', f);
        escape_csv(f, column);
    }
    fputs(line_end, f);
}

static void put_signed(int64_t value, FILE *f)
{
    if (value != RECORD_UNKNOWN_SIGNED)
        fprintf(f, "%" PRId64, value);
}

static void put_field(const struct run_record *run, const struct record_field *field, FILE *f)
{
    const void *at = (const char *)run + field->offset;
    switch (field->kind) {
    case RECORD_KIND_TEXT:
        escape_csv(f, at);
        return;
    case RECORD_KIND_U64:
        if (*(const uint64_t *)at != RECORD_UNKNOWN)
            fprintf(f, "%" PRIu64, *(const uint64_t *)at);
        return;
    case RECORD_KIND_HEX:
        if (*(const uint64_t *)at != RECORD_UNKNOWN)
            fprintf(f, "%016" PRIx64, *(const uint64_t *)at);
        return;
    case RECORD_KIND_I64:
        put_signed(*(const int64_t *)at, f);
        return;
    case RECORD_KIND_F64:
        if (isfinite(*(const double *)at))
            fprintf(f, "%.17g", *(const double *)at);
        return;
    case RECORD_KIND_BOOL:
        fputs(*(const bool *)at ? "true" : "false", f);
        return;
    case RECORD_KIND_MAYBE:
        if (*(const int64_t *)at != RECORD_UNKNOWN_SIGNED)
            fputs(*(const int64_t *)at != 0 ? "true" : "false", f);
        return;
    }
}

static void put_param(const struct run_record *run, const char *name, FILE *f)
{
    fputc(',', f);
    for (size_t i = 0; i < RECORD_PARAMS && run->params[i].name[0] != '\0'; i++)
        if (strcmp(run->params[i].name, name) == 0)
            escape_csv(f, run->params[i].text);
}

static int write_rows(const struct export_source *source, FILE *f)
{
    struct names names = {0};
    int status = find_names(source, &names);

    if (status == 0)
        write_header(&names, f);
    for (size_t i = 0; status == 0 && i < source->run_count; i++) {
        for (size_t k = 0; k < record_field_count; k++) {
            if (k > 0)
                fputc(',', f);
            put_field(source->runs[i], &record_fields[k], f);
        }
        for (size_t k = 0; k < names.count; k++)
            put_param(source->runs[i], names.name[k], f);
        fputs(line_end, f);
    }
    free(names.name);
    return status;
}

const struct exporter exporter_csv = {
    .name = "csv",
    .help = "every scalar of a run in a row, for pandas, R, ...",
    .failed = "are rows with status and message",
    .extension = "csv",
    .write = write_rows,
};
