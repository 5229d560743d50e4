/* synthetic.h - a sweep's results made up, for the tests of analysis and report.
 *
 * Figures follow from the settings by simple rules and a little noise from the
 * round, so that a test knows what must come out: a higher threshold is faster,
 * pauses longer and takes more memory; system and jemalloc are slower by fixed
 * factors; `disabled` never collects.
 */
#ifndef GCSWEEP_TESTS_SYNTHETIC_H
#define GCSWEEP_TESTS_SYNTHETIC_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/record/derive.h"
#include "harness/store/store.h"

struct synthetic {
    const char *const *workloads, *const *runtimes, *const *allocators, *const *tunings; /* each ends with NULL */
    unsigned rounds;
    bool twins;
};

static const char *const synthetic_workloads[] = {"linked-list", "gcbench", NULL};
static const char *const synthetic_runtimes[] = {"model", NULL};
static const char *const synthetic_allocators[] = {"system", "jemalloc", "mimalloc", "pymalloc", NULL};
static const char *const synthetic_tunings[] = {"700,10,10",    "2000,10,10", "10000,20,50", "50000,20,100",
                                                "200000,30,30", "disabled",   NULL};

static const struct synthetic synthetic_bench = {
    synthetic_workloads, synthetic_runtimes, synthetic_allocators, synthetic_tunings, 6, true};

/* In [-1, 1], the same for the same round and salt. */
static inline double synthetic_noise(unsigned round, unsigned salt)
{
    unsigned x = (round + 1) * 2654435761u ^ (salt + 1) * 2246822519u;

    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    return (double)(x % 2001) / 1000 - 1;
}

static inline double synthetic_allocator_cost(const char *allocator)
{
    return strcmp(allocator, "system") == 0 ? 1.2 : strcmp(allocator, "jemalloc") == 0 ? 1.1 : 1.0;
}

static inline void synthetic_pauses(struct run_record *r, double threshold, unsigned salt)
{
    uint64_t collections[RECORD_GENERATIONS] = {(uint64_t)(2e6 / threshold), (uint64_t)(2e5 / threshold),
                                                (uint64_t)(2e4 / threshold) + 1};
    uint64_t all = 0, total = 0;

    for (int g = 0; g < RECORD_GENERATIONS; g++) {
        enum { BUCKETS = 40 };
        struct record_bucket *bucket = malloc(BUCKETS * sizeof *bucket);
        size_t filled = 0;
        for (int b = 0; b < BUCKETS; b++) {
            double value = threshold * 8 * pow(8, g) * (0.6 + 0.02 * b + 0.0001 * salt);
            uint64_t count = collections[g] * (uint64_t)(b + 1) / BUCKETS - collections[g] * (uint64_t)b / BUCKETS;
            if (count > 0)
                bucket[filled++] = (struct record_bucket){(uint64_t)value, count};
            total += (uint64_t)value * count;
        }
        r->pauses[g] = (struct record_histogram){filled, bucket};
        all += collections[g];
        r->pause_max_ns = bucket[filled - 1].value_ns;
    }
    r->gen0_collections = collections[0];
    r->gen1_collections = collections[1];
    r->gen2_collections = collections[2];
    r->pause_count = all;
    r->pause_total_ns = r->gc_ns = total;
    r->pause_p50_ns = (uint64_t)(threshold * 8);
    r->pause_p99_ns = (uint64_t)(threshold * 8 * 8 * (1 + 0.0001 * salt));
}

static inline void synthetic_samples(struct run_record *r)
{
    enum { SAMPLES = 120 };

    r->samples = calloc(SAMPLES, sizeof *r->samples);
    r->sample_count = SAMPLES;
    for (int i = 0; i < SAMPLES; i++) {
        double t = (double)i / (SAMPLES - 1);
        double growth = (double)(r->rss_peak_bytes - r->rss_baseline_bytes);
        r->samples[i].t_ns = (uint64_t)((double)r->wall_ns * t);
        r->samples[i].bytes = r->rss_baseline_bytes + (uint64_t)(growth * fmin(1, 3 * t) * (0.9 + 0.1 * sin(40 * t)));
    }
}

