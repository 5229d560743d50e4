/* store.c - adding runs and facts to a results file. */
#include "harness/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>
#include <zstd.h>

#include "harness/record/lists.h"
#include "harness/store/store_file.h"
#include "harness/store/store_row.h"
#include "harness/sweep/line.h"

struct store {
    struct store_file file;
    int folder; /* held by flock */
    sqlite3_stmt *add, *add_lists, *has, *set_fact, *get_fact;
};

/* ---- SQL, derived from the record's fields ---- */

static int create_tables(const struct store_file *f, char *error, size_t error_size)
{
    char *sql = calloc(1, STORE_SQL_BYTES);
    if (!sql)
        return line_error(error, error_size, "%s: out of memory", f->path);
    line_append(sql, STORE_SQL_BYTES, "BEGIN IMMEDIATE;PRAGMA application_id = %d;PRAGMA user_version = %d;",
                STORE_APPLICATION, STORE_SCHEMA);
    line_append(sql, STORE_SQL_BYTES,
                "CREATE TABLE facts (name TEXT PRIMARY KEY, text TEXT NOT NULL, digest INTEGER NOT NULL) WITHOUT ROWID;"
                "CREATE TABLE lists (id INTEGER PRIMARY KEY, packed BLOB NOT NULL);"
                "CREATE TABLE runs (id INTEGER PRIMARY KEY, ");
    store_row_append_types(sql);
    line_append(sql, STORE_SQL_BYTES, ", UNIQUE (configuration, round, twin));");
    int result = store_file_run(f, sql, error, error_size);
    free(sql);
    return result;
}

static int prepare_add(struct store *s, char *error, size_t error_size)
{
    char *sql = calloc(1, STORE_SQL_BYTES);
    if (!sql)
        return line_error(error, error_size, "%s: out of memory", s->file.path);
    line_append(sql, STORE_SQL_BYTES, "INSERT INTO runs (");
    store_row_append_names(sql);
    line_append(sql, STORE_SQL_BYTES, ") VALUES (");
    store_row_append_places(sql);
    line_append(sql, STORE_SQL_BYTES, ")");
    int result = store_file_prepare(&s->file, sql, &s->add, error, error_size);
    free(sql);
    return result;
}

static const char set_fact[] = "INSERT INTO facts VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE "
                               "SET text = excluded.text, digest = excluded.digest";

static int prepare(struct store *s, char *error, size_t error_size)
{
    const struct store_file *f = &s->file;
    if (prepare_add(s, error, error_size) != 0 ||
        store_file_prepare(f, "INSERT INTO lists VALUES (?, ?)", &s->add_lists, error, error_size) != 0 ||
        store_file_prepare(
            f, "SELECT status, wall_ns, rss_peak_bytes FROM runs WHERE configuration = ? AND round = ? AND twin = ?",
            &s->has, error, error_size) != 0 ||
        store_file_prepare(f, set_fact, &s->set_fact, error, error_size) != 0 ||
        store_file_prepare(f, "SELECT text FROM facts WHERE name = ?", &s->get_fact, error, error_size) != 0)
        return -1;
    return store_file_run(f, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", error, error_size);
}

/* ---- Opening and closing ---- */

/* A sweep that was killed may leave a child on its way to becoming a worker, which holds the folder a little longer. */
enum { LOCK_TRIES = 40, LOCK_PAUSE_NS = 50000000 };

static int lock_soon(int folder)
{
    int result = flock(folder, LOCK_EX | LOCK_NB);
    for (int i = 0; result != 0 && errno == EWOULDBLOCK && i < LOCK_TRIES; i++) {
        nanosleep(&(struct timespec){.tv_nsec = LOCK_PAUSE_NS}, NULL);
        result = flock(folder, LOCK_EX | LOCK_NB);
    }
    return result;
}

static int hold_folder(const char *directory, int *out, char *error, size_t error_size)
{
    int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return line_error(error, error_size, "%s: %s", directory, strerror(errno));
    if (lock_soon(folder) == 0) {
        *out = folder;
        return 0;
    }
    if (errno == EWOULDBLOCK)
        line_error(error, error_size, "%s: locked by another process: a sweep is adding to it", directory);
    else
        line_error(error, error_size, "%s: cannot be locked: %s", directory, strerror(errno));
    close(folder);
    return -1;
}

static void finalize(struct store *s)
{
    sqlite3_stmt **statements[] = {&s->add, &s->add_lists, &s->has, &s->set_fact, &s->get_fact};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        sqlite3_finalize(*statements[i]);
        *statements[i] = NULL;
    }
}

