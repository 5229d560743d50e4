/* finalizers.c - objects that must be told of their end, in cycles and outside of them.
 *
 * Model     each of `steps` makes `batch` resources (slots partner, number;
 *           with a finalizer), a share of `cyclic_fraction` of which refer to
 *           each other in pairs, and drops them; `revived_fraction` of them
 *           are put back into a list by their finalizer, and leave it at the
 *           next step. A request is one step.
 * Stresses  the collector's second look: what a finalizer brought back has to
 *           be found out after each collection with finalizers in it.
 * Source    our own, after PEP 442.
 */
#include "workloads/workload.h"

enum { RESOURCE };
enum { PARTNER, NUMBER, NEXT_REVIVED, RESOURCE_SLOTS };

struct finalizers_params {
    uint64_t steps, batch;
    double cyclic_fraction, revived_fraction;
};

static const struct workload_param finalizers_params[] = {
    WORKLOAD_INTEGER(struct finalizers_params, steps, 3000, 0, 1e12, "batches"),
    WORKLOAD_INTEGER(struct finalizers_params, batch, 100, 2, 1e9, "resources in a batch"),
    WORKLOAD_FRACTION(struct finalizers_params, cyclic_fraction, 0.5, 0, 1, "share of the pairs that are cycles"),
    WORKLOAD_FRACTION(struct finalizers_params, revived_fraction, 0.1, 0, 1, "share brought back by their finalizer"),
    {0},
};

static const struct workload_setting finalizers_reduced[] = {{"steps", "800"}, {"batch", "50"}, {0}};

/* ROOT_RUNNING holds None while the run lasts; as the newest it is released
 * first, and from then on nobody is brought back. */
enum { ROOT_REVIVED, ROOT_RUNNING, ROOTS };

/* Revived objects are linked through a slot of their own: a finalizer must not
 * allocate. Which are revived follows from their number alone. */
static void resource_finalizer(struct mutator *m, value self)
{
    const struct finalizers_params *p = mutator_params(m);
    value number = value_slot_get(self, NUMBER);
    mutator_count_freed(m, 1);
    if (!number || !mutator_all_roots(m)[ROOT_RUNNING] ||
        (double)((uint64_t)value_int(number) % 1000) >= p->revived_fraction * 1000)
        return;
    value *revived = &mutator_all_roots(m)[ROOT_REVIVED];
    value_slot_set(m, self, NEXT_REVIVED, value_take(revived));
    *revived = value_keep(self);
}

static const struct workload_class finalizers_classes[] = {
    {.name = "Resource", .slots = RESOURCE_SLOTS, .finalizer = resource_finalizer},
    {0},
};

static void make_pair(struct mutator *m, value *slot, uint64_t number, bool cyclic)
{
    for (uint64_t i = 0; i < 2; i++) {
        value_replace(m, &slot[i], new_slots(m, RESOURCE));
        value_slot_set(m, slot[i], NUMBER, new_int(m, (int64_t)(number + i)));
    }
    value_slot_set(m, slot[0], PARTNER, value_keep(slot[1]));
    if (cyclic)
        value_slot_set(m, slot[1], PARTNER, value_keep(slot[0]));
    mutator_observe(m, value_slot_get(slot[1], PARTNER) == slot[0]);
    mutator_observe(m, (uint64_t)value_int(value_slot_get(value_slot_get(slot[0], PARTNER), NUMBER)));
    value_replace(m, &slot[0], NULL);
    value_replace(m, &slot[1], NULL);
}

static void finalizers_run(struct mutator *m)
{
    const struct finalizers_params *p = mutator_params(m);
    value *root = mutator_roots(m, ROOTS);
    root[ROOT_RUNNING] = new_none(m);
    value *slot = mutator_push(m, 2);
    uint64_t number = 0;
    for (uint64_t i = 0, n = mutator_scaled(m, p->steps); i < n; i++) {
        for (uint64_t made = 0; made < p->batch; made += 2, number += 2)
            make_pair(m, slot, number, random_chance(m, p->cyclic_fraction));
        value_replace(m, &root[ROOT_REVIVED], NULL);
        mutator_request_done(m);
    }
    mutator_pop(m);
}

const struct workload workload_finalizers = {
    .name = "finalizers",
    .stresses = "finalizers in cycles, and what they bring back",
    .source = "our own, after PEP 442",
    .params = finalizers_params,
    .params_size = sizeof(struct finalizers_params),
    .reduced = finalizers_reduced,
    .classes = finalizers_classes,
    .run = finalizers_run,
};
