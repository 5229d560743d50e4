/* random_program.h - one random program over all of mutator.h, and what the runtime counted under it.
 *
 *     random_program FIRST_SEED SEEDS OPERATIONS
 *
 * tests/random_program.c is this on the model, tests/cpython/random_program.c
 * on the real CPython: both must print the same.
 * Each seed is a run in a fresh runtime and one line: a digest of everything
 * that was countable after each batch of operations (order of finalizers and
 * of pauses included), then the last state itself. Fewer operations of the
 * same seed are the start of the same run, which is how a difference is found.
 *
 * Kinds of values are known by the root that holds them: lists, tuples (item
 * 0 is an int), objects (classes below, `id` an int in slot 0), atoms, and
 * those of random_kinds.h.
 *
 * Seeds divisible by 2 use weak references with callbacks, and do not look at
 * the order of pauses: the real CPython can collect where a dead object's
 * callbacks are gathered, which nobody is told.
 */
#ifndef GCSWEEP_TESTS_RANDOM_PROGRAM_H
#define GCSWEEP_TESTS_RANDOM_PROGRAM_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "workloads/mutator.h"

enum {
    LISTS = 12,
    TUPLES = 12,
    OBJECTS = 24,
    ATOMS = 9,
    DICTS = 10,
    PLAINS = 24,
    STRINGS = 8,
    SETS = 8,
    FUNCTIONS = 8,
    WEAKREFS = 16,
    BATCH = 16
};
enum {
    FIRST_TUPLE = LISTS,
    FIRST_OBJECT = FIRST_TUPLE + TUPLES,
    FIRST_ATOM = FIRST_OBJECT + OBJECTS,
    FIRST_DICT = FIRST_ATOM + ATOMS,
    FIRST_PLAIN = FIRST_DICT + DICTS,
    FIRST_STRING = FIRST_PLAIN + PLAINS,
    FIRST_SET = FIRST_STRING + STRINGS,
    FIRST_FUNCTION = FIRST_SET + SETS,
    FIRST_WEAKREF = FIRST_FUNCTION + FUNCTIONS,
    ROOTS = FIRST_WEAKREF + WEAKREFS
};

/* With slots, the first half of them without finalizers; then those with __dict__. */
enum { BARE, ONE, THREE, LOUD_BARE, LOUD_ONE, LOUD_THREE, SLOTTED, PLAIN = SLOTTED, LOUD_PLAIN, SMALL_PLAIN, CLASSES };
static const unsigned class_slots[SLOTTED] = {0, 1, 3, 0, 1, 3};

static struct {
    value *root;
    unsigned class_of[OBJECTS]; /* of the object in each root */
    int64_t next_id;
    bool calm;      /* finalizers only tell that they ran */
    bool callbacks; /* weak references may have one */
    uint64_t digest;
} run;

static void digest(uint64_t x)
{
    uint64_t mixed = (run.digest ^ x) * UINT64_C(0x9E3779B97F4A7C15);
    run.digest = mixed ^ (mixed >> 31);
}

/* ---- Roots ---- */

static value *pick_list(struct mutator *m)
{
    return &run.root[random_below(m, LISTS)];
}

static value *pick_tuple(struct mutator *m)
{
    return &run.root[FIRST_TUPLE + random_below(m, TUPLES)];
}

/* The class is noted first: the drop may run a finalizer that takes the root. */
static void set_object(struct mutator *m, size_t i, unsigned class, value object)
{
    run.class_of[i] = class;
    value_replace(m, &run.root[FIRST_OBJECT + i], object);
}

/* A new reference to what a root holds, or to None, or to a new int. */
static value any(struct mutator *m)
{
    value held = run.root[random_below(m, ROOTS)];
    if (held)
        return value_keep(held);
    return random_chance(m, 0.5) ? new_none(m) : new_int(m, (int64_t)random_below(m, 1000) - 100);
}

/* ---- Finalizers: they bring themselves back, drop others, collect and allocate ---- */