static void drop(struct store *s)
{
    finalize(s);
    store_file_close(&s->file);
    if (s->folder >= 0)
        close(s->folder);
    free(s);
}

static struct store *make(const char *directory, char *error, size_t error_size)
{
    struct store *s = calloc(1, sizeof *s);
    if (!s) {
        line_error(error, error_size, "%s: out of memory", directory);
        return NULL;
    }
    s->folder = -1;
    if (hold_folder(directory, &s->folder, error, error_size) != 0) {
        drop(s);
        return NULL;
    }
    return s;
}

/* Under another name first: the store is there whole or not at all. */
static int begin_file(struct store *s, const char *directory, const char *plan, const char *environment, char *error,
                      size_t error_size)
{
    store_file_forget(directory);
    if (store_file_open(directory, STORE_TO_CREATE, &s->file, error, error_size) != 0 ||
        create_tables(&s->file, error, error_size) != 0 ||
        store_file_prepare(&s->file, set_fact, &s->set_fact, error, error_size) != 0 ||
        store_set_fact(s, "plan", plan, error, error_size) != 0)
        return -1;
    return store_set_fact(s, "environment", environment, error, error_size);
}

/* A file of that name that holds no results is said to be one. */
static int refuse_existing(const char *directory, char *error, size_t error_size)
{
    struct store_file there;
    if (store_file_open(directory, STORE_TO_READ, &there, error, error_size) != 0)
        return -1;
    store_file_close(&there);
    return line_error(error, error_size, "%s: holds results already; --resume goes on with them", directory);
}

int store_begin(const char *directory, const char *plan, const char *environment, struct store **out, char *error,
                size_t error_size)
{
    struct store *s = make(directory, error, error_size);
    if (!s)
        return -1;
    int result = 0;
    if (store_exists(directory))
        result = refuse_existing(directory, error, error_size);
    else if (access(directory, W_OK) != 0)
        result = line_error(error, error_size, "%s: cannot be written: %s", directory, strerror(errno));
    if (result != 0) {
        drop(s);
        return -1;
    }
    *out = s;
    if (begin_file(s, directory, plan, environment, error, error_size) == 0)
        return 0;
    store_abandon(s, directory);
    return -1;
}

int store_publish(struct store *s, const char *directory, char *error, size_t error_size)
{
    finalize(s);
    if (store_file_run(&s->file, "COMMIT", error, error_size) == 0 &&
        store_file_publish(&s->file, directory, error, error_size) == 0 &&
        store_file_open(directory, STORE_TO_ADD, &s->file, error, error_size) == 0 &&
        prepare(s, error, error_size) == 0)
        return 0;
    store_abandon(s, directory);
    return -1;
}

void store_abandon(struct store *s, const char *directory)
{
    finalize(s);
    store_file_close(&s->file);
    store_file_forget(directory);
    drop(s);
}

int store_create(const char *directory, const char *plan, const char *environment, struct store **out, char *error,
                 size_t error_size)
{
    if (store_begin(directory, plan, environment, out, error, error_size) != 0)
        return -1;
    return store_publish(*out, directory, error, error_size);
}

int store_open(const char *directory, struct store **out, char *error, size_t error_size)
{
    struct store *s = make(directory, error, error_size);
    if (!s)
        return -1;
    if (store_file_open(directory, STORE_TO_ADD, &s->file, error, error_size) != 0 ||
        prepare(s, error, error_size) != 0) {
        drop(s);
        return -1;
    }
    *out = s;
    return 0;
}

