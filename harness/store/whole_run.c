/* whole_run.c - a run with its lists, read when they are asked for. */
#include <stdlib.h>

#include "harness/store/store_load.h"
#include "harness/sweep/line.h"

struct store_reader *store_reader_make(struct store_file *file, sqlite3_int64 *ids, char *error, size_t error_size)
{
    const char *sql = store_holds_json(file->schema) ? "SELECT record FROM runs WHERE id = ?"
                                                     : "SELECT packed FROM lists WHERE id = ?";
    struct store_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        line_error(error, error_size, "%s: out of memory", file->path);
        return NULL;
    }
    if (store_file_prepare(file, sql, &reader->lists, error, error_size) != 0) {
        free(reader);
        return NULL;
    }
    reader->file = *file;
    reader->ids = ids;
    *file = (struct store_file){NULL, NULL, 0};
    return reader;
}

void store_reader_free(struct store_reader *reader)
{
    if (!reader)
        return;
    sqlite3_finalize(reader->lists);
    store_file_close(&reader->file);
    free(reader->ids);
    free(reader);
}

static int take(struct store_reader *reader, struct run_record *out, char *error, size_t error_size)
{
    int code = sqlite3_step(reader->lists);
    if (code == SQLITE_DONE)
        return line_error(error, error_size, "its lists are missing");
    if (code != SQLITE_ROW)
        return store_file_error(&reader->file, error, error_size);
    const void *packed = sqlite3_column_blob(reader->lists, 0);
    size_t size = (size_t)sqlite3_column_bytes(reader->lists, 0);
    return store_holds_json(reader->file.schema) ? store_unpack_json(packed, size, out, error, error_size)
                                                 : store_unpack_lists(packed, size, out, error, error_size);
}

static int read_run(struct store_reader *reader, sqlite3_int64 id, struct run_record *out)
{
    char why[RECORD_TEXT_BYTES];
    sqlite3_bind_int64(reader->lists, 1, id);
    int result = take(reader, out, why, sizeof why);
    sqlite3_reset(reader->lists);
    if (result != 0)
        line_error(reader->error, sizeof reader->error, "%s: run %lld: %s", reader->file.path, (long long)id, why);
    return result;
}

int whole_run_read(const struct result_set *results, const struct run_record *run, struct whole_run *out)
{
    *out = (struct whole_run){.run = run};
    struct store_reader *reader = results->reader;
    if (!reader)
        return 0;
    struct run_record *own = malloc(sizeof *own);
    if (!own)
        return line_error(reader->error, sizeof reader->error, "%s: out of memory", reader->file.path);
    *own = *run; /* it has no lists of its own */
    if (read_run(reader, reader->ids[run - results->runs], own) != 0) {
        free(own);
        return -1;
    }
    *out = (struct whole_run){.run = own, .own = own};
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
    return results->reader && results->reader->error[0] ? results->reader->error : "out of memory";
}
