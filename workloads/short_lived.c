/* short_lived.c - many short-lived containers and atoms, a share of them cyclic.
 *
 * Model     each step makes `batch` objects: floats, ints, bytes, tuples of
 *           two and lists of a few ints, each dropped when the next one is
 *           made. A share `cyclic_fraction` of the containers holds itself. A
 *           share `survival` of all objects is kept, as an entry (kind,
 *           object), in a ring of `survivors` entries, and dies when the ring
 *           comes round. Bytes are 2 to `most_bytes` long, each halving of the
 *           size twice as frequent, so some go past the pool allocator.
 * Stresses  the allocator's fast path, the counter of generation 0, and
 *           generations 0 and 1 while little survives.
 * Source    our own, after the weak generational hypothesis (Ungar,
 *           "Generation scavenging", 1984): most objects die young.
 */
#include "workloads/workload.h"

#include <string.h>

enum kind { KIND_INT, KIND_FLOAT, KIND_BYTES, KIND_TUPLE, KIND_LIST, KINDS };

struct short_lived_params {
    uint64_t steps, batch;
    double cyclic_fraction, survival;
    uint64_t survivors, most_bytes;
};

static const struct workload_param short_lived_params[] = {
    WORKLOAD_INTEGER(struct short_lived_params, steps, 3000, 0, 1e12, "requests"),
    WORKLOAD_INTEGER(struct short_lived_params, batch, 1000, 1, 1e9, "objects made in a step"),
    WORKLOAD_FRACTION(struct short_lived_params, cyclic_fraction, 0.1, 0, 1,
                      "share of the containers that hold themselves"),
    WORKLOAD_FRACTION(struct short_lived_params, survival, 0.05, 0, 1,
                      "share of the objects that are kept for a while"),
    WORKLOAD_INTEGER(struct short_lived_params, survivors, 10000, 1, 100000000, "objects kept at a time"),
    WORKLOAD_INTEGER(struct short_lived_params, most_bytes, 1024, 2, 1073741824, "bytes of the longest bytes object"),
    {0},
};

static const struct workload_setting short_lived_reduced[] = {
    {"steps", "1500"}, {"batch", "100"}, {"survivors", "500"}, {0}};

/* A number that new_int does not share. */
static int64_t random_number(struct mutator *m)
{
    return 1000 + (int64_t)random_below(m, 1000000);
}

static value make_bytes(struct mutator *m, uint64_t most)
{
    uint64_t size = most;
    while (size > 2 && random_chance(m, 0.5))
        size /= 2;
    size = size > 2 ? 2 + random_below(m, size - 1) : 2;
    value bytes = new_bytes(m, size);
    memset(value_bytes(bytes), (int)random_below(m, 256), size);
    return bytes;
}

/* The list is [int, ...] and, if cyclic, ends with itself. */
static value make_list(struct mutator *m, bool cyclic)
{
    value *slot = mutator_push(m, 1);
    slot[0] = new_list(m, 0);
    uint64_t length = 1 + random_below(m, 8);
    for (uint64_t i = 0; i < length; i++)
        value_list_append(m, slot[0], new_int(m, random_number(m)));
    if (cyclic)
        value_list_append(m, slot[0], value_keep(slot[0]));
    value list = value_take(&slot[0]);
    mutator_pop(m);
    return list;
}

/* The tuple is (int, float) or, if cyclic, (int, list that ends with it). */
static value make_tuple(struct mutator *m, bool cyclic)
{
    value *slot = mutator_push(m, 2);
    slot[0] = new_int(m, random_number(m));
    slot[1] = cyclic ? make_list(m, false) : new_float(m, (double)random_number(m));
    value tuple = new_tuple(m, slot, 2);
    if (cyclic) {
        value list = slot[1];
        value_replace(m, &slot[0], tuple);
        value_list_append(m, list, value_keep(slot[0]));
        tuple = value_take(&slot[0]);
    }
    mutator_pop(m);
    return tuple;
}

static value make(struct mutator *m, const struct short_lived_params *p, enum kind kind)
{
    switch (kind) {
    case KIND_INT:
        return new_int(m, random_number(m));
    case KIND_FLOAT:
        return new_float(m, 0.5 * (double)random_number(m));
    case KIND_BYTES:
        return make_bytes(m, p->most_bytes);
    case KIND_TUPLE:
        return make_tuple(m, random_chance(m, p->cyclic_fraction));
    default:
        return make_list(m, random_chance(m, p->cyclic_fraction));
    }
}

static uint64_t read_object(enum kind kind, value v)
{
    switch (kind) {
    case KIND_INT:
        return (uint64_t)value_int(v);
    case KIND_FLOAT:
        return (uint64_t)value_float(v);
    case KIND_BYTES:
        return (unsigned char)value_bytes(v)[1];
    case KIND_TUPLE:
        return (uint64_t)value_int(value_tuple_get(v, 0));
    default:
        return (uint64_t)value_int(value_list_get(v, 0)) + value_list_length(v);
    }
}

/* Reads the entry that leaves the ring and puts (kind, object) in its place. */
static void keep(struct mutator *m, value ring, uint64_t place, enum kind kind, value *object)
{
    value old = value_list_get(ring, place);
    mutator_observe(m, read_object((enum kind)value_int(value_tuple_get(old, 0)), value_tuple_get(old, 1)));

    value *slot = mutator_push(m, 2);
    slot[0] = new_int(m, kind);
    slot[1] = value_keep(*object);
    value_list_set(m, ring, place, new_tuple(m, slot, 2));
    mutator_pop(m);
}

/* A full ring: every entry is (KIND_INT, a number). */
static void short_lived_setup(struct mutator *m)
{
    const struct short_lived_params *p = mutator_params(m);
    value *root = mutator_roots(m, 1);
    root[0] = new_list(m, p->survivors);
    value *slot = mutator_push(m, 2);
    for (uint64_t i = 0; i < p->survivors; i++) {
        value_replace(m, &slot[0], new_int(m, KIND_INT));
        value_replace(m, &slot[1], new_int(m, random_number(m)));
        value_list_set(m, root[0], i, new_tuple(m, slot, 2));
    }
    mutator_pop(m);
}

static void short_lived_run(struct mutator *m)
{
    const struct short_lived_params *p = mutator_params(m);
    value ring = mutator_all_roots(m)[0];
    value *object = mutator_push(m, 1);
    uint64_t place = 0;
    uint64_t steps = mutator_scaled(m, p->steps);

    for (uint64_t step = 0; step < steps; step++) {
        uint64_t sum = 0;
        for (uint64_t i = 0; i < p->batch; i++) {
            enum kind kind = (enum kind)random_below(m, KINDS);
            value_replace(m, object, make(m, p, kind));
            sum += read_object(kind, *object);
            if (random_chance(m, p->survival)) {
                keep(m, ring, place, kind, object);
                place = (place + 1) % p->survivors;
            }
        }
        mutator_observe(m, sum);
        mutator_request_done(m);
    }
    mutator_pop(m);
}

const struct workload workload_short_lived = {
    .name = "short-lived",
    .stresses = "allocation and early death",
    .source = "our own, after the weak generational hypothesis",
    .params = short_lived_params,
    .params_size = sizeof(struct short_lived_params),
    .reduced = short_lived_reduced,
    .setup = short_lived_setup,
    .run = short_lived_run,
};
