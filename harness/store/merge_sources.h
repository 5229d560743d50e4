/* merge_sources.h - what is merged: read, checked against one another, described. For merge.c only. */
#ifndef GCSWEEP_MERGE_SOURCES_H
#define GCSWEEP_MERGE_SOURCES_H

#include <jansson.h>

#include "harness/store/merge.h"
#include "harness/store/store.h"

struct merge_source {
    struct result_set results;
    json_t *plan;           /* without what may differ between sources */
    unsigned shard, shards; /* 0 of 0: a whole sweep */
    uint64_t rounds;        /* the greatest of its runs, and one */
    uint64_t offset;        /* what its rounds are renumbered by */
};

struct merge_sources {
    struct merge_source *source;
    size_t count;
    enum merge_lists lists;
};

/* Reads and checks all: 0, or -1 with one line in `error`. merge_sources_free
 * releases them whatever the result. */
int merge_sources_load(struct merge_sources *m, const char *const *directories, size_t count, enum merge_lists lists,
                       char *error, size_t error_size);
void merge_sources_free(struct merge_sources *m);

uint64_t merge_sources_rounds(const struct merge_sources *m);
/* JSON texts, malloc'd; NULL without memory. */
char *merge_sources_plan(const struct merge_sources *m);
char *merge_sources_environment(const struct merge_sources *m);
char *merge_sources_describe(const struct merge_sources *m); /* the fact "sources" */
/* The one that every source's fact `name` adds to. */
uint64_t merge_sources_sum(const struct merge_sources *m, const char *name);
/* "done" when all were, else how the first of the others ended. */
const char *merge_sources_stopped(const struct merge_sources *m);

#endif
