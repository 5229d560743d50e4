/* weakrefs.c - observers and caches that must not keep what they know alive.
 *
 * Model     `subjects` subjects are kept, numbered as they are made; a share
 *           of `cyclic_fraction` refer to themselves. A registry holds a weak
 *           reference to each of the last 2 * `subjects` that were made, a
 *           share of `callback_fraction` with a callback, so that most
 *           subjects die before their reference does. Each of `steps` replaces
 *           one subject, picked at random, and looks for another in the
 *           registry. A request is one step.
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

static const struct workload_setting weakrefs_reduced[] = {{"subjects", "300"}, {"steps", "40000"}, {0}};

enum { ROOT_SUBJECTS, ROOT_REGISTRY, ROOT_KEY_NUMBER, ROOT_KEY_SELF, ROOTS };

static void subject_died(struct mutator *m, value ref)
{
    (void)ref;
    mutator_count_freed(m, 1);
}

/* The place of a subject's reference. Later numbers take it over. */
static uint64_t place_of(const struct weakrefs_params *p, uint64_t number)
{
    return number % (2 * p->subjects);
}

static void put_subject(struct mutator *m, const struct weakrefs_params *p, value *root, uint64_t at, uint64_t number)
{
    value *subject = mutator_push(m, 1);
    subject[0] = new_object(m, SUBJECT);
    value_key_set(m, subject[0], root[ROOT_KEY_NUMBER], new_int(m, (int64_t)number));
    if (random_chance(m, p->cyclic_fraction))
        value_key_set(m, subject[0], root[ROOT_KEY_SELF], value_keep(subject[0]));
    value ref = new_weakref(m, subject[0], random_chance(m, p->callback_fraction));
    value_list_set(m, root[ROOT_REGISTRY], place_of(p, number), ref);
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
    root[ROOT_REGISTRY] = new_list(m, 2 * p->subjects);
    for (uint64_t i = 0; i < p->subjects; i++)
        put_subject(m, p, root, i, i);
}

/* Whether the registry knows a subject that lives: all but the oldest ones. */
static bool is_registered(struct mutator *m, const struct weakrefs_params *p, value *root, value subject)
{
    uint64_t number = (uint64_t)value_int(value_key_get(m, subject, root[ROOT_KEY_NUMBER]));
    return value_deref(value_list_get(root[ROOT_REGISTRY], place_of(p, number))) == subject;
}

static void weakrefs_run(struct mutator *m)
{
    const struct weakrefs_params *p = mutator_params(m);
    value *root = mutator_all_roots(m);
    for (uint64_t i = 0, n = mutator_scaled(m, p->steps); i < n; i++) {
        put_subject(m, p, root, random_below(m, p->subjects), p->subjects + i);
        value subject = value_list_get(root[ROOT_SUBJECTS], random_below(m, p->subjects));
        mutator_observe(m, is_registered(m, p, root, subject));
        mutator_request_done(m);
    }
}

const struct workload workload_weakrefs = {
    .name = "weakrefs",
    .stresses = "weak references to garbage, with and without callbacks",
    .source = "our own, after weakref.WeakValueDictionary",
    .params = weakrefs_params,
    .params_size = sizeof(struct weakrefs_params),
    .reduced = weakrefs_reduced,
    .classes = weakrefs_classes,
    .on_weakref = subject_died,
    .request_group = 8,
    .setup = weakrefs_setup,
    .run = weakrefs_run,
};