static inline void synthetic_run(struct run_record *r, const char *workload, const char *runtime, const char *allocator,
                                 const char *tuning, unsigned round, bool twin)
{
    unsigned salt = (unsigned)(strlen(workload) * 31 + strlen(allocator) * 7 + strlen(tuning) + 1000 * twin);
    double threshold = atof(tuning), noise = 1 + 0.01 * synthetic_noise(round, salt);
    double gain = threshold > 0 ? 1 + 0.25 / sqrt(threshold / 700) : 1;

    record_clear(r);
    snprintf(r->workload, sizeof r->workload, "%s", workload);
    snprintf(r->runtime, sizeof r->runtime, "%s", runtime);
    snprintf(r->allocator, sizeof r->allocator, "%s", allocator);
    snprintf(r->tuning, sizeof r->tuning, "%s", tuning);
    strcpy(r->collector, "cpython-3.11");
    strcpy(r->refcount, "plain");
    strcpy(r->status, "ok");
    strcpy(r->started, "2026-11-21T09:00:00Z");
    strcpy(r->version_gcsweep, "0.1.0-test");
    strcpy(r->version_kernel, "6.1.0");
    snprintf(r->version_allocator, sizeof r->version_allocator, "9.%zu", strlen(allocator));
    r->scale = 1;
    r->seed = 1;
    snprintf(r->configuration, sizeof r->configuration, "%.60s scale=1 seed=1 %.40s %.60s cpython-3.11 %.40s plain",
             workload, runtime, allocator, tuning);
    r->round = round;
    r->twin = twin;
    r->exit_code = 0;
    r->wall_ns = (uint64_t)(2e8 * gain * synthetic_allocator_cost(allocator) * noise);
    r->gc_ns = 0;
    r->operations = 100000;
    r->checksum = 0xabcd + strlen(workload);
    r->rss_baseline_bytes = 8 << 20;
    r->rss_peak_bytes = (uint64_t)((30 + (threshold > 0 ? sqrt(threshold) / 8 : 90)) * 1048576 * noise *
                                   (2 - synthetic_allocator_cost(allocator)));
    r->pause_count = r->gen0_collections = r->gen1_collections = r->gen2_collections = 0;
    if (threshold > 0)
        synthetic_pauses(r, threshold, (unsigned)(100 * (noise - 0.98)) * 7 + round);
    synthetic_samples(r);
    record_derive(r);
}

static inline size_t synthetic_length(const char *const *list)
{
    size_t n = 0;

    while (list[n] != NULL)
        n++;
    return n;
}

static inline struct result_set synthetic_results(const struct synthetic *p)
{
    struct result_set out = {.directory = strdup("."), .plan = strdup("{}"), .environment = strdup("{}")};
    size_t cells = synthetic_length(p->workloads) * synthetic_length(p->runtimes) * synthetic_length(p->allocators) *
                   synthetic_length(p->tunings);

    out.runs = calloc((cells + synthetic_length(p->workloads)) * p->rounds + 1, sizeof *out.runs);
    for (unsigned round = 0; round < p->rounds; round++)
        for (size_t w = 0; p->workloads[w] != NULL; w++) {
            for (size_t r = 0; p->runtimes[r] != NULL; r++)
                for (size_t a = 0; p->allocators[a] != NULL; a++)
                    for (size_t t = 0; p->tunings[t] != NULL; t++)
                        synthetic_run(&out.runs[out.run_count++], p->workloads[w], p->runtimes[r], p->allocators[a],
                                      p->tunings[t], round, false);
            if (p->twins)
                synthetic_run(&out.runs[out.run_count++], p->workloads[w], "model", "pymalloc", "700,10,10", round,
                              true);
        }
    return out;
}

static inline void synthetic_free(struct result_set *results)
{
    for (size_t i = 0; i < results->run_count; i++) {
        for (int g = 0; g < RECORD_GENERATIONS; g++)
            free(results->runs[i].pauses[g].bucket);
        free(results->runs[i].samples);
    }
    for (size_t i = 0; i < results->fact_count; i++) {
        free(results->facts[i].name);
        free(results->facts[i].text);
    }
    free(results->facts);
    free(results->runs);
    free(results->directory);
    free(results->plan);
    free(results->environment);
    *results = (struct result_set){0};
}

static inline struct run_record *synthetic_find(const struct result_set *results, const char *workload,
                                                const char *allocator, const char *tuning, unsigned round, bool twin)
{
    for (size_t i = 0; i < results->run_count; i++) {
        struct run_record *r = &results->runs[i];
        if (strcmp(r->workload, workload) == 0 && strcmp(r->allocator, allocator) == 0 &&
            strcmp(r->tuning, tuning) == 0 && r->round == round && r->twin == twin)
            return r;
    }
    fail_msg("no run of %s %s %s round %u", workload, allocator, tuning, round);
    return results->runs;
}

/* What a run that died leaves. */
static inline void synthetic_fail(struct run_record *r, const char *status, const char *message)
{
    snprintf(r->status, sizeof r->status, "%s", status);
    snprintf(r->message, sizeof r->message, "%s", message);
    r->wall_ns = r->operations = r->checksum = r->rss_peak_bytes = RECORD_UNKNOWN;
    r->pause_count = r->pause_max_ns = r->pause_p99_ns = RECORD_UNKNOWN;
}

#endif
