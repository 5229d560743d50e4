/* store.h - the results of one sweep: results.sqlite in its folder.
 *
 * Each run is one transaction: a run is in the store whole or not at all,
 * whatever kills the harness. (configuration, round, twin) is unique, so that
 * a resumed sweep cannot hold a run twice. Scalars are columns of `runs`, named
 * as in record_fields.def, for whoever asks in SQL (unknown is NULL, a checksum
 * is text in hex; params are a JSON object). The lists (histograms, longest
 * pauses, samples, curves) are one blob a run in `lists`: record/lists.h,
 * zstd-compressed. store_load reads the columns of all runs in one pass;
 * whole_run_read a run's lists.
 *
 * Each row has a digest of its own and each blob its checksum, so that a
 * damaged digit is noticed, not only a damaged page.
 *
 * While runs are added the file is in WAL mode; store_close leaves one plain
 * file. A store that was open when its process was killed holds every run
 * added before.
 *
 * Errors     0, or -1 with one line in `error` that names the file and what is
 *            wrong (not a results file, another schema version, damaged, full,
 *            locked by another process). After an error of store_add_run what
 *            was added before stays.
 * Memory     store_load takes sizeof(struct run_record), about 8.5 KB, a run,
 *            however long its lists are; the lists of one run at a time more.
 * Locking    store_create and store_open hold the folder (flock) until
 *            store_close: one process adds runs; another one is refused after
 *            two seconds. store_load asks for no lock.
 * Ownership  store_close closes; result_set_free releases what store_load made.
 */
#ifndef GCSWEEP_STORE_H
#define GCSWEEP_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/record/record.h"

/* Raised with every change of the columns: a file of STORE_SCHEMA has them all.
 * Versions 2 and 3 held each run as one JSON blob. */
#define STORE_SCHEMA      4
#define STORE_SCHEMA_READ 2 /* the oldest that is read; runs are added to STORE_SCHEMA alone */
#define STORE_FILE        "results.sqlite"
#define STORE_APPLICATION 0x67637377 /* "gcsw": tells a results file from other databases */

struct store;

/* Makes a new store in an existing, writable folder that has none. `plan` and
 * `environment` are JSON texts, kept as they are. */
int store_create(const char *directory, const char *plan, const char *environment, struct store **out, char *error,
                 size_t error_size);
/* The same in two steps, for facts that must be there as soon as the store is: between them store_set_fact alone may be
 * called, and a process that ends there leaves no store. store_publish abandons what it cannot publish. */
int store_begin(const char *directory, const char *plan, const char *environment, struct store **out, char *error,
                size_t error_size);
int store_publish(struct store *s, const char *directory, char *error, size_t error_size);
void store_abandon(struct store *s, const char *directory);
/* Opens for adding runs (resume). */
int store_open(const char *directory, struct store **out, char *error, size_t error_size);
int store_close(struct store *s, char *error, size_t error_size);

int store_add_run(struct store *s, const struct run_record *r, char *error, size_t error_size);
/* 1 when the store holds that run, 0 when not, -1 on an error. */
int store_has_run(struct store *s, const char *configuration, unsigned round, bool twin, char *error,
                  size_t error_size);
/* What decides how long a sweep goes on: NaN is unknown. */
struct store_outcome {
    bool ok; /* it ended so */
    double wall_ns, rss_peak_bytes;
};
struct store_outcome store_outcome_of(const struct run_record *r);
/* As store_has_run, and what the run gave. */
int store_find_run(struct store *s, const char *configuration, unsigned round, bool twin, struct store_outcome *out,
                   char *error, size_t error_size);
/* Puts a run in the place of the one that the store holds of the same configuration, round and twin, in one
 * transaction. */
int store_replace_run(struct store *s, const struct run_record *r, char *error, size_t error_size);
/* Facts about the sweep as text, such as "command", "workers_ns", "sweep_ns", "stopped". */
int store_set_fact(struct store *s, const char *name, const char *text, char *error, size_t error_size);
/* `*out` is malloc'd text, or NULL when there is no such fact. */
int store_fact(struct store *s, const char *name, char **out, char *error, size_t error_size);
/* Whether the folder holds a file of that name at all. */
bool store_exists(const char *directory);

/* Everything in a store, for analysis and report. */
struct result_fact {
    char *name, *text;
};
struct result_set {
    char *directory;
    char *plan;        /* JSON */
    char *environment; /* JSON */
    struct result_fact *facts;
    size_t fact_count;
    struct run_record *runs; /* in the order they ended; their scalars and params alone, see whole_run_read */
    size_t run_count;
    struct store_reader *reader; /* where the rest of the runs is; NULL when they were made in memory and hold it */
};
int store_load(const char *directory, struct result_set *out, char *error, size_t error_size);

/* A run with its lists: histograms, longest pauses, curves, samples. They are
 * what is large in a record, so they stay in the file until somebody draws,
 * exports or merges that run. */
struct whole_run {
    const struct run_record *run;
    struct run_record *own; /* what `run` points to when it was read from a file, else NULL */
};
/* `run` is one of results->runs. 0, or -1: result_set_error says why. Ownership:
 * whole_run_free, before result_set_free. Threads: one at a time. */
int whole_run_read(const struct result_set *results, const struct run_record *run, struct whole_run *out);
void whole_run_free(struct whole_run *whole);
/* One line for what whole_run_read said last; "out of memory" when it said nothing. */
const char *result_set_error(const struct result_set *results);
/* NULL when the fact is not there. */
const char *find_result_fact(const struct result_set *results, const char *name);
/* False of results whose lists were left out (gcsweep merge --without-lists): their runs come whole with empty lists,
 * and nothing may be drawn or said from those. */
#define STORE_LISTS_FACT     "lists"
#define STORE_LISTS_LEFT_OUT "left out"
bool result_set_has_lists(const struct result_set *results);
void result_set_free(struct result_set *results);

#endif
