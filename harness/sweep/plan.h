/* plan.h - which runs a sweep makes, and in which order.
 *
 * A plan is the cross product workload x runtime x allocator x collector x
 * tuning x refcount; one combination is a configuration, one execution of it a
 * run, one pass over all configurations a round. Runs are shuffled within each
 * round from the plan's seed: the same plan gives the same order always.
 *
 * A workload is a row of workloads.def or a heap script, script:FILE, which is
 * parsed when it is added, has no parameters but those that every workload has,
 * and no scale but 1.
 *
 * A configuration's canonical string, the key of compare, resume and merge:
 *     WORKLOAD[name=value,...] scale=S seed=N RUNTIME ALLOCATOR COLLECTOR TUNING REFCOUNT
 * with only the parameters that differ from their defaults in the brackets
 * (none: no brackets), for example
 *     gcbench scale=0.25 seed=1 model pymalloc cpython-3.11 700,10,10 plain
 *
 * Shard     every Nth round: pairs are made of runs of one round on one machine,
 *           so a round is never divided, and each shard has every configuration.
 * A/A twin  for each workload one configuration stands in the plan twice: the
 *           first of its configurations that has the defaults in most
 *           dimensions. The second has `twin` set; its difference from the
 *           first is the workload's noise floor.
 * Skipped   a combination that cannot be (runtime cpython with a collector
 *           other than cpython-3.11, a refcount other than plain, or a pool
 *           allocator that is not its own) is left out.
 */
#ifndef GCSWEEP_PLAN_H
#define GCSWEEP_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/record/record.h"

enum { PLAN_TEXT_BYTES = RECORD_TEXT_BYTES, PLAN_DEFAULT_ROUNDS = 10, PLAN_MOST_ROUNDS = 100000 };
/* With a precision: rounds at most where the plan does not say, rounds that are run in any case (fewer where the plan
 * says fewer), and the fewest it may say: below them there is no interval. */
enum { PLAN_PRECISION_MOST_ROUNDS = 100, PLAN_PRECISION_LEAST_ROUNDS = 10, PLAN_PRECISION_FLOOR_ROUNDS = 6 };
#define PLAN_MOST_PRECISION 0.5
enum { PLAN_MOST_SHARDS = 1000 };
/* Of one dimension: more are a mistyped range, and each new one is compared with all before. */
enum { PLAN_MOST_VALUES = 10000, PLAN_MOST_WORKLOADS = 1000 };
#define PLAN_DEFAULT_TIMEOUT_NS UINT64_C(60000000000)
/* memory_bytes: 80 % of the memory that is available when the sweep starts. */
#define PLAN_MEMORY_AVAILABLE UINT64_MAX
#define PLAN_MOST_SEED        ((uint64_t)INT64_MAX) /* what JSON readers and SQL can hold */

struct plan_workload {
    char name[PLAN_TEXT_BYTES];
    struct record_param params[RECORD_PARAMS]; /* only those set by the user; unused ones have an empty name */
    double scale;
};

struct plan_list {
    char (*text)[PLAN_TEXT_BYTES];
    size_t count;
};

struct plan {
    struct plan_workload *workloads;
    size_t workload_count;
    struct plan_list runtimes, allocators, collectors, tunings, refcounts;
    unsigned rounds;        /* with a precision: at most; 0 until plan_finish for the default */
    double precision;       /* half-width that every compared interval shall have (precision.h); 0: none */
    unsigned shard, shards; /* K of N, from 1: rounds K - 1, K - 1 + N, ... are run; 0 of 0: all of them */
    uint64_t seed;          /* of the order and of the workloads */
    uint64_t timeout_ns;    /* a run's limit */
    uint64_t memory_bytes;  /* resident; 0 for none, PLAN_MEMORY_AVAILABLE */
    uint64_t budget_ns;     /* of the whole sweep, 0 for none: then whole rounds only */
};

struct plan_configuration {
    const struct plan_workload *workload;
    const char *runtime, *allocator, *collector, *tuning, *refcount;
    bool twin;
    char key[PLAN_TEXT_BYTES]; /* the canonical string */
};

void plan_init(struct plan *p); /* empty lists, default numbers */
void plan_free(struct plan *p);
/* Adds a value to one dimension ("runtime", "allocator", "collector",
 * "tuning", "refcount"), checked and normalised; a repeated one is kept once.
 * 0, or -1 with one line in `error` naming what is allowed. */
int plan_add_workload(struct plan *p, const char *name, char *error, size_t error_size);
int plan_add(struct plan *p, const char *dimension, const char *text, char *error, size_t error_size);
/* "NAME=VALUE" for those of the plan's workloads (all, when none was added
 * yet) that have NAME; a NAME with several values crosses. */
int plan_add_param(struct plan *p, const char *name_and_value, char *error, size_t error_size);
/* Every workload added so far (all, when none was) with the reduced settings
 * of its row (workload.h), but for the parameters that are set already. */
int plan_reduce(struct plan *p, char *error, size_t error_size);
/* The same scale for every workload added so far (all, when none was) but heap scripts. */
int plan_set_scale(struct plan *p, const char *text, char *error, size_t error_size);
/* Refuses a scale other than 1 where the plan has a heap script. */
int plan_check_scales(const struct plan *p, const char *scale, char *error, size_t error_size);
/* Crosses three lists such as "700,2000" into tunings; NULL is "700" for
 * threshold 0 and "10" for the others. */
int plan_add_thresholds(struct plan *p, const char *const lists[3], char *error, size_t error_size);
/* Fills what was left empty with the defaults, then checks the whole. */
int plan_finish(struct plan *p, char *error, size_t error_size);

/* The plan as JSON, as the store keeps it and a plan file holds it. */
char *plan_to_json(const struct plan *p); /* malloc'd */
int plan_from_json(const char *json, struct plan *p, char *error, size_t error_size);
int plan_from_file(const char *path, struct plan *p, char *error, size_t error_size);

/* All configurations, twins included: *out is malloc'd, its strings belong to the plan. */
int plan_configurations(const struct plan *p, struct plan_configuration **out, size_t *count, char *error,
                        size_t error_size);
/* All parameters of a configuration's workload, defaults included, as a record holds them. */
void plan_params(const struct plan_workload *w, struct record_param params[RECORD_PARAMS]);
/* "K/N". 0, or -1 with one line in `error`. */
int plan_set_shard(struct plan *p, const char *text, char *error, size_t error_size);
/* Whether the plan's shard has this round. */
bool plan_has_round(const struct plan *p, unsigned round);
/* How many of the plan's rounds its shard has. */
unsigned plan_round_count(const struct plan *p);
/* The order of one round: `order` gets a permutation of 0 .. count - 1. */
void plan_order(const struct plan *p, unsigned round, size_t *order, size_t count);

#endif
