/* slots_vs_dict.c - the same records as instances with `__slots__`, or with a `__dict__`.
 *
 * Model     `records` records of `fields` fields are kept. Each of `steps`
 *           replaces one, picked at random: with `dict` 0 an instance of a
 *           class with slots, with 1 a plain instance, with 2 a dict. Fields
 *           hold small ints. A request is one step.
 * Stresses  what a field costs: run it with each value of `dict` and compare
 *           resident size and time.
 * Source    our own, after the advice of the Python documentation on `__slots__`.
 */
#include "workloads/workload.h"

#include <stdio.h>

enum { MOST_FIELDS = 16 };
enum { PLAIN, SLOTTED }; /* the class of n fields is SLOTTED + n - 1 */

#define SLOTTED_OF(n)                    \
    {                                    \
        .name = "Slotted" #n, .slots = n \
    }
static const struct workload_class slots_vs_dict_classes[] = {
    {.name = "Plain", .dict = true},
    SLOTTED_OF(1),
    SLOTTED_OF(2),
    SLOTTED_OF(3),
    SLOTTED_OF(4),
    SLOTTED_OF(5),
    SLOTTED_OF(6),
    SLOTTED_OF(7),
    SLOTTED_OF(8),
    SLOTTED_OF(9),
    SLOTTED_OF(10),
    SLOTTED_OF(11),
    SLOTTED_OF(12),
    SLOTTED_OF(13),
    SLOTTED_OF(14),
    SLOTTED_OF(15),
    SLOTTED_OF(16),
    {0},
};

struct slots_vs_dict_params {
    uint64_t records, fields, steps, dict;
};

static const struct workload_param slots_vs_dict_params[] = {
    WORKLOAD_INTEGER(struct slots_vs_dict_params, records, 50000, 1, 1e9, "records kept"),
    WORKLOAD_INTEGER(struct slots_vs_dict_params, fields, 8, 1, MOST_FIELDS, "fields of a record"),
    WORKLOAD_INTEGER(struct slots_vs_dict_params, steps, 500000, 0, 1e12, "records replaced"),
    WORKLOAD_INTEGER(struct slots_vs_dict_params, dict, 1, 0, 2, "0: with slots, 1: plain instances, 2: dicts"),
    {0},
};

static const struct workload_setting slots_vs_dict_reduced[] = {{"records", "1500"}, {"steps", "10000"}, {0}};

enum { ROOT_RECORDS, ROOT_KEYS, ROOTS = ROOT_KEYS + MOST_FIELDS };

static value make_record(struct mutator *m, const struct slots_vs_dict_params *p, const value *key, int64_t number)
{
    value *record = mutator_push(m, 1);
    if (p->dict == 0)
        record[0] = new_slots(m, SLOTTED + p->fields - 1);
    else
        record[0] = p->dict == 1 ? new_object(m, PLAIN) : new_dict(m);
    for (uint64_t i = 0; i < p->fields; i++) {
        value field = new_int(m, (number + (int64_t)i) % 256);
        if (p->dict == 0)
            value_slot_set(m, record[0], i, field);
        else
            value_key_set(m, record[0], key[i], field);
    }
    value made = value_take(record);
    mutator_pop(m);
    return made;
}

static uint64_t read_field(struct mutator *m, const struct slots_vs_dict_params *p, value record, const value *key,
                           uint64_t i)
{
    return (uint64_t)value_int(p->dict == 0 ? value_slot_get(record, i) : value_key_get(m, record, key[i]));
}

static void slots_vs_dict_setup(struct mutator *m)
{
    const struct slots_vs_dict_params *p = mutator_params(m);
    value *root = mutator_roots(m, ROOTS);
    for (int i = 0; i < MOST_FIELDS; i++) {
        char name[16];
        root[ROOT_KEYS + i] = new_interned(m, name, (size_t)snprintf(name, sizeof name, "field_%d", i));
    }
    root[ROOT_RECORDS] = new_list(m, p->records);
    for (uint64_t i = 0; i < p->records; i++)
        value_list_set(m, root[ROOT_RECORDS], i, make_record(m, p, &root[ROOT_KEYS], (int64_t)i));
}

static void slots_vs_dict_run(struct mutator *m)
{
    const struct slots_vs_dict_params *p = mutator_params(m);
    value *root = mutator_all_roots(m);
    for (uint64_t i = 0, n = mutator_scaled(m, p->steps); i < n; i++) {
        uint64_t at = random_below(m, p->records);
        value old = value_list_get(root[ROOT_RECORDS], at);
        mutator_observe(m, read_field(m, p, old, &root[ROOT_KEYS], i % p->fields));
        value_list_set(m, root[ROOT_RECORDS], at, make_record(m, p, &root[ROOT_KEYS], (int64_t)i));
        mutator_request_done(m);
    }
}

const struct workload workload_slots_vs_dict = {
    .name = "slots-vs-dict",
    .stresses = "what a field costs: slots, plain instances, dicts",
    .source = "our own, after the Python documentation on __slots__",
    .params = slots_vs_dict_params,
    .params_size = sizeof(struct slots_vs_dict_params),
    .reduced = slots_vs_dict_reduced,
    .classes = slots_vs_dict_classes,
    .request_group = 8,
    .setup = slots_vs_dict_setup,
    .run = slots_vs_dict_run,
};
