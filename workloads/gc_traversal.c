/* gc_traversal.c - a live heap of nothing but references, and full collections that free nothing.
 *
 * Model     set-up builds `levels` lists: list n holds n references to list
 *           n - 1. Then `collections` full collections are made by hand. A
 *           request is one of them.
 * Stresses  the cost of looking: about levels^2 / 2 references, no garbage.
 * Source    pyperformance, bm_gc_traversal: 1,000 levels. Differs: the lists are
 *           made in set-up, where pyperformance makes them before its timer.
 */
#include "workloads/workload.h"

struct gc_traversal_params {
    uint64_t levels, collections;
};

static const struct workload_param gc_traversal_params[] = {
    WORKLOAD_INTEGER(struct gc_traversal_params, levels, 1000, 1, 100000, "lists, each holding the one before"),
    WORKLOAD_INTEGER(struct gc_traversal_params, collections, 50, 0, 1e9, "full collections by hand"),
    {0},
};

static const struct workload_setting gc_traversal_reduced[] = {{"levels", "100"}, {"collections", "20"}, {0}};

static void gc_traversal_setup(struct mutator *m)
{
    const struct gc_traversal_params *p = mutator_params(m);
    value *current = mutator_roots(m, 1);
    current[0] = new_list(m, 0);
    for (uint64_t n = 0; n < p->levels; n++) {
        value level = new_list(m, n);
        for (uint64_t i = 0; i < n; i++)
            value_list_set(m, level, i, value_keep(current[0]));
        value_replace(m, &current[0], level);
    }
}

static void gc_traversal_run(struct mutator *m)
{
    const struct gc_traversal_params *p = mutator_params(m);
    for (uint64_t i = 0, n = mutator_scaled(m, p->collections); i < n; i++) {
        mutator_observe(m, 1 + mutator_collect(m));
        mutator_request_done(m);
    }
    uint64_t levels = 1;
    for (value list = mutator_all_roots(m)[0]; value_list_length(list) > 0; list = value_list_get(list, 0))
        levels++;
    mutator_observe(m, levels);
}

const struct workload workload_gc_traversal = {
    .name = "gc-traversal",
    .stresses = "the cost of tracing where nothing is to be freed",
    .source = "pyperformance, bm_gc_traversal",
    .params = gc_traversal_params,
    .params_size = sizeof(struct gc_traversal_params),
    .reduced = gc_traversal_reduced,
    .setup = gc_traversal_setup,
    .run = gc_traversal_run,
};
