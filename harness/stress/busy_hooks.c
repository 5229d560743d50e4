/* busy_hooks.c - hooks that do what workloads must not.
 *
 * Model     each step makes a pair of objects in a cycle, each with a finalizer,
 *           attributes and a weak reference with a callback, and drops it. A
 *           finalizer stores what it makes in its own object, fills a dict
 *           until it is made anew, and brings each third object back; a
 *           callback drops a list of the step before. Half of the time what a
 *           collection finds is saved in gc.garbage.
 * Stresses  what a hook leaves behind when it is cut short at any request.
 * Source    our own, after PEP 442.
 */
#include "harness/stress/busy_hooks.h"

#include <stdio.h>

enum { ROOT_BACK, ROOT_DROPPED, ROOT_KEYS, KEYS = 12, ROOTS = ROOT_KEYS + KEYS, STEPS = 40, COLLECT_EACH = 4 };

/* Roots are released newest first. */
static bool is_over(struct mutator *m)
{
    return m->left != 0 || !mutator_all_roots(m)[ROOTS - 1];
}

static void fill(struct mutator *m, value dict)
{
    for (size_t i = 0; i < KEYS; i++)
        value_key_set(m, dict, mutator_all_roots(m)[ROOT_KEYS + i], new_int(m, 1000 + (int64_t)i));
}

static void finalize(struct mutator *m, value self)
{
    value *root = mutator_all_roots(m);
    if (is_over(m))
        return;
    value *slot = mutator_push(m, 2);
    slot[0] = new_dict(m);
    fill(m, slot[0]);
    slot[1] = new_tuple(m, (const value[]){self, slot[0]}, 2);
    value_key_set(m, self, root[ROOT_KEYS], value_keep(slot[1]));
    if (++m->freed % 3 == 0)
        value_list_append(m, root[ROOT_BACK], value_keep(self));
    mutator_pop(m);
}

static void call_back(struct mutator *m, value ref)
{
    (void)ref;
    value *root = mutator_all_roots(m);
    if (is_over(m))
        return;
    value *slot = mutator_push(m, 1);
    slot[0] = new_set(m, (const value[]){root[ROOT_KEYS], root[ROOT_KEYS + 1]}, 2);
    value_replace(m, &root[ROOT_DROPPED], new_list(m, 20));
    value_list_set(m, root[ROOT_DROPPED], 0, value_take(&slot[0]));
    mutator_pop(m);
}

static const struct workload_class classes[] = {
    {.name = "Busy", .dict = true, .finalizer = finalize},
    {0},
};

static void set_up(struct mutator *m)
{
    value *root = mutator_roots(m, ROOTS);
    for (int i = 0; i < KEYS; i++) {
        char text[16];
        int length = snprintf(text, sizeof text, "key%d", i);
        root[ROOT_KEYS + i] = new_interned(m, text, (size_t)length);
    }
    root[ROOT_BACK] = new_list(m, 0);
}

/* slot: four, empty before and after. */
static void make_pair(struct mutator *m, value *slot)
{
    value partner = mutator_all_roots(m)[ROOT_KEYS + 1];
    for (int i = 0; i < 2; i++) {
        slot[i] = new_object(m, 0);
        value_arm_finalizer(slot[i]);
        slot[2 + i] = new_weakref(m, slot[i], true);
    }
    value_key_set(m, slot[0], partner, value_keep(slot[1]));
    value_key_set(m, slot[1], partner, value_keep(slot[0]));
    value_key_set(m, slot[1], mutator_all_roots(m)[ROOT_KEYS + 2], new_function(m, slot, 4));
    for (int i = 0; i < 4; i++)
        value_replace(m, &slot[i], NULL);
}

static void run(struct mutator *m)
{
    value *slot = mutator_push(m, 4);
    for (int i = 0; i < STEPS; i++) {
        make_pair(m, slot);
        if (i % COLLECT_EACH == 0) {
            runtime_set_debug(m, i < STEPS / 2 ? 0 : RUNTIME_DEBUG_SAVEALL);
            mutator_collect(m);
            value_list_clear(m, mutator_all_roots(m)[ROOT_BACK]);
        }
        mutator_request_done(m);
    }
    mutator_pop(m);
}

static const struct workload_param no_params[] = {{0}};

const struct workload busy_hooks = {
    .name = "busy-hooks",
    .stresses = "hooks that allocate, cut short",
    .source = "our own, after PEP 442",
    .params = no_params,
    .classes = classes,
    .on_weakref = call_back,
    .setup = set_up,
    .run = run,
};