static void misbehave(struct mutator *m, value self, unsigned class)
{
    value list = *pick_list(m);
    switch (random_below(m, 12)) {
    case 0:
        set_object(m, random_below(m, OBJECTS), class, value_keep(self));
        break;
    case 1:
        value_list_clear(m, list);
        break;
    case 2:
        value_replace(m, pick_tuple(m), NULL);
        break;
    case 3:
        digest(runtime_collect(m, (int)random_below(m, GENERATIONS)));
        break;
    case 4:
        value_list_append(m, list, new_list(m, random_below(m, 3)));
        break;
    case 5:
        if (class == LOUD_THREE)
            value_slot_set(m, self, 2, value_keep(self));
        break;
    default:
        break;
    }
}

static void finalize(struct mutator *m, value self, unsigned class)
{
    digest(class);
    if (class_slots[class] > 0 && value_slot_get(self, 0))
        digest((uint64_t)value_int(value_slot_get(self, 0)));
    if (!run.calm)
        misbehave(m, self, class);
}

static void finalize_bare(struct mutator *m, value self)
{
    finalize(m, self, LOUD_BARE);
}

static void finalize_one(struct mutator *m, value self)
{
    finalize(m, self, LOUD_ONE);
}

static void finalize_three(struct mutator *m, value self)
{
    finalize(m, self, LOUD_THREE);
}

#include "tests/random_kinds.h"

static const struct workload_class classes[] = {
    {.name = "Bare", .slots = 0},
    {.name = "One", .slots = 1},
    {.name = "Three", .slots = 3},
    {.name = "LoudBare", .slots = 0, .finalizer = finalize_bare},
    {.name = "LoudOne", .slots = 1, .finalizer = finalize_one},
    {.name = "LoudThree", .slots = 3, .finalizer = finalize_three},
    {.name = "Plain", .dict = true},
    {.name = "LoudPlain", .dict = true, .finalizer = finalize_plain},
    {.name = "SmallPlain", .dict = true},
    {0},
};

/* ---- Operations. Every argument is made before an index is chosen: making it may run finalizers ---- */

static value make_object(struct mutator *m, unsigned class)
{
    value *slot = mutator_push(m, 1);
    slot[0] = new_slots(m, class);
    if (class_slots[class] > 0 && random_chance(m, 0.9))
        value_slot_set(m, slot[0], 0, new_int(m, run.next_id++));
    value object = value_take(slot);
    mutator_pop(m);
    return object;
}

static void new_list_root(struct mutator *m)
{
    value list = new_list(m, random_below(m, 6));
    value_replace(m, pick_list(m), list);
}

static void new_object_root(struct mutator *m)
{
    unsigned class = (unsigned)random_below(m, SLOTTED);
    value object = make_object(m, class);
    set_object(m, random_below(m, OBJECTS), class, object);
}

static void link_object(struct mutator *m)
{
    value item = random_chance(m, 0.8) ? any(m) : NULL;
    size_t i = random_below(m, OBJECTS);
    value *slot = mutator_push(m, 1);
    slot[0] = run.root[FIRST_OBJECT + i] ? value_keep(run.root[FIRST_OBJECT + i]) : NULL;
    if (slot[0] && class_slots[run.class_of[i]] == 3)
        value_slot_set(m, slot[0], 1 + random_below(m, 2), item);
    else
        value_drop(m, item);
    mutator_pop(m);
}

static void new_tuple_root(struct mutator *m)
{
    size_t n = 1 + random_below(m, random_chance(m, 0.1) ? 25 : 4);
    value *slot = mutator_push(m, n + 1);
    slot[0] = new_int(m, run.next_id++);
    for (size_t i = 1; i < n; i++)
        slot[i] = any(m);
    slot[n] = new_tuple(m, slot, n);
    value_replace(m, pick_tuple(m), value_take(&slot[n]));
    mutator_pop(m);
}

static void change_list(struct mutator *m)
{
    value item = any(m);
    value *slot = mutator_push(m, 1);
    slot[0] = value_keep(*pick_list(m));
    size_t length = value_list_length(slot[0]);
    uint64_t how = random_below(m, 8);
    if (how < 4 || length == 0) {
        value_list_append(m, slot[0], item);
    } else if (how < 6) {
        value_list_set(m, slot[0], random_below(m, length), item);
    } else {
        value_drop(m, item); /* may run a finalizer that clears the list */
        if (value_list_length(slot[0]) > 0)
            value_list_delete(m, slot[0], random_below(m, value_list_length(slot[0])));
    }
    mutator_pop(m);
}

