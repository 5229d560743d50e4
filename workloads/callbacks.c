/* callbacks.c - the cycles that Python programs make without meaning to: callbacks and exceptions.
 *
 * Model     each of `steps` makes a widget (plain instance) and registers a
 *           callback on it: a function whose closure holds the widget, kept
 *           in the widget's list of handlers. With probability
 *           `exception_fraction` it also handles an exception whose traceback
 *           holds the frame, whose locals hold the exception. All of it is
 *           dropped at the end of the step, and stays until a collection. A
 *           request is one step.
 * Stresses  small cycles of many kinds of object that die at once.
 * Source    our own, after the leaks that python/cpython's issue tracker and the
 *           documentation of the traceback module warn of.
 */
#include "workloads/workload.h"

enum { WIDGET, EXCEPTION, TRACEBACK, FRAME };
enum { EXCEPTION_ARGS, EXCEPTION_TRACEBACK, EXCEPTION_SLOTS };
enum { TRACEBACK_FRAME, TRACEBACK_SLOTS };
enum { FRAME_LOCALS, FRAME_SLOTS };

static const struct workload_class callbacks_classes[] = {
    {.name = "Widget", .dict = true},
    {.name = "Exception", .slots = EXCEPTION_SLOTS},
    {.name = "Traceback", .slots = TRACEBACK_SLOTS},
    {.name = "Frame", .slots = FRAME_SLOTS},
    {0},
};

struct callbacks_params {
    uint64_t steps, handlers;
    double exception_fraction;
};

static const struct workload_param callbacks_params[] = {
    WORKLOAD_INTEGER(struct callbacks_params, steps, 200000, 0, 1e12, "widgets made and dropped"),
    WORKLOAD_INTEGER(struct callbacks_params, handlers, 2, 1, 1000000, "callbacks of a widget"),
    WORKLOAD_FRACTION(struct callbacks_params, exception_fraction, 0.3, 0, 1, "share of steps with an exception"),
    {0},
};

static const struct workload_setting callbacks_reduced[] = {{"steps", "15000"}, {0}};

enum { ROOT_KEY_HANDLERS, ROOT_KEY_NUMBER, ROOTS };

static void callbacks_setup(struct mutator *m)
{
    value *root = mutator_roots(m, ROOTS);
    root[ROOT_KEY_HANDLERS] = new_interned(m, "handlers", 8);
    root[ROOT_KEY_NUMBER] = new_interned(m, "number", 6);
}

/* widget -> handlers -> function -> closure -> cell -> widget */
static void make_widget(struct mutator *m, const struct callbacks_params *p, const value *key, value *slot,
                        int64_t number)
{
    value_replace(m, slot, new_object(m, WIDGET));
    value_key_set(m, *slot, key[ROOT_KEY_NUMBER], new_int(m, number));
    value_key_set(m, *slot, key[ROOT_KEY_HANDLERS], new_list(m, 0));
    for (uint64_t i = 0; i < p->handlers; i++)
        value_list_append(m, value_key_get(m, *slot, key[ROOT_KEY_HANDLERS]), new_function(m, slot, 1));
}

/* exception -> traceback -> frame -> locals -> exception and widget */
static void handle_exception(struct mutator *m, value *slot, value widget)
{
    value_replace(m, slot, new_slots(m, EXCEPTION));
    value exception = *slot;
    value_slot_set(m, exception, EXCEPTION_ARGS, new_tuple(m, &widget, 1));
    value_slot_set(m, exception, EXCEPTION_TRACEBACK, new_slots(m, TRACEBACK));
    value traceback = value_slot_get(exception, EXCEPTION_TRACEBACK);
    value_slot_set(m, traceback, TRACEBACK_FRAME, new_slots(m, FRAME));
    value frame = value_slot_get(traceback, TRACEBACK_FRAME);
    value_slot_set(m, frame, FRAME_LOCALS, new_list(m, 0));
    value_list_append(m, value_slot_get(frame, FRAME_LOCALS), value_keep(exception));
    value_list_append(m, value_slot_get(frame, FRAME_LOCALS), value_keep(widget));
}

static void callbacks_run(struct mutator *m)
{
    const struct callbacks_params *p = mutator_params(m);
    const value *key = mutator_all_roots(m);
    enum { SLOT_WIDGET, SLOT_EXCEPTION, SLOTS };
    for (uint64_t i = 0, n = mutator_scaled(m, p->steps); i < n; i++) {
        value *slot = mutator_push(m, SLOTS);
        make_widget(m, p, key, &slot[SLOT_WIDGET], (int64_t)i);
        if (random_chance(m, p->exception_fraction))
            handle_exception(m, &slot[SLOT_EXCEPTION], slot[SLOT_WIDGET]);
        mutator_observe(m, slot[SLOT_EXCEPTION] != NULL);
        mutator_observe(m, (uint64_t)value_int(value_key_get(m, slot[SLOT_WIDGET], key[ROOT_KEY_NUMBER])));
        mutator_observe(m, value_list_length(value_key_get(m, slot[SLOT_WIDGET], key[ROOT_KEY_HANDLERS])));
        mutator_pop(m);
        mutator_request_done(m);
    }
}

const struct workload workload_callbacks = {
    .name = "callbacks",
    .stresses = "small cycles through closures and exceptions",
    .source = "our own, after the leaks that Python's documentation warns of",
    .params = callbacks_params,
    .params_size = sizeof(struct callbacks_params),
    .reduced = callbacks_reduced,
    .classes = callbacks_classes,
    .request_group = 4,
    .setup = callbacks_setup,
    .run = callbacks_run,
};
