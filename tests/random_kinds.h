/* random_kinds.h - the part of random_program.h that makes and changes dicts,
 * plain instances, strings, sets, functions and weak references, and looks at
 * values of all kinds.
 *
 * A set gets at most one element whose hash is an address, and then none but
 * ints and strings beside it: the order in which a set drops its elements would
 * depend on where the objects happen to lie, and could be seen.
 */
#ifndef GCSWEEP_TESTS_RANDOM_KINDS_H
#define GCSWEEP_TESTS_RANDOM_KINDS_H

#include "tests/random_program.h"

/* More than an instance's shared keys have room for. The first are names that
 * an interpreter has interned itself. */
enum { KEYS = 40 };

static value *keys; /* roots */

static size_t make_text(char *text, size_t room, const char *prefix, uint64_t n)
{
    return (size_t)snprintf(text, room, "%s%" PRIu64, prefix, n);
}

static void make_keys(struct mutator *m)
{
    static const char *const known[] = {"name", "list", "x", "self", "__init__", "value", "append", "key"};
    keys = mutator_roots(m, KEYS);
    for (size_t i = 0; i < KEYS; i++) {
        char text[32];
        size_t length = i < 8 ? make_text(text, sizeof text, known[i], 0) - 1 : make_text(text, sizeof text, "key", i);
        keys[i] = new_interned(m, text, length);
    }
}

/* Mostly one of the first: plain instances agree on what they are called. */
static value pick_key(struct mutator *m)
{
    return keys[random_below(m, random_chance(m, 0.9) ? 6 : KEYS)];
}

static value *pick_root(struct mutator *m, size_t first, size_t count)
{
    return &run.root[first + random_below(m, count)];
}

/* The value is made before a root is chosen: making it may run finalizers, which choose too. */
static void set_root(struct mutator *m, size_t first, size_t count, value v)
{
    value_replace(m, pick_root(m, first, count), v);
}

/* ---- Hooks ---- */

static void finalize_plain(struct mutator *m, value self)
{
    value id = keys[0] ? value_key_get(m, self, keys[0]) : NULL; /* the roots may be gone */
    digest(LOUD_PLAIN);
    if (id && value_kind(id) == VALUE_INT)
        digest((uint64_t)value_int(id));
    if (run.calm)
        return;
    switch (random_below(m, 12)) {
    case 0:
        set_root(m, FIRST_PLAIN, PLAINS, value_keep(self));
        break;
    case 1:
        value_key_set(m, self, pick_key(m), value_keep(self));
        break;
    case 2:
        digest(value_key_delete(m, self, pick_key(m)));
        break;
    case 3:
        set_root(m, FIRST_WEAKREF, WEAKREFS, new_weakref(m, self, run.callbacks));
        break;
    case 4:
        set_root(m, FIRST_DICT, DICTS, new_dict(m));
        break;
    default:
        misbehave(m, self, BARE);
    }
}

static void digest_weakref(struct mutator *m, value ref)
{
    digest(value_deref(ref) == NULL);
    for (size_t i = 0; i < WEAKREFS; i++)
        if (run.root[FIRST_WEAKREF + i] == ref)
            digest(i);
    if (!run.calm && random_chance(m, 0.1))
        digest(runtime_collect(m, (int)random_below(m, GENERATIONS)));
    else if (!run.calm && random_chance(m, 0.2))
        set_root(m, FIRST_WEAKREF, WEAKREFS, NULL);
    else if (!run.calm && random_chance(m, 0.2))
        value_list_append(m, *pick_list(m), value_keep(ref));
}

/* ---- Operations ---- */

static void new_plain_root(struct mutator *m)
{
    unsigned class = PLAIN + (unsigned)random_below(m, random_chance(m, 0.9) ? 2 : 3);
    value *slot = mutator_push(m, 1);
    slot[0] = new_object(m, class);
    if (random_chance(m, 0.8))
        value_key_set(m, slot[0], keys[0], new_int(m, run.next_id++));
    set_root(m, FIRST_PLAIN, PLAINS, value_take(slot));
    mutator_pop(m);
}

