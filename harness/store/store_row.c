/* store_row.c - a run's scalars as a row. */
#include "harness/store/store_row.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "harness/sweep/line.h"
#include "workloads/script/utf8.h"

/* ---- SQL ---- */

static const char *column_type(enum record_kind kind)
{
    switch (kind) {
    case RECORD_KIND_TEXT:
    case RECORD_KIND_HEX:
        return "TEXT";
    case RECORD_KIND_F64:
        return "REAL";
    case RECORD_KIND_U64:
    case RECORD_KIND_I64:
    case RECORD_KIND_BOOL:
    case RECORD_KIND_MAYBE:
        break;
    }
    return "INTEGER";
}

void store_row_append_types(char *sql)
{
    for (size_t i = 0; i < record_field_count; i++)
        line_append(sql, STORE_SQL_BYTES, "%s %s, ", record_fields[i].member, column_type(record_fields[i].kind));
    line_append(sql, STORE_SQL_BYTES, "params TEXT, digest INTEGER NOT NULL");
}

void store_row_append_names(char *sql)
{
    for (size_t i = 0; i < record_field_count; i++)
        line_append(sql, STORE_SQL_BYTES, "%s, ", record_fields[i].member);
    line_append(sql, STORE_SQL_BYTES, "params, digest");
}

void store_row_append_places(char *sql)
{
    for (size_t i = 0; i < record_field_count; i++)
        line_append(sql, STORE_SQL_BYTES, "?, ");
    line_append(sql, STORE_SQL_BYTES, "?, ?");
}

/* ---- What a row can say ---- */

