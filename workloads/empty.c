/* empty.c - nothing: what a run costs that does no work.
 *
 * Model     `requests` requests in which nothing happens.
 * Stresses  the harness: start-up, recording, resident size of an empty heap.
 *           Short as they are, each request is timed: its latency is what
 *           reading the clock takes.
 * Source    our own.
 */
#include "workloads/workload.h"

struct empty_params {
    uint64_t requests;
};

static const struct workload_param empty_params[] = {
    WORKLOAD_INTEGER(struct empty_params, requests, 1000, 0, 1e12, "requests in which nothing happens"),
    {0},
};

static const struct workload_setting empty_reduced[] = {{"requests", "100"}, {0}};

static void empty_run(struct mutator *m)
{
    const struct empty_params *p = mutator_params(m);
    for (uint64_t i = 0, n = mutator_scaled(m, p->requests); i < n; i++)
        mutator_request_done(m);
    mutator_observe(m, m->operations);
}

const struct workload workload_empty = {
    .name = "empty",
    .stresses = "nothing: the floor under every other figure",
    .source = "our own",
    .params = empty_params,
    .params_size = sizeof(struct empty_params),
    .reduced = empty_reduced,
    .run = empty_run,
};
