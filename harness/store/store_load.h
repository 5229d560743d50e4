/* store_load.h - reading a results file. For the store's own files only.
 */
#ifndef GCSWEEP_STORE_LOAD_H
#define GCSWEEP_STORE_LOAD_H

#include "harness/store/store.h"
#include "harness/store/store_file.h"

/* Where the lists of runs that were loaded are. */
struct store_reader {
    struct store_file file;
    sqlite3_stmt *lists; /* the blob of a run by its id */
    sqlite3_int64 *ids;  /* of result_set.runs[i] */
    char error[1024];
};

/* Whether a file of that schema holds each run as one JSON record (versions 2
 * and 3) instead of columns and lists. */
bool store_holds_json(int schema);
/* The blobs, decompressed and read: 0, or -1 with what is wrong in `error`. */
int store_unpack_json(const void *packed, size_t size, struct run_record *out, char *error, size_t error_size);
int store_unpack_lists(const void *packed, size_t size, struct run_record *out, char *error, size_t error_size);

/* From where whole_run_read reads. Takes the file and the ids over; NULL
 * without memory, or with an error of SQLite in `error`. */
struct store_reader *store_reader_make(struct store_file *file, sqlite3_int64 *ids, char *error, size_t error_size);
void store_reader_free(struct store_reader *reader);

#endif