int store_close(struct store *s, char *error, size_t error_size)
{
    finalize(s);
    /* A reader may hold the log; then the last one to close tidies up. */
    int code =
        sqlite3_exec(s->file.db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    int result = code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED
                     ? 0
                     : store_file_error(&s->file, error, error_size);
    drop(s);
    return result;
}

/* ---- Runs ---- */

/* The record's lists, compressed, with a checksum: malloc'd, NULL without memory. */
static void *pack_lists(const struct run_record *r, size_t *size)
{
    unsigned char *lists = malloc(record_lists_bound(r));
    size_t length = lists ? record_pack_lists(r, lists) : 0;
    size_t bound = ZSTD_compressBound(length);
    void *packed = malloc(bound);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    bool done = lists && packed && context;
    if (done) {
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
        *size = ZSTD_compress2(context, packed, bound, lists, length);
        done = !ZSTD_isError(*size);
    }
    ZSTD_freeCCtx(context);
    free(lists);
    if (!done)
        free(packed);
    return done ? packed : NULL;
}

/* A text that is there until the statement was stepped: no copy, so no memory. */
static void bind_lasting(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

static int add_row(struct store *s, const struct run_record *r, char *error, size_t error_size)
{
    int code = store_row_bind(s->add, 1, r);
    int result = 0;
    if (code == SQLITE_OK)
        code = sqlite3_step(s->add);
    if (code == SQLITE_CONSTRAINT)
        result = line_error(error, error_size, "%s: holds round %llu of '%s'%s already", s->file.path,
                            (unsigned long long)r->round, r->configuration, r->twin ? " (twin)" : "");
    else if (code != SQLITE_DONE)
        result = store_file_error(&s->file, error, error_size);
    sqlite3_reset(s->add);
    sqlite3_clear_bindings(s->add);
    return result;
}

/* Takes `packed` over. */
static int add_lists(struct store *s, void *packed, size_t size, char *error, size_t error_size)
{
    sqlite3_bind_int64(s->add_lists, 1, sqlite3_last_insert_rowid(s->file.db));
    bool bound = sqlite3_bind_blob64(s->add_lists, 2, packed, size, free) == SQLITE_OK;
    bool done = bound && sqlite3_step(s->add_lists) == SQLITE_DONE;
    int result = done ? 0 : store_file_error(&s->file, error, error_size);
    sqlite3_reset(s->add_lists);
    sqlite3_clear_bindings(s->add_lists);
    return result;
}

static int drop_rows(struct store *s, const char *sql, const struct run_record *r, char *error, size_t error_size)
{
    sqlite3_stmt *drop;
    if (store_file_prepare(&s->file, sql, &drop, error, error_size) != 0)
        return -1;
    bind_lasting(drop, 1, r->configuration);
    sqlite3_bind_int64(drop, 2, (sqlite3_int64)r->round);
    sqlite3_bind_int(drop, 3, r->twin);
    int result = sqlite3_step(drop) == SQLITE_DONE ? 0 : store_file_error(&s->file, error, error_size);
    sqlite3_finalize(drop);
    return result;
}

#define THIS_RUN "configuration = ? AND round = ? AND twin = ?"

static int drop_run(struct store *s, const struct run_record *r, char *error, size_t error_size)
{
    if (drop_rows(s, "DELETE FROM lists WHERE id IN (SELECT id FROM runs WHERE " THIS_RUN ")", r, error, error_size))
        return -1;
    return drop_rows(s, "DELETE FROM runs WHERE " THIS_RUN, r, error, error_size);
}

/* In one transaction; `replace`: after the run that is in its place. */
static int add_run(struct store *s, const struct run_record *r, bool replace, char *error, size_t error_size)
{
    struct run_record clean = *r;
    store_row_clean(&clean);
    size_t size = 0;
    void *packed = pack_lists(r, &size);
    if (!packed)
        return line_error(error, error_size, "%s: out of memory", s->file.path);
    int result = store_file_check_place(&s->file, error, error_size);
    if (result == 0)
        result = store_file_run(&s->file, "BEGIN IMMEDIATE", error, error_size);
    if (result != 0) {
        free(packed);
        return result;
    }
    if (replace)
        result = drop_run(s, &clean, error, error_size);
    if (result == 0)
        result = add_row(s, &clean, error, error_size);
    if (result != 0)
        free(packed);
    else
        result = add_lists(s, packed, size, error, error_size);
    if (result == 0)
        result = store_file_run(&s->file, "COMMIT", error, error_size);
    if (result != 0 && !sqlite3_get_autocommit(s->file.db))
        sqlite3_exec(s->file.db, "ROLLBACK", NULL, NULL, NULL); /* of what failed: `error` says why it did */
    return result;
}

int store_add_run(struct store *s, const struct run_record *r, char *error, size_t error_size)
{
    return add_run(s, r, false, error, error_size);
}

int store_replace_run(struct store *s, const struct run_record *r, char *error, size_t error_size)
{
    return add_run(s, r, true, error, error_size);
}

static double column_number(sqlite3_stmt *statement, int at)
{
    return sqlite3_column_type(statement, at) == SQLITE_INTEGER ? (double)sqlite3_column_int64(statement, at) : NAN;
}

struct store_outcome store_outcome_of(const struct run_record *r)
{
    return (struct store_outcome){
        .ok = strcmp(r->status, "ok") == 0,
        .wall_ns = r->wall_ns == RECORD_UNKNOWN ? NAN : (double)r->wall_ns,
        .rss_peak_bytes = r->rss_peak_bytes == RECORD_UNKNOWN ? NAN : (double)r->rss_peak_bytes,
    };
}

int store_has_run(struct store *s, const char *configuration, unsigned round, bool twin, char *error, size_t error_size)
{
    struct store_outcome ignored;
    return store_find_run(s, configuration, round, twin, &ignored, error, error_size);
}

int store_find_run(struct store *s, const char *configuration, unsigned round, bool twin, struct store_outcome *out,
                   char *error, size_t error_size)
{
    bind_lasting(s->has, 1, configuration);
    sqlite3_bind_int64(s->has, 2, round);
    sqlite3_bind_int(s->has, 3, twin);
    int code = sqlite3_step(s->has);
    int result = code == SQLITE_ROW ? 1 : code == SQLITE_DONE ? 0 : store_file_error(&s->file, error, error_size);
    if (result == 1) {
        bool has_status = sqlite3_column_type(s->has, 0) == SQLITE_TEXT;
        const char *status = (const char *)sqlite3_column_text(s->has, 0);
        out->ok = status && strcmp(status, "ok") == 0;
        out->wall_ns = column_number(s->has, 1);
        out->rss_peak_bytes = column_number(s->has, 2);
        if (has_status && !status)
            result = store_file_error(&s->file, error, error_size);
    }
    sqlite3_reset(s->has);
    return result;
}

/* ---- Facts ---- */

int store_set_fact(struct store *s, const char *name, const char *text, char *error, size_t error_size)
{
    bind_lasting(s->set_fact, 1, name);
    bind_lasting(s->set_fact, 2, text);
    sqlite3_bind_int64(s->set_fact, 3, store_fact_digest(name, text));
    int result = sqlite3_step(s->set_fact) == SQLITE_DONE ? 0 : store_file_error(&s->file, error, error_size);
    sqlite3_reset(s->set_fact);
    return result;
}

int store_fact(struct store *s, const char *name, char **out, char *error, size_t error_size)
{
    bind_lasting(s->get_fact, 1, name);
    *out = NULL;
    int code = sqlite3_step(s->get_fact), result = 0;
    if (code == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(s->get_fact, 0);
        *out = text ? strdup(text) : NULL;
        if (!*out)
            result = line_error(error, error_size, "%s: out of memory", s->file.path);
    } else if (code != SQLITE_DONE) {
        result = store_file_error(&s->file, error, error_size);
    }
    sqlite3_reset(s->get_fact);
    return result;
}
