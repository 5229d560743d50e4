/* store_file.h - the SQLite file below the store: opening, checking, errors.
 * For the store's own files only.
 */
#ifndef GCSWEEP_STORE_FILE_H
#define GCSWEEP_STORE_FILE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

struct store_file {
    sqlite3 *db;
    char *path; /* for errors */
    int schema; /* of a file that was there */
};

/* DIRECTORY/results.sqlite, malloc'd; NULL without memory. */
char *store_file_path(const char *directory);
/* A file that is being made has this name until store_file_publish: whoever is killed before leaves no store. */
#define STORE_FILE_NEW "." STORE_FILE ".new"
/* What a file is opened for. */
enum store_use { STORE_TO_READ, STORE_TO_ADD, STORE_TO_CREATE };

/* Opens and, unless it creates, checks that it is a results file of a schema
 * that is good for the use, without views and triggers: no file makes this
 * program run what is in it. 0, or -1 with one line in `error`; then nothing
 * stays open and a file that was there is as it was.
 *
 * Each row that is read is checked by its digest. All pages are checked
 * (quick_check reads the whole file) before runs are added, and of files whose
 * rows have no digest. */
int store_file_open(const char *directory, enum store_use use, struct store_file *out, char *error, size_t error_size);
void store_file_close(struct store_file *f);
/* Removes what was made under that name, by this process or by one that was killed. */
void store_file_forget(const char *directory);
/* Closes a new file and gives it its name, on the disk too. */
int store_file_publish(struct store_file *f, const char *directory, char *error, size_t error_size);
/* That it still has its name: what is written to a file that was removed is lost. */
int store_file_check_place(const struct store_file *f, char *error, size_t error_size);
/* Closes a file that is not to be changed: what a killed sweep left in the log stays there. */
void store_file_abandon(struct store_file *f);

/* One line for what SQLite said last. Always -1. */
int store_file_error(const struct store_file *f, char *error, size_t error_size);
/* SQL without values to bind, one or more statements. */
int store_file_run(const struct store_file *f, const char *sql, char *error, size_t error_size);
int store_file_prepare(const struct store_file *f, const char *sql, sqlite3_stmt **out, char *error, size_t error_size);

#endif
