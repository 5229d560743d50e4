/* async_tree.c - bursts of tasks that wait for each other, all alive at once.
 *
 * Model     a task of depth d starts `fan_out` tasks of depth d - 1 and waits
 *           for them; those of depth 0 wait for the clock. All are suspended at
 *           the same time, then the clock wakes the leaves, in order, and each
 *           task that ends tells the one that waits. A task is a plain
 *           instance (attributes coroutine, waiter, callbacks, result); its
 *           coroutine holds a frame, the frame the task's children; the wake-up
 *           is a function whose closure holds the waiting task. Each leaf
 *           looks its result up in a memo with probability `memo_fraction`, or
 *           computes and keeps it. A request is one tree of tasks.
 * Stresses  bursts of objects of middle age, most of them in cycles.
 * Source    pyperformance, bm_async_tree (memoization): depth 6, fan-out 6, 90 %
 *           memoized. Differs: no event loop runs and nobody sleeps; the
 *           objects are those that asyncio's tasks, futures and frames are.
 */
#include "workloads/workload.h"

enum { TASK, COROUTINE, FRAME };
enum { COROUTINE_FRAME, COROUTINE_SLOTS };
enum { FRAME_CHILDREN, FRAME_WAITING, FRAME_SLOTS };

static const struct workload_class async_tree_classes[] = {
    {.name = "Task", .dict = true},
    {.name = "Coroutine", .slots = COROUTINE_SLOTS},
    {.name = "Frame", .slots = FRAME_SLOTS},
    {0},
};

struct async_tree_params {
    uint64_t depth, fan_out, trees, memo;
    double memo_fraction;
};

static const struct workload_param async_tree_params[] = {
    WORKLOAD_INTEGER(struct async_tree_params, depth, 6, 0, 30, "levels of tasks below the first"),
    WORKLOAD_INTEGER(struct async_tree_params, fan_out, 6, 1, 1000000, "tasks that a task waits for"),
    WORKLOAD_INTEGER(struct async_tree_params, trees, 2, 0, 1e9, "trees of tasks, one after the other"),
    WORKLOAD_INTEGER(struct async_tree_params, memo, 1000, 1, 1e9, "results kept"),
    WORKLOAD_FRACTION(struct async_tree_params, memo_fraction, 0.9, 0, 1, "share of leaves that use a kept result"),
    {0},
};

static const struct workload_setting async_tree_reduced[] = {
    {"depth", "3"}, {"fan_out", "5"}, {"trees", "60"}, {"memo", "50"}, {0}};

enum { KEY_COROUTINE, KEY_CALLBACKS, KEY_RESULT, KEY_EXCEPTION, KEYS };
enum { ROOT_KEYS, ROOT_MEMO = ROOT_KEYS + KEYS, ROOTS };

static void async_tree_setup(struct mutator *m)
{
    static const char *const names[KEYS] = {"_coro", "_callbacks", "_result", "_exception"};
    static const size_t lengths[KEYS] = {5, 10, 7, 10};
    const struct async_tree_params *p = mutator_params(m);
    value *root = mutator_roots(m, ROOTS);
    for (int i = 0; i < KEYS; i++)
        root[ROOT_KEYS + i] = new_interned(m, names[i], lengths[i]);
    root[ROOT_MEMO] = new_list(m, p->memo);
}

/* The frame that a task's coroutine is suspended in, lent. */
static value frame_of(struct mutator *m, const value *key, value task)
{
    return value_slot_get(value_key_get(m, task, key[KEY_COROUTINE]), COROUTINE_FRAME);
}

static value make_task(struct mutator *m, const value *key)
{
    value *slot = mutator_push(m, 2);
    slot[0] = new_slots(m, COROUTINE);
    value_slot_set(m, slot[0], COROUTINE_FRAME, new_slots(m, FRAME));
    slot[1] = new_object(m, TASK);
    value_key_set(m, slot[1], key[KEY_COROUTINE], value_take(&slot[0]));
    value_key_set(m, slot[1], key[KEY_CALLBACKS], new_list(m, 0));
    value_key_set(m, slot[1], key[KEY_RESULT], new_none(m));
    value_key_set(m, slot[1], key[KEY_EXCEPTION], new_none(m));
    value task = value_take(&slot[1]);
    mutator_pop(m);
    return task;
}