/* Sets or deletes a key of what the slot holds. */
static void change_keys(struct mutator *m, value *slot)
{
    if (random_chance(m, 0.7)) {
        value item = any(m);
        value_key_set(m, slot[0], pick_key(m), item);
    } else {
        digest(value_key_delete(m, slot[0], pick_key(m)));
    }
}

static void change_keyed(struct mutator *m)
{
    value *slot = mutator_push(m, 1);
    value held = random_chance(m, 0.3) ? *pick_root(m, FIRST_DICT, DICTS) : *pick_root(m, FIRST_PLAIN, PLAINS);
    if (held) {
        slot[0] = value_keep(held);
        for (uint64_t n = random_below(m, random_chance(m, 0.1) ? 80 : 4); n > 0; n--)
            change_keys(m, slot);
    }
    mutator_pop(m);
}

static value make_string(struct mutator *m)
{
    static const char *const texts[] = {"",
                                        "a",
                                        "\xc3\xa9",
                                        "name",
                                        "spam",
                                        "two words",
                                        "x\xc3\xa9y",
                                        "\xe2\x82\xac\xe2\x82\xac",
                                        "\xf0\x9f\x90\x8d and",
                                        "__init__",
                                        "append"};
    char text[32];
    const char *chosen = text;
    size_t draw = random_below(m, 20), length;
    if (draw < sizeof texts / sizeof texts[0]) {
        chosen = texts[draw];
        length = strlen(chosen);
    } else {
        length = make_text(text, sizeof text, "number ", random_below(m, 30));
    }
    return random_chance(m, 0.5) ? new_interned(m, chosen, length) : new_str(m, chosen, length);
}

static void new_string_root(struct mutator *m)
{
    value string = make_string(m);
    set_root(m, FIRST_STRING, STRINGS, string);
}

/* An element whose hash is no address. A simple one comes from no free list and goes to none. */
static value settled_element(struct mutator *m, bool simple)
{
    value *slot = mutator_push(m, 2);
    switch (random_below(m, simple ? 2 : 4)) {
    case 0:
        slot[0] = new_int(m, (int64_t)random_below(m, 2000) - 1000);
        break;
    case 1:
        slot[0] = make_string(m);
        break;
    case 2:
        slot[0] = new_float(m, (double)random_below(m, 100) / 4);
        break;
    default:
        slot[1] = make_string(m);
        slot[0] = new_tuple(m, &slot[1], 1);
    }
    value element = value_take(slot);
    mutator_pop(m);
    return element;
}

/* One whose hash is, or unhashable: an instance, function, or whatever a list root has. */
static value restless_element(struct mutator *m)
{
    value held = random_chance(m, 0.5)   ? *pick_root(m, FIRST_PLAIN, PLAINS)
                 : random_chance(m, 0.5) ? *pick_root(m, FIRST_FUNCTION, FUNCTIONS)
                 : random_chance(m, 0.5) ? *pick_root(m, FIRST_OBJECT, OBJECTS)
                 : random_chance(m, 0.8) ? NULL
                                         : *pick_list(m);
    return held ? value_keep(held) : settled_element(m, true);
}

static void new_set_root(struct mutator *m)
{
    size_t n = random_below(m, random_chance(m, 0.1) ? 200 : 8);
    size_t restless = random_chance(m, 0.5) ? n / 2 : n;
    value *slot = mutator_push(m, n + 1);
    for (size_t i = 0; i < n; i++)
        slot[i] = i == restless ? restless_element(m) : settled_element(m, restless < n);
    slot[n] = new_set(m, slot, n);
    digest(slot[n] == NULL);
    set_root(m, FIRST_SET, SETS, value_take(&slot[n]));
    mutator_pop(m);
}

static void new_function_root(struct mutator *m)
{
    size_t n = random_below(m, 4);
    value *slot = mutator_push(m, n + 1);
    for (size_t i = 0; i < n; i++)
        slot[i] = any(m);
    slot[n] = new_function(m, slot, n);
    set_root(m, FIRST_FUNCTION, FUNCTIONS, value_take(&slot[n]));
    mutator_pop(m);
}

