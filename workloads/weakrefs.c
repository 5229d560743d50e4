/* weakrefs.c - observers and caches that must not keep what they know alive.
 *
 * Model     `subjects` subjects are kept, each with a weak reference in a
 *           registry, a share of `callback_fraction` with a callback. Each of
 *           `steps` replaces one subject, picked at random, that refers to
 *           itself with probability `cyclic_fraction`, and looks another up
 *           through its weak reference. A request is one step.
 * Stresses  weak references to garbage: cleared and called back by collections.
 * Source    our own, after weakref.WeakValueDictionary.
 */
#include "workloads/workload.h"

enum { SUBJECT };

static const struct workload_class weakrefs_classes[] = {{.name = "Subject", .dict = true}, {0}};

struct weakrefs_params {
    uint64_t subjects, steps;
    double callback_fraction, cyclic_fraction;
};

static const struct workload_param weakrefs_params[] = {
    WORKLOAD_INTEGER(struct weakrefs_params, subjects, 20000, 1, 1e9, "subjects kept"),
    WORKLOAD_INTEGER(struct weakrefs_params, steps, 400000, 0, 1e12, "subjects replaced"),
    WORKLOAD_FRACTION(struct weakrefs_params, callback_fraction, 0.5, 0, 1, "share with a callback"),
    WORKLOAD_FRACTION(struct weakrefs_params, cyclic_fraction, 0.5, 0, 1, "share that refers to itself"),
    {0},
};

enum { ROOT_SUBJECTS, ROOT_REGISTRY, ROOT_KEY_NUMBER, ROOT_KEY_SELF, ROOTS };

static void subject_died(struct mutator *m, value ref)
{
    (void)ref;
    mutator_count_freed(m, 1);
}

static void put_subject(struct mutator *m, const struct weakrefs_params *p, value *root, uint64_t at, int64_t number)
{
    value *subject = mutator_push(m, 1);
    subject[0] = new_object(m, SUBJECT);
    value_key_set(m, subject[0], root[ROOT_KEY_NUMBER], new_int(m, number));
    if (random_chance(m, p->cyclic_fraction))
        value_key_set(m, subject[0], root[ROOT_KEY_SELF], value_keep(subject[0]));
    value ref = new_weakref(m, subject[0], random_chance(m, p->callback_fraction));
    value_list_set(m, root[ROOT_REGISTRY], at, ref);
    value_list_set(m, root[ROOT_SUBJECTS], at, value_take(subject));
    mutator_pop(m);
}

static void weakrefs_setup(struct mutator *m)
{
    const struct weakrefs_params *p = mutator_params(m);
    value *root = mutator_roots(m, ROOTS);
    root[ROOT_KEY_NUMBER] = new_interned(m, "number", 6);
    root[ROOT_KEY_SELF] = new_interned(m, "self", 4);
    root[ROOT_SUBJECTS] = new_list(m, p->subjects);
    root[ROOT_REGISTRY] = new_list(m, p->subjects);
    for (uint64_t i = 0; i < p->subjects; i++)
        put_subject(m, p, root, i, (int64_t)i);
}

static void weakrefs_run(struct mutator *m)
{
    const struct weakrefs_params *p = mutator_params(m);
    value *root = mutator_all_roots(m);
    for (uint64_t i = 0, n = mutator_scaled(m, p->steps); i < n; i++) {
        put_subject(m, p, root, random_below(m, p->subjects), (int64_t)i);
        value found = value_deref(value_list_get(root[ROOT_REGISTRY], random_below(m, p->subjects)));
        mutator_observe(m, found ? (uint64_t)value_int(value_key_get(m, found, root[ROOT_KEY_NUMBER])) : 1);
        mutator_request_done(m);
    }
}

const struct workload workload_weakrefs = {
    .name = "weakrefs",
    .stresses = "weak references to garbage, with and without callbacks",
    .source = "our own, after weakref.WeakValueDictionary",
    .params = weakrefs_params,
    .params_size = sizeof(struct weakrefs_params),
    .classes = weakrefs_classes,
    .on_weakref = subject_died,
    .request_group = 8,
    .setup = weakrefs_setup,
    .run = weakrefs_run,
};