static void new_atom_root(struct mutator *m)
{
    static const size_t most_bytes[] = {30, 500, 5000};
    size_t i = random_below(m, ATOMS);
    value atom;
    if (i % 3 == 0) {
        atom = new_int(m, (int64_t)(random_next(&m->random) >> random_below(m, 64)));
    } else if (i % 3 == 1) {
        atom = new_float(m, (double)random_below(m, 1000));
    } else {
        size_t n = 2 + random_below(m, most_bytes[random_below(m, 3)]);
        atom = new_bytes(m, n);
        memset(value_bytes(atom), (int)(n % 100), n);
    }
    value_replace(m, &run.root[FIRST_ATOM + i], atom);
}

/* A chain deeper than the trashcan's levels; often dropped at once. */
static void new_chain(struct mutator *m)
{
    size_t length = random_below(m, 300);
    bool lists = random_chance(m, 0.3);
    value *slot = mutator_push(m, 2);
    slot[0] = new_list(m, 0);
    for (size_t i = 0; i < length; i++) {
        slot[1] = lists ? new_list(m, 1) : make_object(m, random_chance(m, 0.5) ? THREE : LOUD_THREE);
        value inner = value_take(&slot[0]);
        slot[0] = value_take(&slot[1]);
        if (lists)
            value_list_set(m, slot[0], 0, inner);
        else
            value_slot_set(m, slot[0], 1, inner);
    }
    if (random_chance(m, 0.5))
        value_list_append(m, *pick_list(m), value_take(&slot[0]));
    mutator_pop(m);
}

/* More lists, tuples and floats than the free lists keep. */
static void fill_list(struct mutator *m)
{
    size_t n = random_below(m, 200), kind = random_below(m, 3);
    for (size_t i = 0; i < n; i++) {
        value *slot = mutator_push(m, 2);
        slot[0] = new_int(m, 300 + (int64_t)i);
        slot[1] = kind == 0 ? new_list(m, i % 3) : kind == 1 ? new_tuple(m, slot, 1) : new_float(m, 1);
        value_list_append(m, *pick_list(m), value_take(&slot[1]));
        mutator_pop(m);
    }
}

static void set_thresholds(struct mutator *m)
{
    static const int youngest[] = {0, 1, 7, 50, 200, 700, 2000}, older[] = {0, 1, 2, 5, 10};
    int t0 = youngest[random_below(m, 7)];
    int t1 = older[random_below(m, 5)];
    int t2 = older[random_below(m, 5)];
    runtime_set_thresholds(m, t0, t1, t2);
}

static void set_collector(struct mutator *m)
{
    switch (random_below(m, 8)) {
    case 0:
        runtime_enable(m, random_chance(m, 0.7));
        break;
    case 1:
        runtime_freeze(m);
        break;
    case 2:
        runtime_unfreeze(m);
        break;
    case 3:
    case 4:
        set_thresholds(m);
        break;
    case 5:
        runtime_set_debug(m, random_chance(m, 0.2) ? RUNTIME_DEBUG_SAVEALL : 0);
        break;
    default:
        digest(runtime_collect(m, (int)random_below(m, GENERATIONS)));
    }
}

/* What can be read of roots goes to the checksum. */
static void observe(struct mutator *m)
{
    value tuple = *pick_tuple(m);
    size_t atom = random_below(m, ATOMS);
    value held = run.root[FIRST_ATOM + atom];
    mutator_observe(m, value_list_length(*pick_list(m)));
    if (tuple)
        mutator_observe(m, (uint64_t)value_int(value_tuple_get(tuple, 0)));
    if (held && atom % 3 == 0)
        mutator_observe(m, (uint64_t)value_int(held));
    else if (held && atom % 3 == 1)
        mutator_observe(m, (uint64_t)value_float(held));
    else if (held)
        mutator_observe(m, (uint64_t)value_bytes(held)[1]);
}

