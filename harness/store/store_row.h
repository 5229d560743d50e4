/* store_row.h - a run's scalars as a row of the table `runs`. For the store's own files only.
 *
 * The columns are the record's scalar fields, in the order of
 * record_fields.def, then `params` (a JSON object; NULL without any) and
 * `digest`, a CRC-32 over what the row says: SQLite does not notice when a
 * digit of a number is damaged on the disk. Unknown values are NULL and not in
 * the digest.
 */
#ifndef GCSWEEP_STORE_ROW_H
#define GCSWEEP_STORE_ROW_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/record/record.h"

enum { STORE_SQL_BYTES = 16384 };

/* Append to SQL of STORE_SQL_BYTES. */
void store_row_append_types(char *sql);  /* "schema INTEGER, workload TEXT, ... params TEXT, digest INTEGER" */
void store_row_append_names(char *sql);  /* "schema, workload, ... params, digest" */
void store_row_append_places(char *sql); /* "?, ?, ..." */

/* Makes a record that says what its row can hold: whole UTF-8, numbers in the
 * range of the columns; anything else becomes '?' or unknown. */
void store_row_clean(struct run_record *r);
/* Binds a clean record's columns from parameter `first` on: SQLITE_OK, or what went wrong. */
int store_row_bind(sqlite3_stmt *statement, int first, const struct run_record *r);

/* Params that were read before: parsing JSON takes as long as all the rest of
 * a row, and the runs of one workload have the same params. A JSON text has its
 * place by its digest. All zero before the first row. */
enum { STORE_PARAMS_KEPT = 64, STORE_PARAMS_JSON_BYTES = 1024 };
struct store_params {
    struct {
        char json[STORE_PARAMS_JSON_BYTES];
        size_t length;
        struct record_param params[RECORD_PARAMS];
    } kept[STORE_PARAMS_KEPT];
};
/* Reads the columns from `first` on, whatever they hold: 0, or -1 with what is
 * wrong in `error`. The record has no lists then. */
int store_row_take(sqlite3_stmt *statement, int first, struct store_params *params, struct run_record *out, char *error,
                   size_t error_size);

/* The CRC-32 of a fact. */
uint32_t store_fact_digest(const char *name, const char *text);

#endif
