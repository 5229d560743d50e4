/* record.h - what one run left behind. Written by the worker and the runner,
 * read by everything after them.
 *
 * The scalar fields are listed once, in record_fields.def; struct, JSON and
 * the store's columns derive from that list. Times are ns, sizes bytes.
 *
 * Unknown    RECORD_UNKNOWN in a uint64_t, RECORD_UNKNOWN_SIGNED in an
 *            int64_t, NaN in a double, "" in a text: all are null in JSON. A
 *            value that cannot be had is never 0.
 * Ownership  record_free releases what record_read allocated. A record filled
 *            by hand (the worker's) points to the caller's memory and is not
 *            freed.
 */
#ifndef GCSWEEP_RECORD_H
#define GCSWEEP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_SCHEMA         1
#define RECORD_UNKNOWN        UINT64_MAX
#define RECORD_UNKNOWN_SIGNED INT64_MIN

enum { RECORD_TEXT_BYTES = 256, RECORD_PARAMS = 32, RECORD_GENERATIONS = 3 };

/* Kinds of pause: a generation, or a cascade of frees by counts alone. */
enum { RECORD_RELEASE = RECORD_GENERATIONS, RECORD_PAUSE_KINDS };

/* A sparse histogram: the filled buckets, lowest value first. */
struct record_bucket {
    uint64_t value_ns; /* the highest value that the bucket stands for */
    uint64_t count;
};
struct record_histogram {
    size_t count;
    struct record_bucket *bucket;
};

struct record_pause {
    uint64_t start_ns; /* since the region's start */
    uint64_t duration_ns;
    int64_t kind; /* generation 0, 1, 2, or RECORD_RELEASE */
};

/* A stretch of time. */
struct record_span {
    uint64_t start_ns; /* since the region's start */
    uint64_t duration_ns;
};

/* A point of a utilization curve. */
struct record_utilization {
    uint64_t window_ns;
    double utilization; /* 0 to 1 */
};

struct record_sample {
    uint64_t t_ns; /* since the region's start */
    uint64_t bytes;
};

struct record_floating {
    uint64_t t_ns; /* since the region's start */
    uint64_t objects, bytes;
};

struct record_param {
    char name[48];
    char text[48];
};

struct run_record {
#define RECORD_TEXT(path, member)  char member[RECORD_TEXT_BYTES];
#define RECORD_U64(path, member)   uint64_t member;
#define RECORD_I64(path, member)   int64_t member;
#define RECORD_F64(path, member)   double member;
#define RECORD_BOOL(path, member)  bool member;
#define RECORD_HEX(path, member)   uint64_t member;
#define RECORD_MAYBE(path, member) int64_t member;
#include "harness/record/record_fields.def"

    struct record_param params[RECORD_PARAMS]; /* unused ones have an empty name */

    struct record_histogram pauses[RECORD_PAUSE_KINDS]; /* one a kind */
    struct record_pause *longest;                       /* at most 1,000, longest first */
    size_t longest_count;
    struct record_sample *samples; /* RSS over time */
    size_t sample_count;
    struct record_histogram requests, metered, metered_100ms; /* latencies */
    struct record_utilization *mmu, *bmu;                     /* windows ascending */
    size_t mmu_count, bmu_count;
    struct record_floating *floating; /* floating garbage over time; NULL where the workload does not know it */
    size_t floating_count;
    struct record_histogram noise; /* gaps of the machine itself */
};

/* Every field unknown, schema set, texts empty. */
void record_clear(struct run_record *r);
/* One JSON object, one line, without the line feed: the length as snprintf
 * counts it, text and size as snprintf takes them. Allocates nothing, so that
 * the worker can use it. Bytes that are no UTF-8 are written as '?'. */
size_t record_write(const struct run_record *r, char *text, size_t size);
/* Parses one JSON line, which may be anything: 0, or -1 with one line in
 * `error` and an empty record. Unknown keys are ignored, missing ones stay
 * unknown. */
int record_read(const char *json, size_t length, struct run_record *r, char *error, size_t error_size);
void record_free(struct run_record *r);
/* The params alone, as one JSON object: the same rules as for the whole. At
 * most RECORD_PARAMS_BYTES are written, the last 0 included. */
enum { RECORD_PARAMS_BYTES = RECORD_PARAMS * 6 * (int)sizeof(struct record_param) + 256 };
size_t record_write_params(const struct run_record *r, char *text, size_t size);
int record_read_params(const char *json, size_t length, struct run_record *r, char *error, size_t error_size);

/* The scalar fields, for those who loop over them (the store, CSV). */
enum record_kind {
    RECORD_KIND_TEXT,
    RECORD_KIND_U64,
    RECORD_KIND_I64,
    RECORD_KIND_F64,
    RECORD_KIND_BOOL,
    RECORD_KIND_HEX,
    RECORD_KIND_MAYBE /* 1, 0 or RECORD_UNKNOWN_SIGNED in an int64_t: true, false or null */
};
struct record_field {
    const char *path;   /* "rss.peak_bytes", "generations.0.collections" */
    const char *member; /* "rss_peak_bytes": the store's column */
    size_t member_size; /* of that text, its 0 included */
    enum record_kind kind;
    size_t offset;
};
extern const struct record_field record_fields[];
extern const size_t record_field_count;

#endif
