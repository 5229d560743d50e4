/* matching.h - the configurations that a few words name, and what makes two of
 * them partners.
 *
 * Each word names one value of one dimension that a sweep has: "jemalloc",
 * "50000,20,100", "cpython". NAME=VALUE says which dimension is meant
 * (allocator=system), or names a parameter of the workload, its scale or its
 * seed. The word `twin` stands for the A/A twins' runs in place of the
 * configurations' own.
 *
 * Partner  configurations of two sides are partners when all that neither
 *          side's words name is the same: "pymalloc" against "jemalloc" pairs
 *          each workload and tuning with its like, "pymalloc 700,10,10"
 *          against "jemalloc 50000,20,100" each workload. Without words that
 *          is the canonical string.
 *
 * Ownership  match_free; the summary must outlive the match, which points
 *            into it.
 * Errors     0, or -1 with one line in `error` that names the word and what
 *            there is.
 */
#ifndef GCSWEEP_MATCHING_H
#define GCSWEEP_MATCHING_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/analysis/summary.h"

enum dimension {
    DIMENSION_WORKLOAD,
    DIMENSION_RUNTIME,
    DIMENSION_ALLOCATOR,
    DIMENSION_COLLECTOR,
    DIMENSION_TUNING,
    DIMENSION_REFCOUNT,
    DIMENSION_SCALE, /* from here on only NAME=VALUE names a value: a bare number says too little */
    DIMENSION_SEED,
    DIMENSIONS
};

enum {
    MATCH_WORDS = 16,
    MATCH_NAME_BYTES = sizeof((struct record_param *)0)->name,
    MATCH_KEY_BYTES = 3 * RECORD_TEXT_BYTES
};

/* What words fix, whatever the value. */
struct match_names {
    bool dimension[DIMENSIONS];
    char param[2 * MATCH_WORDS][MATCH_NAME_BYTES];
    size_t param_count;
};

struct match {
    struct match_names names;
    bool twin;
    const struct configuration **configurations; /* in the summary's order */
    size_t count;                                /* at least 1 */
};

/* NULL or "" for `words` names all. */
int match_words(const struct summary *s, const char *words, struct match *out, char *error, size_t error_size);
void match_free(struct match *match);

/* Adds what `more` names. */
void match_names_add(struct match_names *names, const struct match_names *more);
/* Equal for partners, given what the words of both sides name. */
void match_key(const struct configuration *c, const struct match_names *names, char key[MATCH_KEY_BYTES]);

#endif