static bool is_utf8(const char *text, size_t length)
{
    uint32_t code_point;
    for (const char *at = text, *end = text + length; at < end;) {
        size_t n = (unsigned char)*at < 0x80 ? 1 : utf8_decode(at, end, &code_point);
        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

static void clean_text(char *text)
{
    uint32_t code_point;
    for (char *at = text, *end = text + strlen(text); at < end;) {
        size_t n = (unsigned char)*at < 0x80 ? 1 : utf8_decode(at, end, &code_point);
        if (n == 0)
            *at = '?';
        at += n ? n : 1;
    }
}

static void clean_field(enum record_kind kind, void *member)
{
    switch (kind) {
    case RECORD_KIND_TEXT:
        clean_text(member);
        return;
    case RECORD_KIND_U64:
        if (*(uint64_t *)member > (uint64_t)INT64_MAX)
            *(uint64_t *)member = RECORD_UNKNOWN;
        return;
    case RECORD_KIND_F64:
        if (!isfinite(*(double *)member))
            *(double *)member = NAN;
        *(double *)member += 0.0; /* a column does not keep the sign of -0 */
        return;
    case RECORD_KIND_MAYBE:
        if (*(int64_t *)member != RECORD_UNKNOWN_SIGNED)
            *(int64_t *)member = *(int64_t *)member != 0;
        return;
    case RECORD_KIND_I64:
    case RECORD_KIND_BOOL:
    case RECORD_KIND_HEX:
        return;
    }
}

void store_row_clean(struct run_record *r)
{
    for (size_t i = 0; i < record_field_count; i++)
        clean_field(record_fields[i].kind, (char *)r + record_fields[i].offset);
    for (size_t i = 0; i < RECORD_PARAMS; i++) {
        clean_text(r->params[i].name);
        clean_text(r->params[i].text);
    }
}

/* ---- The digest ---- */

/* The bytes of a value, 0 of one that is unknown: it has no place in the
 * digest, so that a field that comes later does not change it. */
static size_t digested_bytes(enum record_kind kind, const void *member)
{
    switch (kind) {
    case RECORD_KIND_TEXT:
        return strlen(member);
    case RECORD_KIND_U64:
    case RECORD_KIND_HEX:
        return *(const uint64_t *)member == RECORD_UNKNOWN ? 0 : sizeof(uint64_t);
    case RECORD_KIND_I64:
    case RECORD_KIND_MAYBE:
        return *(const int64_t *)member == RECORD_UNKNOWN_SIGNED ? 0 : sizeof(int64_t);
    case RECORD_KIND_F64:
        return isnan(*(const double *)member) ? 0 : sizeof(double);
    case RECORD_KIND_BOOL:
        return *(const bool *)member ? sizeof(bool) : 0;
    }
    return 0;
}

/* Bytes on their way to one call of crc32, which is fast over many at once. */
struct digested {
    unsigned char bytes[sizeof(struct run_record) + 16384]; /* the values, and the names of all fields */
    size_t count;
};

static void digest_bytes(struct digested *d, const void *bytes, size_t count)
{
    memcpy(d->bytes + d->count, bytes, count);
    d->count += count;
}

static void digest_text(struct digested *d, const char *text)
{
    digest_bytes(d, text, strlen(text) + 1);
}

static uint32_t row_digest(const struct run_record *r)
{
    struct digested d;
    d.count = 0;
    for (size_t i = 0; i < record_field_count; i++) {
        const void *member = (const char *)r + record_fields[i].offset;
        size_t bytes = digested_bytes(record_fields[i].kind, member);
        if (bytes == 0)
            continue;
        digest_bytes(&d, record_fields[i].member, record_fields[i].member_size);
        digest_bytes(&d, member, bytes);
    }
    for (size_t i = 0; i < RECORD_PARAMS && r->params[i].name[0]; i++) {
        digest_text(&d, r->params[i].name);
        digest_text(&d, r->params[i].text);
    }
    return (uint32_t)crc32_z(0, d.bytes, d.count);
}

uint32_t store_fact_digest(const char *name, const char *text)
{
    uLong digest = crc32_z(0, (const Bytef *)name, strlen(name) + 1);
    return (uint32_t)crc32_z(digest, (const Bytef *)text, strlen(text));
}

/* ---- Writing ---- */

/* An SQLite result code: a text is copied. */
static int bind_field(sqlite3_stmt *statement, int at, enum record_kind kind, const void *value)
{
    char hex[24];
    switch (kind) {
    case RECORD_KIND_TEXT:
        return *(const char *)value ? sqlite3_bind_text(statement, at, value, -1, SQLITE_TRANSIENT) : SQLITE_OK;
    case RECORD_KIND_U64:
        return *(const uint64_t *)value != RECORD_UNKNOWN
                   ? sqlite3_bind_int64(statement, at, (sqlite3_int64) * (const uint64_t *)value)
                   : SQLITE_OK;
    case RECORD_KIND_I64:
    case RECORD_KIND_MAYBE:
        return *(const int64_t *)value != RECORD_UNKNOWN_SIGNED
                   ? sqlite3_bind_int64(statement, at, *(const int64_t *)value)
                   : SQLITE_OK;
    case RECORD_KIND_F64:
        return sqlite3_bind_double(statement, at, *(const double *)value); /* NaN becomes NULL */
    case RECORD_KIND_BOOL:
        return sqlite3_bind_int(statement, at, *(const bool *)value);
    case RECORD_KIND_HEX:
        if (*(const uint64_t *)value == RECORD_UNKNOWN)
            return SQLITE_OK;
        snprintf(hex, sizeof hex, "%016llx", (unsigned long long)*(const uint64_t *)value);
        return sqlite3_bind_text(statement, at, hex, -1, SQLITE_TRANSIENT);
    }
    return SQLITE_OK;
}

int store_row_bind(sqlite3_stmt *statement, int first, const struct run_record *r)
{
    int at = first, code = SQLITE_OK;
    for (size_t i = 0; i < record_field_count && code == SQLITE_OK; i++)
        code = bind_field(statement, at++, record_fields[i].kind, (const char *)r + record_fields[i].offset);
    if (code == SQLITE_OK && r->params[0].name[0]) {
        char params[RECORD_PARAMS_BYTES];
        record_write_params(r, params, sizeof params);
        code = sqlite3_bind_text(statement, at, params, -1, SQLITE_TRANSIENT);
    }
    return code == SQLITE_OK ? sqlite3_bind_int64(statement, at + 1, row_digest(r)) : code;
}

/* ---- Reading: what is wrong, or NULL ---- */

/* `type` is the column's: asking for a text changes it. */
static const char *take_text(sqlite3_stmt *statement, int column, int type, char *out)
{
    if (type != SQLITE_TEXT)
        return "is no text";
    const char *text = (const char *)sqlite3_column_text(statement, column);
    size_t length = (size_t)sqlite3_column_bytes(statement, column);
    if (!text)
        return "does not fit into memory";
    if (length >= RECORD_TEXT_BYTES)
        return "is too long";
    if (memchr(text, '\0', length) || !is_utf8(text, length))
        return "is no UTF-8 text";
    memcpy(out, text, length);
    out[length] = '\0';
    return NULL;
}

static const char *take_hex(sqlite3_stmt *statement, int column, int type, uint64_t *out)
{
    char text[RECORD_TEXT_BYTES];
    const char *wrong = take_text(statement, column, type, text);
    if (wrong)
        return wrong;
    if (strlen(text) != 16 || text[strspn(text, "0123456789abcdef")] != '\0')
        return "is not 16 hexadecimal digits";
    *out = strtoull(text, NULL, 16);
    return NULL;
}

static const char *take_integer(sqlite3_stmt *statement, int column, int type, int64_t least, int64_t most,
                                int64_t *out)
{
    if (type != SQLITE_INTEGER)
        return "is no whole number";
    *out = sqlite3_column_int64(statement, column);
    return *out < least || *out > most ? "is out of range" : NULL;
}

static const char *take_double(sqlite3_stmt *statement, int column, int type, double *out)
{
    *out = sqlite3_column_double(statement, column);
    return type == SQLITE_FLOAT || type == SQLITE_INTEGER ? NULL : "is no number";
}

static const char *take_field(sqlite3_stmt *statement, int column, enum record_kind kind, void *member)
{
    int64_t x = 0;
    const char *wrong = NULL;
    int type = sqlite3_column_type(statement, column);
    if (type == SQLITE_NULL)
        return NULL;
    switch (kind) {
    case RECORD_KIND_TEXT:
        return take_text(statement, column, type, member);
    case RECORD_KIND_HEX:
        return take_hex(statement, column, type, member);
    case RECORD_KIND_F64:
        return take_double(statement, column, type, member);
    case RECORD_KIND_U64:
        wrong = take_integer(statement, column, type, 0, INT64_MAX, &x);
        *(uint64_t *)member = (uint64_t)x;
        return wrong;
    case RECORD_KIND_I64:
        return take_integer(statement, column, type, INT64_MIN + 1, INT64_MAX, member);
    case RECORD_KIND_MAYBE:
        return take_integer(statement, column, type, 0, 1, member);
    case RECORD_KIND_BOOL:
        wrong = take_integer(statement, column, type, 0, 1, &x);
        *(bool *)member = x != 0;
        return wrong;
    }
    return NULL;
}

static int take_params(sqlite3_stmt *statement, int column, struct store_params *params, struct run_record *out,
                       char *error, size_t error_size)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return 0;
    const char *text = (const char *)sqlite3_column_text(statement, column);
    size_t length = (size_t)sqlite3_column_bytes(statement, column);
    if (!text || length > RECORD_PARAMS_BYTES)
        return line_error(error, error_size, "its params are too long");
    size_t place = crc32_z(0, (const Bytef *)text, length) % STORE_PARAMS_KEPT;
    if (length == params->kept[place].length && memcmp(text, params->kept[place].json, length) == 0) {
        memcpy(out->params, params->kept[place].params, sizeof out->params);
        return 0;
    }
    if (record_read_params(text, length, out, error, error_size) != 0)
        return -1;
    if (length <= STORE_PARAMS_JSON_BYTES) {
        memcpy(params->kept[place].json, text, length);
        params->kept[place].length = length;
        memcpy(params->kept[place].params, out->params, sizeof out->params);
    }
    return 0;
}

int store_row_take(sqlite3_stmt *statement, int first, struct store_params *params, struct run_record *out, char *error,
                   size_t error_size)
{
    record_clear(out);
    int column = first;
    for (size_t i = 0; i < record_field_count; i++, column++) {
        const char *wrong = take_field(statement, column, record_fields[i].kind, (char *)out + record_fields[i].offset);
        if (wrong)
            return line_error(error, error_size, "its %s %s", record_fields[i].member, wrong);
    }
    if (take_params(statement, column, params, out, error, error_size) != 0)
        return -1;
    if (sqlite3_column_int64(statement, column + 1) != row_digest(out))
        return line_error(error, error_size, "its row is damaged: it does not fit its digest");
    return 0;
}