static void operate(struct mutator *m)
{
    uint64_t draw = random_below(m, 1000);
    if (random_chance(m, 0.5))
        operate_on_kinds(m);
    else if (draw < 200)
        new_object_root(m);
    else if (draw < 420)
        change_list(m);
    else if (draw < 550)
        link_object(m);
    else if (draw < 680)
        new_tuple_root(m);
    else if (draw < 760)
        new_atom_root(m);
    else if (draw < 820)
        new_list_root(m);
    else if (draw < 850)
        value_replace(m, pick_tuple(m), NULL);
    else if (draw < 880)
        value_list_clear(m, *pick_list(m));
    else if (draw < 920)
        set_object(m, random_below(m, OBJECTS), BARE, NULL);
    else if (draw < 930)
        new_chain(m);
    else if (draw < 940)
        fill_list(m);
    else if (draw < 960)
        set_collector(m);
    else
        observe(m);
}

/* ---- The run ---- */

/* Cascades are seen on the model alone. */
static void digest_pause(void *context, int kind, uint64_t start_ns, uint64_t end_ns)
{
    (void)context, (void)start_ns, (void)end_ns;
    if (!run.callbacks && kind != PAUSE_RELEASE)
        digest(1000 + (uint64_t)kind);
}

static struct runtime_state digest_state(struct mutator *m)
{
    struct runtime_state s;
    runtime_read(m, &s);
    for (int g = 0; g < GENERATIONS; g++) {
        digest((uint64_t)s.count[g]);
        digest(s.generation[g].collections);
        digest(s.generation[g].collected);
        digest(s.generation[g].uncollectable);
        digest(s.generation[g].objects);
    }
    digest((uint64_t)s.long_lived_total);
    digest((uint64_t)s.long_lived_pending);
    digest(m->checksum);
    digest(runtime_garbage_length(m));
    digest(runtime_freeze_count(m));
    digest(runtime_blocks(m));
    return s;
}

static void print_state(struct mutator *m, const char *when, const struct runtime_state *s)
{
    printf("; %s: digest %016" PRIx64 ", checksum %016" PRIx64 ", long-lived %" PRId64 " + %" PRId64
           ", garbage %" PRIu64 ", frozen %" PRIu64 ", blocks %" PRIu64,
           when, run.digest, m->checksum, s->long_lived_total, s->long_lived_pending, runtime_garbage_length(m),
           runtime_freeze_count(m), runtime_blocks(m));
    for (int g = 0; g < GENERATIONS; g++)
        printf(", g%d count %" PRId64 " objects %" PRIu64 " collections %" PRIu64 " collected %" PRIu64, g, s->count[g],
               s->generation[g].objects, s->generation[g].collections, s->generation[g].collected);
}

static void run_seed(struct mutator *m, uint64_t seed, uint64_t operations)
{
    run.callbacks = seed % 2 == 0;
    make_keys(m); /* first: roots are released newest first, and finalizers use the keys */
    run.root = mutator_roots(m, ROOTS);
    for (size_t i = 0; i < LISTS; i++)
        run.root[i] = new_list(m, 0);
    for (uint64_t i = 0; i < operations; i++) {
        operate(m);
        if (i % BATCH == 0)
            digest_state(m);
    }
    struct runtime_state s = digest_state(m);
    printf("seed %" PRIu64, seed);
    print_state(m, "at the end", &s);

    run.calm = true;
    mutator_release_all(m);
    runtime_unfreeze(m);
    runtime_collect(m, GENERATIONS - 1);
    s = digest_state(m);
    print_state(m, "emptied", &s);
    putchar('\n');
}

/* A main(). */
static inline int random_program(int argc, char **argv)
{
    static struct mutator m;
    static value memory[MUTATOR_MEMORY_BYTES / sizeof(value) + 1];
    static const struct runtime_options options = {
        .pools = true, .classes = classes, .on_weakref = digest_weakref, .on_pause = digest_pause};
    char error[256];
    if (argc != 4) {
        fprintf(stderr, "usage: random_program FIRST_SEED SEEDS OPERATIONS\n");
        return 2;
    }
    uint64_t first = strtoull(argv[1], NULL, 10), seeds = strtoull(argv[2], NULL, 10);
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        memset(&run, 0, sizeof run);
        memset(memory, 0, sizeof memory);
        if (mutator_open(&m, memory, &options, NULL, 1, seed, error, sizeof error) != 0) {
            fprintf(stderr, "%s\n", error);
            return 1;
        }
        run_seed(&m, seed, strtoull(argv[3], NULL, 10));
        mutator_close(&m);
    }
    return 0;
}

#endif
