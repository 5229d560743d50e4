/* store_load.c - everything in a results file, read at once. */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "harness/record/derive.h"
#include "harness/store/store.h"
#include "harness/store/store_file.h"
#include "harness/sweep/line.h"
#include "harness/worker/worker.h"

struct loading {
    struct store_file file;
    struct result_set *out;
    char *error;
    size_t error_size;
};

static int no_memory(struct loading *l)
{
    return line_error(l->error, l->error_size, "%s: out of memory", l->file.path);
}

/* ---- Facts ---- */

static int take_fact(struct loading *l, sqlite3_stmt *statement)
{
    struct result_set *out = l->out;
    char *name = strdup((const char *)sqlite3_column_text(statement, 0));
    char *text = strdup((const char *)sqlite3_column_text(statement, 1));
    if (!name || !text) {
        free(name);
        free(text);
        return no_memory(l);
    }
    char **own = strcmp(name, "plan") == 0 ? &out->plan : strcmp(name, "environment") == 0 ? &out->environment : NULL;
    if (own) {
        *own = text;
        free(name);
        return 0;
    }
    out->facts[out->fact_count++] = (struct result_fact){.name = name, .text = text};
    return 0;
}

/* ---- Runs ---- */

static int unpack(struct loading *l, const void *packed, size_t size, struct run_record *out)
{
    unsigned long long length = ZSTD_getFrameContentSize(packed, size);
    if (length == ZSTD_CONTENTSIZE_ERROR || length == ZSTD_CONTENTSIZE_UNKNOWN || length > 2 * WORKER_RECORD_BYTES)
        return line_error(l->error, l->error_size, "its record is damaged");
    char *text = malloc((size_t)length + 1);
    if (!text)
        return line_error(l->error, l->error_size, "out of memory");
    int result;
    if (ZSTD_decompress(text, (size_t)length, packed, size) == length)
        result = record_read(text, (size_t)length, out, l->error, l->error_size);
    else
        result = line_error(l->error, l->error_size, "its record is damaged");
    free(text);
    return result;
}

static int take_run(struct loading *l, sqlite3_stmt *statement)
{
    const void *packed = sqlite3_column_blob(statement, 1);
    size_t size = (size_t)sqlite3_column_bytes(statement, 1);
    char reason[RECORD_TEXT_BYTES] = "its record is empty";
    char *error = l->error;
    size_t error_size = l->error_size;
    l->error = reason;
    l->error_size = sizeof reason;
    int result = packed ? unpack(l, packed, size, &l->out->runs[l->out->run_count]) : -1;
    l->error = error;
    l->error_size = error_size;
    if (result != 0)
        return line_error(error, error_size, "%s: run %lld: %s", l->file.path,
                          (long long)sqlite3_column_int64(statement, 0), reason);
    record_derive(&l->out->runs[l->out->run_count++]);
    return 0;
}

/* ---- Tables ---- */

static int count_rows(struct loading *l, const char *sql, size_t *out)
{
    sqlite3_stmt *statement;
    if (store_file_prepare(&l->file, sql, &statement, l->error, l->error_size) != 0)
        return -1;
    int result = sqlite3_step(statement) == SQLITE_ROW ? 0 : store_file_error(&l->file, l->error, l->error_size);
    *out = result == 0 ? (size_t)sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return result;
}

static int each_row(struct loading *l, const char *sql, int (*take)(struct loading *, sqlite3_stmt *))
{
    sqlite3_stmt *statement;
    if (store_file_prepare(&l->file, sql, &statement, l->error, l->error_size) != 0)
        return -1;
    int code, result = 0;
    while (result == 0 && (code = sqlite3_step(statement)) != SQLITE_DONE)
        result = code == SQLITE_ROW ? take(l, statement) : store_file_error(&l->file, l->error, l->error_size);
    sqlite3_finalize(statement);
    return result;
}

/* One transaction: a sweep may be adding runs meanwhile. */
static int load(struct loading *l)
{
    size_t facts, runs;
    if (store_file_run(&l->file, "BEGIN", l->error, l->error_size) != 0 ||
        count_rows(l, "SELECT count(*) FROM facts", &facts) != 0 ||
        count_rows(l, "SELECT count(*) FROM runs", &runs) != 0)
        return -1;
    l->out->facts = calloc(facts + 1, sizeof *l->out->facts);
    l->out->runs = calloc(runs + 1, sizeof *l->out->runs);
    if (!l->out->facts || !l->out->runs)
        return no_memory(l);
    if (each_row(l, "SELECT name, text FROM facts ORDER BY name", take_fact) != 0 ||
        each_row(l, "SELECT id, record FROM runs ORDER BY id", take_run) != 0)
        return -1;
    if (!l->out->plan || !l->out->environment)
        return line_error(l->error, l->error_size, "%s: holds no plan", l->file.path);
    return store_file_run(&l->file, "COMMIT", l->error, l->error_size);
}

int store_load(const char *directory, struct result_set *out, char *error, size_t error_size)
{
    memset(out, 0, sizeof *out);
    struct loading l = {.out = out, .error = error, .error_size = error_size};
    if (store_file_open(directory, STORE_TO_READ, &l.file, error, error_size) != 0)
        return -1;
    out->directory = strdup(directory);
    int result = out->directory ? load(&l) : no_memory(&l);
    store_file_close(&l.file);
    if (result != 0)
        result_set_free(out);
    return result;
}

const char *find_result_fact(const struct result_set *results, const char *name)
{
    for (size_t i = 0; i < results->fact_count; i++)
        if (strcmp(results->facts[i].name, name) == 0)
            return results->facts[i].text;
    return NULL;
}

void result_set_free(struct result_set *results)
{
    for (size_t i = 0; i < results->fact_count; i++) {
        free(results->facts[i].name);
        free(results->facts[i].text);
    }
    for (size_t i = 0; i < results->run_count; i++)
        record_free(&results->runs[i]);
    free(results->facts);
    free(results->runs);
    free(results->directory);
    free(results->plan);
    free(results->environment);
    memset(results, 0, sizeof *results);
}

/* ---- Whole runs ---- */

int whole_run_read(const struct result_set *results, const struct run_record *run, struct whole_run *out)
{
    (void)results;
    *out = (struct whole_run){.run = run};
    return 0;
}

void whole_run_free(struct whole_run *whole)
{
    if (whole->own)
        record_free(whole->own);
    free(whole->own);
    *whole = (struct whole_run){NULL, NULL};
}

const char *result_set_error(const struct result_set *results)
{
    (void)results;
    return "out of memory";
}
