/* store_load.c - the facts and the runs' scalars of a results file, read at once. */
#include "harness/store/store_load.h"

#include <stdlib.h>
#include <string.h>

#include "harness/store/store_row.h"
#include "harness/sweep/line.h"

struct loading {
    struct store_file file;
    struct result_set *out;
    sqlite3_int64 *ids;
    size_t facts, runs; /* that there is room for */
    struct store_params *params;
    char *error;
    size_t error_size;
};

static int no_memory(struct loading *l)
{
    return line_error(l->error, l->error_size, "%s: out of memory", l->file.path);
}

/* What SQLite could not give for want of memory is missing, but not in the file. */
static int damaged(struct loading *l)
{
    if (sqlite3_errcode(l->file.db) == SQLITE_NOMEM)
        return no_memory(l);
    return line_error(l->error, l->error_size, "%s: damaged or cut off", l->file.path);
}

/* ---- Facts ---- */

static int keep_fact(struct result_set *out, char *name, char *text)
{
    bool is_plan = strcmp(name, "plan") == 0;
    if (!is_plan && strcmp(name, "environment") != 0) {
        out->facts[out->fact_count++] = (struct result_fact){.name = name, .text = text};
        return 0;
    }
    char **own = is_plan ? &out->plan : &out->environment;
    free(name);
    free(*own);
    *own = text;
    return 0;
}

static int take_fact(struct loading *l, sqlite3_stmt *statement)
{
    const char *name = (const char *)sqlite3_column_text(statement, 0);
    const char *text = (const char *)sqlite3_column_text(statement, 1);
    if (!name || !text || l->out->fact_count == l->facts)
        return damaged(l);
    if (!store_holds_json(l->file.schema) && sqlite3_column_int64(statement, 2) != store_fact_digest(name, text))
        return damaged(l);
    char *own_name = strdup(name), *own_text = strdup(text);
    if (own_name && own_text)
        return keep_fact(l->out, own_name, own_text);
    free(own_name);
    free(own_text);
    return no_memory(l);
}

/* ---- Runs ---- */

/* A whole record, of which the scalars stay. */
static int take_json(sqlite3_stmt *statement, struct run_record *out, char *error, size_t error_size)
{
    const void *packed = sqlite3_column_blob(statement, 1);
    size_t size = (size_t)sqlite3_column_bytes(statement, 1);
    int result = store_unpack_json(packed, size, out, error, error_size);
    record_free(out);
    return result;
}

/* The runs come by rising ids: in a damaged tree they may not, for ever. */
static int take_run(struct loading *l, sqlite3_stmt *statement)
{
    char why[RECORD_TEXT_BYTES];
    size_t n = l->out->run_count;
    sqlite3_int64 id = sqlite3_column_int64(statement, 0);
    if (n == l->runs || (n > 0 && id <= l->ids[n - 1]))
        return damaged(l);
    struct run_record *run = &l->out->runs[n];
    int result = store_holds_json(l->file.schema) ? take_json(statement, run, why, sizeof why)
                                                  : store_row_take(statement, 1, l->params, run, why, sizeof why);
    if (result != 0)
        return line_error(l->error, l->error_size, "%s: run %lld: %s", l->file.path, (long long)id, why);
    l->ids[n] = id;
    l->out->run_count++;
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

static int load_facts(struct loading *l)
{
    bool digests = !store_holds_json(l->file.schema);
    if (count_rows(l, "SELECT count(*) FROM facts", &l->facts) != 0)
        return -1;
    l->out->facts = calloc(l->facts + 1, sizeof *l->out->facts);
    if (!l->out->facts)
        return no_memory(l);
    return each_row(l,
                    digests ? "SELECT name, text, digest FROM facts ORDER BY name"
                            : "SELECT name, text FROM facts ORDER BY name",
                    take_fact);
}

static int load_rows(struct loading *l)
{
    if (store_holds_json(l->file.schema))
        return each_row(l, "SELECT id, record FROM runs ORDER BY id", take_run);
    char *sql = calloc(1, STORE_SQL_BYTES);
    if (!sql)
        return no_memory(l);
    line_append(sql, STORE_SQL_BYTES, "SELECT id, ");
    store_row_append_names(sql);
    line_append(sql, STORE_SQL_BYTES, " FROM runs ORDER BY id");
    l->params = calloc(1, sizeof *l->params);
    int result = l->params ? each_row(l, sql, take_run) : no_memory(l);
    free(l->params);
    free(sql);
    return result;
}

static int load_runs(struct loading *l)
{
    if (count_rows(l, "SELECT count(*) FROM runs", &l->runs) != 0)
        return -1;
    l->out->runs = calloc(l->runs + 1, sizeof *l->out->runs);
    l->ids = calloc(l->runs + 1, sizeof *l->ids);
    if (!l->out->runs || !l->ids)
        return no_memory(l);
    if (load_rows(l) != 0)
        return -1;
    return l->out->run_count == l->runs ? 0 : damaged(l); /* counted in the index, read from the table */
}

/* One transaction: a sweep may be adding runs meanwhile. */
static int load(struct loading *l)
{
    if (store_file_run(&l->file, "BEGIN", l->error, l->error_size) != 0 || load_facts(l) != 0 || load_runs(l) != 0)
        return -1;
    if (!l->out->plan || !l->out->environment)
        return line_error(l->error, l->error_size, "%s: holds no plan", l->file.path);
    if (store_file_run(&l->file, "COMMIT", l->error, l->error_size) != 0)
        return -1;
    l->out->reader = store_reader_make(&l->file, l->ids, l->error, l->error_size);
    return l->out->reader ? 0 : -1;
}

int store_load(const char *directory, struct result_set *out, char *error, size_t error_size)
{
    memset(out, 0, sizeof *out);
    struct loading l = {.out = out, .error = error, .error_size = error_size};
    if (store_file_open(directory, STORE_TO_READ, &l.file, error, error_size) != 0)
        return -1;
    out->directory = strdup(directory);
    int result = out->directory ? load(&l) : no_memory(&l);
    if (result != 0) {
        store_file_abandon(&l.file);
        free(l.ids);
        result_set_free(out);
    }
    return result;
}

const char *find_result_fact(const struct result_set *results, const char *name)
{
    for (size_t i = 0; i < results->fact_count; i++)
        if (strcmp(results->facts[i].name, name) == 0)
            return results->facts[i].text;
    return NULL;
}

bool result_set_has_lists(const struct result_set *results)
{
    const char *lists = find_result_fact(results, STORE_LISTS_FACT);
    return !lists || strcmp(lists, STORE_LISTS_LEFT_OUT) != 0;
}

void result_set_free(struct result_set *results)
{
    for (size_t i = 0; i < results->fact_count; i++) {
        free(results->facts[i].name);
        free(results->facts[i].text);
    }
    for (size_t i = 0; i < results->run_count; i++)
        record_free(&results->runs[i]);
    store_reader_free(results->reader);
    free(results->facts);
    free(results->runs);
    free(results->directory);
    free(results->plan);
    free(results->environment);
    memset(results, 0, sizeof *results);
}
