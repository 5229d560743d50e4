/* store_file.c - the SQLite file below the store. */
#include "harness/store/store_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/store/store_load.h"
#include "harness/sweep/line.h"

enum { BUSY_MS = 3000 };

static char *path_in(const char *directory, const char *name)
{
    size_t size = strlen(directory) + strlen(name) + 2;
    char *path = malloc(size);
    if (path)
        snprintf(path, size, "%s/%s", directory, name);
    return path;
}

char *store_file_path(const char *directory)
{
    return path_in(directory, STORE_FILE);
}

bool store_exists(const char *directory)
{
    char *path = store_file_path(directory);
    struct stat status;
    /* An empty file is what a process killed while it created one leaves; a link, whatever it leads to, is there. */
    bool exists = path && lstat(path, &status) == 0 && (status.st_size > 0 || !S_ISREG(status.st_mode));
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

/* One whole number that SQL gives. */
static int read_number(const struct store_file *f, const char *sql, int *out, char *error, size_t error_size)
{
    sqlite3_stmt *statement;
    if (store_file_prepare(f, sql, &statement, error, error_size) != 0)
        return -1;
    int result = sqlite3_step(statement) == SQLITE_ROW ? 0 : store_file_error(f, error, error_size);
    *out = result == 0 ? sqlite3_column_int(statement, 0) : 0;
    sqlite3_finalize(statement);
    return result;
}

/* Does SQLite's own check find the file whole? */
static int quick_check(const struct store_file *f, bool *whole, char *error, size_t error_size)
{
    sqlite3_stmt *statement;
    if (store_file_prepare(f, "PRAGMA quick_check(1)", &statement, error, error_size) != 0)
        return -1;
    const char *found = NULL;
    if (sqlite3_step(statement) == SQLITE_ROW)
        found = (const char *)sqlite3_column_text(statement, 0);
    int result = found ? 0 : store_file_error(f, error, error_size);
    *whole = found && strcmp(found, "ok") == 0;
    sqlite3_finalize(statement);
    return result;
}

/* A page that no memory was left for counts as damaged there: damage is what a second look finds too. */
static int check_whole(const struct store_file *f, char *error, size_t error_size)
{
    bool whole = false;
    for (int look = 0; look < 2 && !whole; look++)
        if (quick_check(f, &whole, error, error_size) != 0)
            return -1;
    return whole ? 0 : line_error(error, error_size, "%s: damaged or cut off", f->path);
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

/* Nothing but tables, and the indexes that SQLite made for them. */
static int check_tables(const struct store_file *f, char *error, size_t error_size)
{
    int foreign;
    if (read_number(f,
                    "SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index') "
                    "OR (type = 'table' AND sql LIKE 'CREATE VIRTUAL%')",
                    &foreign, error, error_size) != 0)
        return -1;
    if (foreign > 0)
        return line_error(error, error_size, "%s: has views, triggers or virtual tables, which no results file has",
                          f->path);
    return 0;
}

static int check(struct store_file *f, enum store_use use, char *error, size_t error_size)
{
    int application;
    if (read_number(f, "PRAGMA application_id", &application, error, error_size) != 0)
        return -1;
    if (application != STORE_APPLICATION)
        return line_error(error, error_size, "%s: not a results file", f->path);
    if (read_number(f, "PRAGMA user_version", &f->schema, error, error_size) != 0)
        return -1;
    if (check_schema(f, use, f->schema, error, error_size) != 0 || check_tables(f, error, error_size) != 0)
        return -1;
    bool digests = !store_holds_json(f->schema);
    return use == STORE_TO_READ && digests ? 0 : check_whole(f, error, error_size);
}

/* Text and blobs beyond this are no results: what claims to be is refused before memory is taken for it. */
enum { VALUE_BYTES_MOST = 64 << 20 };

/* What a file says is data: no function, view or trigger of its schema runs. */
static int distrust(const struct store_file *f, char *error, size_t error_size)
{
    sqlite3_busy_timeout(f->db, BUSY_MS);
    sqlite3_limit(f->db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MOST);
    sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(f->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    return store_file_run(f, "PRAGMA cell_size_check = ON", error, error_size);
}

/* A pipe or a device of that name is not opened: reading it might never end. Nor is a link: reading a results file
 * may mend it, and what is mended shall lie in this folder. */
static int check_there(const struct store_file *f, const char *directory, char *error, size_t error_size)
{
    struct stat status;
    if (lstat(f->path, &status) != 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? line_error(error, error_size, "%s: holds no results (no " STORE_FILE ")", directory)
                   : line_error(error, error_size, "%s: %s", f->path, strerror(errno));
    if (S_ISLNK(status.st_mode))
        return line_error(error, error_size, "%s: a link, which is not followed out of the folder", f->path);
    if (!S_ISREG(status.st_mode))
        return line_error(error, error_size, "%s: not a results file", f->path);
    if (status.st_size == 0)
        return line_error(error, error_size, "%s: empty; it holds no results", f->path);
    return access(f->path, R_OK) == 0 ? 0 : line_error(error, error_size, "%s: %s", f->path, strerror(errno));
}

int store_file_open(const char *directory, enum store_use use, struct store_file *out, char *error, size_t error_size)
{
    bool create = use == STORE_TO_CREATE;
    *out = (struct store_file){.path = path_in(directory, create ? STORE_FILE_NEW : STORE_FILE)};
    if (!out->path)
        return line_error(error, error_size, "%s: out of memory", directory);
    int result = create ? 0 : check_there(out, directory, error, error_size);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    if (result == 0 && sqlite3_open_v2(out->path, &out->db, flags, NULL) != SQLITE_OK)
        result = store_file_error(out, error, error_size);
    if (result == 0)
        result = distrust(out, error, error_size);
    if (result == 0 && !create)
        result = check(out, use, error, error_size);
    if (result != 0)
        store_file_abandon(out);
    return result;
}

int store_file_check_place(const struct store_file *f, char *error, size_t error_size)
{
    int moved = 0;
    if (sqlite3_file_control(f->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved)
        return line_error(error, error_size, "%s: was removed, moved or replaced while it was written to", f->path);
    return 0;
}

void store_file_close(struct store_file *f)
{
    sqlite3_close(f->db);
    free(f->path);
    *f = (struct store_file){NULL, NULL, 0};
}

void store_file_forget(const char *directory)
{
    static const char *const names[] = {STORE_FILE_NEW, STORE_FILE_NEW "-journal"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = path_in(directory, names[i]);
        if (path)
            unlink(path);
        free(path);
    }
}

static int rename_synced(const char *from, const char *to, const char *directory)
{
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = folder >= 0 && rename(from, to) == 0 ? 0 : -1;
    if (result == 0)
        fsync(folder); /* some file systems cannot; the file itself is synced */
    if (folder >= 0)
        close(folder);
    return result;
}

int store_file_publish(struct store_file *f, const char *directory, char *error, size_t error_size)
{
    char *made = path_in(directory, STORE_FILE_NEW), *path = store_file_path(directory);
    store_file_close(f);
    int result = made && path ? rename_synced(made, path, directory) : -1;
    if (result != 0)
        line_error(error, error_size, "%s: cannot be made: %s", directory, strerror(errno));
    free(made);
    free(path);
    return result;
}

void store_file_abandon(struct store_file *f)
{
    if (f->db)
        sqlite3_db_config(f->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    store_file_close(f);
}