static void new_weakref_root(struct mutator *m)
{
    value *slot = mutator_push(m, 1);
    value held = random_chance(m, 0.6)   ? *pick_root(m, FIRST_PLAIN, PLAINS)
                 : random_chance(m, 0.5) ? *pick_root(m, FIRST_SET, SETS)
                                         : *pick_root(m, FIRST_FUNCTION, FUNCTIONS);
    if (held) {
        slot[0] = value_keep(held);
        value ref = new_weakref(m, slot[0], run.callbacks && random_chance(m, 0.6));
        set_root(m, FIRST_WEAKREF, WEAKREFS, ref);
    }
    mutator_pop(m);
}

/* Plain instances that lead to each other, often in a ring; one has a weak
 * reference from outside or from within. */
static void new_ring(struct mutator *m)
{
    size_t n = 1 + random_below(m, 5);
    value *slot = mutator_push(m, n);
    for (size_t i = 0; i < n; i++) {
        slot[i] = new_object(m, PLAIN + random_below(m, 2));
        value_key_set(m, slot[i], keys[0], new_int(m, run.next_id++));
        if (i > 0)
            value_key_set(m, slot[i], keys[1], value_keep(slot[i - 1]));
    }
    value_key_set(m, slot[0], keys[1], value_keep(slot[n - 1]));
    value ref = new_weakref(m, slot[random_below(m, n)], run.callbacks);
    if (random_chance(m, 0.5))
        value_key_set(m, slot[0], keys[2], ref);
    else
        set_root(m, FIRST_WEAKREF, WEAKREFS, ref);
    mutator_pop(m);
}

/* More dicts and key tables than the free lists keep. */
static void fill_list_with_dicts(struct mutator *m)
{
    bool filled = random_chance(m, 0.5);
    for (size_t n = random_below(m, 120); n > 0; n--) {
        value *slot = mutator_push(m, 1);
        slot[0] = new_dict(m);
        if (filled)
            value_key_set(m, slot[0], pick_key(m), new_int(m, 1));
        value_list_append(m, *pick_list(m), value_take(slot));
        mutator_pop(m);
    }
}

/* Lets a finalizer run that has run before. Not from within a finalizer: an
 * instance that the collector has cleared already would come back to life. */
static void arm_plain(struct mutator *m)
{
    value held = *pick_root(m, FIRST_PLAIN, PLAINS);
    if (held)
        value_arm_finalizer(held);
}

/* All that can be seen of a value without changing it. */
static void inspect(struct mutator *m)
{
    value v = run.root[random_below(m, ROOTS)];
    if (!v)
        return;
    enum value_kind kind = value_kind(v);
    digest((uint64_t)kind);
    digest(value_size(m, v));
    digest(value_is_tracked(v));
    digest(value_is_shared(m, v));
    if (!value_is_shared(m, v))
        digest((uint64_t)value_references(v));
    if (kind == VALUE_LIST || kind == VALUE_TUPLE || kind == VALUE_DICT || kind == VALUE_SET || kind == VALUE_STR ||
        kind == VALUE_BYTES)
        digest(value_length(v));
    if (kind == VALUE_DICT || kind == VALUE_OBJECT)
        digest(value_key_get(m, v, pick_key(m)) != NULL);
    if (kind == VALUE_WEAKREF)
        digest(value_deref(v) != NULL);
}

/* Empties a root of any of these kinds. */
static void drop_root(struct mutator *m)
{
    set_root(m, FIRST_DICT, ROOTS - FIRST_DICT, NULL);
}

static void operate_on_kinds(struct mutator *m)
{
    uint64_t draw = random_below(m, 1000);
    if (draw < 160)
        new_plain_root(m);
    else if (draw < 420)
        change_keyed(m);
    else if (draw < 460)
        set_root(m, FIRST_DICT, DICTS, new_dict(m));
    else if (draw < 520)
        new_string_root(m);
    else if (draw < 570)
        new_set_root(m);
    else if (draw < 630)
        new_function_root(m);
    else if (draw < 740)
        new_weakref_root(m);
    else if (draw < 780)
        new_ring(m);
    else if (draw < 790)
        fill_list_with_dicts(m);
    else if (draw < 800)
        arm_plain(m);
    else if (draw < 890)
        inspect(m);
    else
        drop_root(m);
}

#endif
