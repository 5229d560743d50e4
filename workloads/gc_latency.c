/* gc_latency.c - the message buffer: old objects die first in, first out, and each push is timed.
 *
 * Model     a buffer keeps the last `window` messages. Each of `messages`
 *           pushes makes one (an instance with a slot for its number and one
 *           for `message_bytes` of payload, every byte written) and puts it in
 *           the place of the oldest. A request is one push, so that the
 *           longest latency is the longest push.
 * Stresses  a large old live set; what dies is always the oldest.
 * Source    James Fisher, "Low latency, large working set, and GHC's garbage
 *           collector" (2016), and its ports: a window of 200,000 messages of
 *           1,024 bytes, 1,000,000 pushes. Differs: the message is an instance
 *           with slots around its bytes, since bytes alone are invisible to
 *           CPython's collector.
 */
#include "workloads/workload.h"

#include <string.h>

enum { MESSAGE };
enum { NUMBER, PAYLOAD, MESSAGE_SLOTS };

static const struct workload_class gc_latency_classes[] = {{.name = "Message", .slots = MESSAGE_SLOTS}, {0}};

struct gc_latency_params {
    uint64_t window, messages, message_bytes;
};

static const struct workload_param gc_latency_params[] = {
    WORKLOAD_INTEGER(struct gc_latency_params, window, 200000, 1, 1e9, "messages kept"),
    WORKLOAD_INTEGER(struct gc_latency_params, messages, 1000000, 0, 1e12, "messages pushed"),
    WORKLOAD_INTEGER(struct gc_latency_params, message_bytes, 1024, 2, 1073741824, "payload of a message, bytes"),
    {0},
};

static const struct workload_setting gc_latency_reduced[] = {
    {"window", "1500"}, {"messages", "20000"}, {"message_bytes", "100"}, {0}};

static void push_message(struct mutator *m, value buffer, const struct gc_latency_params *p, uint64_t number)
{
    value *message = mutator_push(m, 1);
    message[0] = new_slots(m, MESSAGE);
    value_slot_set(m, message[0], NUMBER, new_int(m, (int64_t)number));
    value payload = new_bytes(m, p->message_bytes);
    memset(value_bytes(payload), (int)(number & 0xff), p->message_bytes);
    value_slot_set(m, message[0], PAYLOAD, payload);
    value_list_set(m, buffer, number % p->window, value_take(message));
    mutator_pop(m);
}

static void gc_latency_setup(struct mutator *m)
{
    const struct gc_latency_params *p = mutator_params(m);
    value *buffer = mutator_roots(m, 1);
    buffer[0] = new_list(m, p->window);
}

static void observe_message(struct mutator *m, value message)
{
    if (value_kind(message) != VALUE_SLOTS)
        return; /* None: not pushed yet */
    mutator_observe(m, (uint64_t)value_int(value_slot_get(message, NUMBER)));
    mutator_observe(m, (unsigned char)value_bytes(value_slot_get(message, PAYLOAD))[0]);
}

static void gc_latency_run(struct mutator *m)
{
    const struct gc_latency_params *p = mutator_params(m);
    value buffer = mutator_all_roots(m)[0];
    uint64_t messages = mutator_scaled(m, p->messages);

    for (uint64_t i = 0; i < messages; i++) {
        push_message(m, buffer, p, i);
        mutator_request_done(m);
    }
    for (uint64_t i = 0; i < p->window; i++)
        observe_message(m, value_list_get(buffer, i));
}

const struct workload workload_gc_latency = {
    .name = "gc-latency",
    .stresses = "the longest pause over a large old live set",
    .source = "James Fisher 2016, the message buffer",
    .params = gc_latency_params,
    .params_size = sizeof(struct gc_latency_params),
    .reduced = gc_latency_reduced,
    .classes = gc_latency_classes,
    .setup = gc_latency_setup,
    .run = gc_latency_run,
};
