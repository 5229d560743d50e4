/* store_file.c - the SQLite file below the store. */
#include "harness/store/store_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/store/store.h"
#include "harness/sweep/line.h"

enum { BUSY_MS = 3000 };

char *store_file_path(const char *directory)
{
    size_t size = strlen(directory) + sizeof STORE_FILE + 1;
    char *path = malloc(size);
    if (path)
        snprintf(path, size, "%s/%s", directory, STORE_FILE);
    return path;
}

bool store_exists(const char *directory)
{
    char *path = store_file_path(directory);
    struct stat status;
    /* An empty file is what a process killed while it created one leaves. */
    bool exists = path && stat(path, &status) == 0 && status.st_size > 0;
    free(path);
    return exists;
}

int store_file_error(const struct store_file *f, char *error, size_t error_size)
{
    int code = f->db ? sqlite3_errcode(f->db) : SQLITE_NOMEM;
    int cause = f->db ? sqlite3_system_errno(f->db) : 0;
    switch (code) {
    case SQLITE_NOTADB:
        return line_error(error, error_size, "%s: not a results file", f->path);
    case SQLITE_CORRUPT:
        return line_error(error, error_size, "%s: damaged or cut off", f->path);
    case SQLITE_FULL:
        return line_error(error, error_size, "%s: the disk is full", f->path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return line_error(error, error_size, "%s: locked by another process", f->path);
    case SQLITE_READONLY:
        return line_error(error, error_size, "%s: cannot be written", f->path);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return line_error(error, error_size, "%s: %s (%s)", f->path, sqlite3_errstr(code),
                          cause ? strerror(cause) : "no reason given");
    default:
        return line_error(error, error_size, "%s: %s", f->path, f->db ? sqlite3_errmsg(f->db) : "out of memory");
    }
}

int store_file_run(const struct store_file *f, const char *sql, char *error, size_t error_size)
{
    return sqlite3_exec(f->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : store_file_error(f, error, error_size);
}

int store_file_prepare(const struct store_file *f, const char *sql, sqlite3_stmt **out, char *error, size_t error_size)
{
    return sqlite3_prepare_v2(f->db, sql, -1, out, NULL) == SQLITE_OK ? 0 : store_file_error(f, error, error_size);
}

static int read_pragma(const struct store_file *f, const char *sql, int *out, char *error, size_t error_size)
{
    sqlite3_stmt *statement;
    if (store_file_prepare(f, sql, &statement, error, error_size) != 0)
        return -1;
    int result = sqlite3_step(statement) == SQLITE_ROW ? 0 : store_file_error(f, error, error_size);
    *out = result == 0 ? sqlite3_column_int(statement, 0) : 0;
    sqlite3_finalize(statement);
    return result;
}

static int check_whole(const struct store_file *f, char *error, size_t error_size)
{
    sqlite3_stmt *statement;
    if (store_file_prepare(f, "PRAGMA quick_check(1)", &statement, error, error_size) != 0)
        return -1;
    int result = 0;
    if (sqlite3_step(statement) != SQLITE_ROW)
        result = store_file_error(f, error, error_size);
    else if (strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
        result = line_error(error, error_size, "%s: damaged or cut off", f->path);
    sqlite3_finalize(statement);
    return result;
}

static int check_schema(const struct store_file *f, enum store_use use, int schema, char *error, size_t error_size)
{
    if (schema < STORE_SCHEMA_READ || schema > STORE_SCHEMA)
        return line_error(error, error_size, "%s: has schema version %d; this gcsweep reads versions %d to %d", f->path,
                          schema, STORE_SCHEMA_READ, STORE_SCHEMA);
    if (use == STORE_TO_ADD && schema != STORE_SCHEMA)
        return line_error(error, error_size,
                          "%s: has schema version %d, which this gcsweep reads but adds no runs to; --like runs the "
                          "same plan into a new folder",
                          f->path, schema);
    return 0;
}

static int check(const struct store_file *f, enum store_use use, char *error, size_t error_size)
{
    int application, schema;
    if (read_pragma(f, "PRAGMA application_id", &application, error, error_size) != 0)
        return -1;
    if (application != STORE_APPLICATION)
        return line_error(error, error_size, "%s: not a results file", f->path);
    if (read_pragma(f, "PRAGMA user_version", &schema, error, error_size) != 0)
        return -1;
    if (check_schema(f, use, schema, error, error_size) != 0)
        return -1;
    return check_whole(f, error, error_size);
}

int store_file_open(const char *directory, enum store_use use, struct store_file *out, char *error, size_t error_size)
{
    out->db = NULL;
    out->path = store_file_path(directory);
    if (!out->path)
        return line_error(error, error_size, "%s: out of memory", directory);
    int result = 0;
    bool create = use == STORE_TO_CREATE;
    if (!create && access(out->path, R_OK) != 0)
        result = errno == ENOENT ? line_error(error, error_size, "%s: holds no results (no " STORE_FILE ")", directory)
                                 : line_error(error, error_size, "%s: %s", out->path, strerror(errno));
    int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
    if (result == 0 && sqlite3_open_v2(out->path, &out->db, flags, NULL) != SQLITE_OK)
        result = store_file_error(out, error, error_size);
    if (result == 0) {
        sqlite3_busy_timeout(out->db, BUSY_MS);
        result = create ? 0 : check(out, use, error, error_size);
    }
    if (result != 0)
        store_file_close(out);
    return result;
}

void store_file_close(struct store_file *f)
{
    sqlite3_close(f->db);
    free(f->path);
    f->db = NULL;
    f->path = NULL;
}