/* Suspends a task and all that it waits for: asyncio.gather's wake-up of the
 * waiting task is in each child's list of callbacks. `task` is rooted. */
static void suspend(struct mutator *m, const struct async_tree_params *p, const value *key, value task, uint64_t depth)
{
    value frame = frame_of(m, key, task);
    value_slot_set(m, frame, FRAME_CHILDREN, new_list(m, 0));
    value_slot_set(m, frame, FRAME_WAITING, new_int(m, depth > 0 ? (int64_t)p->fan_out : 0));
    value children = value_slot_get(frame, FRAME_CHILDREN);
    for (uint64_t i = 0; depth > 0 && i < p->fan_out; i++) {
        value_list_append(m, children, make_task(m, key));
        value child = value_list_get(children, i);
        value_list_append(m, value_key_get(m, child, key[KEY_CALLBACKS]), new_function(m, &task, 1));
        suspend(m, p, key, child, depth - 1);
    }
}

static value leaf_result(struct mutator *m, const struct async_tree_params *p)
{
    value memo = mutator_all_roots(m)[ROOT_MEMO];
    uint64_t at = random_below(m, p->memo);
    if (value_kind(value_list_get(memo, at)) == VALUE_NONE || !random_chance(m, p->memo_fraction))
        value_list_set(m, memo, at, new_int(m, (int64_t)(1000 + at)));
    return value_keep(value_list_get(memo, at));
}

/* A task has ended: the one that waits has one less to wait for. */
static void tell_waiter(struct mutator *m, value frame)
{
    int64_t left = value_int(value_slot_get(frame, FRAME_WAITING)) - 1;
    value_slot_set(m, frame, FRAME_WAITING, new_int(m, left));
}

/* Wakes a tree from its leaves up; the sum of the results. Children go when
 * their parent's frame ends, which must not wait for any then. */
static uint64_t resume(struct mutator *m, const struct async_tree_params *p, const value *key, value task)
{
    value frame = frame_of(m, key, task);
    value children = value_slot_get(frame, FRAME_CHILDREN);
    uint64_t sum = 0;
    for (size_t i = 0; i < value_list_length(children); i++) {
        sum += resume(m, p, key, value_list_get(children, i));
        tell_waiter(m, frame);
    }
    mutator_observe(m, (uint64_t)value_int(value_slot_get(frame, FRAME_WAITING)));
    bool is_leaf = value_list_length(children) == 0;
    value result = is_leaf ? leaf_result(m, p) : new_int(m, (int64_t)sum);
    sum = (uint64_t)value_int(result);
    value_key_set(m, task, key[KEY_RESULT], result);
    value_slot_set(m, frame, FRAME_CHILDREN, NULL);
    return sum;
}

static void async_tree_run(struct mutator *m)
{
    const struct async_tree_params *p = mutator_params(m);
    const value *key = mutator_all_roots(m) + ROOT_KEYS;
    value *first = mutator_push(m, 1);
    for (uint64_t i = 0, n = mutator_scaled(m, p->trees); i < n; i++) {
        value_replace(m, first, make_task(m, key));
        suspend(m, p, key, first[0], p->depth);
        mutator_observe(m, resume(m, p, key, first[0]));
        mutator_request_done(m);
    }
    mutator_pop(m);
}

const struct workload workload_async_tree = {
    .name = "async-tree",
    .stresses = "bursts of tasks and frames of middle age",
    .source = "pyperformance, bm_async_tree (memoization)",
    .params = async_tree_params,
    .params_size = sizeof(struct async_tree_params),
    .reduced = async_tree_reduced,
    .classes = async_tree_classes,
    .setup = async_tree_setup,
    .run = async_tree_run,
};
