/* test_mutator.c - what workloads stand on: frames, roots, references, the way out of memory. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/heap_check.h"
#include "tests/memory_sources.h"
#include "workloads/mutator.h"

enum { PAIR, COUNTED, GREEDY };

static void count_finalized(struct mutator *m, value self)
{
    if (value_slot_get(self, 0))
        mutator_count_freed(m, (uint64_t)value_int(value_slot_get(self, 0)));
}

/* Allocates from a frame of its own, until memory runs out if it does. */
static void allocate_in_finalizer(struct mutator *m, value self)
{
    (void)self;
    value *slot = mutator_push(m, 1);
    slot[0] = new_list(m, 0);
    for (int i = 0; i < 100; i++)
        value_list_append(m, slot[0], new_bytes(m, 1000));
    mutator_count_freed(m, 1);
    mutator_pop(m);
}

static const struct workload_class classes[] = {
    {.name = "Pair", .slots = 2},
    {.name = "Counted", .slots = 1, .finalizer = count_finalized},
    {.name = "Greedy", .slots = 1, .finalizer = allocate_in_finalizer},
    {0},
};

struct fixture {
    struct mutator m;
    struct failing sources;
    struct memory_backend backend;
    struct arena_source arenas;
    void *memory;
};

static struct runtime_options options_of(struct fixture *f)
{
    f->backend = failing_backend(&f->sources);
    f->arenas = failing_arenas(&f->sources);
    return (struct runtime_options){.pools = true, .classes = classes, .backend = &f->backend, .arenas = &f->arenas};
}

static void open_with(struct fixture *f, const struct runtime_options *options)
{
    char error[200] = "";
    f->memory = calloc(1, MUTATOR_MEMORY_BYTES);
    assert_non_null(f->memory);
    if (mutator_open(&f->m, f->memory, options, NULL, 1, 1, error, sizeof(error)) != 0)
        fail_msg("%s", error);
}

static int open_mutator(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    struct runtime_options options = options_of(f);
    open_with(f, &options);
    *state = f;
    return 0;
}

static int close_mutator(void **state)
{
    struct fixture *f = *state;
    char error[200];
    if (heap_check(mutator_heap(&f->m), error, sizeof(error)) != 0) {
        print_error("%s\n", error);
        return -1;
    }
    mutator_close(&f->m);
    int leaks = f->sources.blocks != 0 || f->sources.mapped != f->sources.unmapped;
    free(f->memory);
    free(f);
    return leaks;
}

static struct mutator *mutator_of(void **state)
{
    return &((struct fixture *)*state)->m;
}

/* ---- Frames and roots ---- */

static void a_frame_starts_empty_and_drops_what_it_holds(void **state)
{
    struct mutator *m = mutator_of(state);
    for (int round = 0; round < 2; round++) {
        value *slot = mutator_push(m, 3);
        assert_null(slot[0]);
        assert_null(slot[2]);
        for (int i = 0; i < 3; i += 2) {
            slot[i] = new_slots(m, COUNTED);
            value_slot_set(m, slot[i], 0, new_int(m, 1));
        }
        mutator_pop(m);
    }
    assert_int_equal(m->freed, 4);
}

static void frames_nest(void **state)
{
    struct mutator *m = mutator_of(state);
    value *outer = mutator_push(m, 1);
    outer[0] = new_int(m, 1000);
    value *inner = mutator_push(m, 2);
    inner[1] = value_keep(outer[0]);
    mutator_pop(m);
    assert_int_equal(value_int(outer[0]), 1000);
    assert_int_equal(object_references(outer[0]), 1);
    mutator_pop(m);
    assert_int_equal(m->slots_used, 0);
}

static void what_is_taken_out_of_a_slot_outlives_the_frame(void **state)
{
    struct mutator *m = mutator_of(state);
    value *slot = mutator_push(m, 1);
    slot[0] = new_list(m, 2);
    value list = value_take(&slot[0]);
    mutator_pop(m);
    assert_int_equal(value_list_length(list), 2);
    value_drop(m, list);
}

static void roots_stay_until_all_is_released(void **state)
{
    struct mutator *m = mutator_of(state);
    value *a = mutator_roots(m, 2);
    value *b = mutator_roots(m, 3);
    assert_ptr_equal(mutator_all_roots(m), a);
    assert_ptr_equal(b, a + 2);
    value_replace(m, &b[2], new_slots(m, COUNTED));
    value_slot_set(m, b[2], 0, new_int(m, 5));
    value *frame = mutator_push(m, 1);
    assert_ptr_equal(frame, a + 5);
    value_replace(m, &frame[0], value_keep(b[2]));
    mutator_release_all(m);
    assert_int_equal(m->freed, 5);
    assert_int_equal(m->slots_used, 0);
    assert_int_equal(m->frames, 0);
}

/* How a child process that runs the step ends: its signal, 0 for none. */
static int signal_of(void (*step)(struct mutator *m), struct mutator *m)
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        signal(SIGABRT, SIG_DFL);
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        step(m);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void push_for_ever(struct mutator *m)
{
    for (;;)
        mutator_push(m, 1);
}

static void ask_for_too_many_roots(struct mutator *m)
{
    mutator_roots(m, MUTATOR_SLOTS + 1);
}

static void ask_for_roots_in_a_frame(struct mutator *m)
{
    mutator_push(m, 1);
    mutator_roots(m, 1);
}

static void ask_for_all_roots(struct mutator *m)
{
    mutator_roots(m, MUTATOR_SLOTS);
}

static void a_workload_that_outgrows_its_frames_is_stopped(void **state)
{
    struct mutator *m = mutator_of(state);
    assert_int_equal(signal_of(push_for_ever, m), SIGABRT);
    assert_int_equal(signal_of(ask_for_too_many_roots, m), SIGABRT);
    assert_int_equal(signal_of(ask_for_roots_in_a_frame, m), SIGABRT);
    assert_int_equal(signal_of(ask_for_all_roots, m), 0);
}

/* ---- Scale, checksum, requests ---- */

static void scale_multiplies_steps_and_leaves_at_least_one(void **state)
{
    struct mutator *m = mutator_of(state);
    assert_int_equal(mutator_scaled(m, 10), 10);
    m->scale = 0.25;
    assert_int_equal(mutator_scaled(m, 10), 3); /* 2.5, rounded away from 0 */
    assert_int_equal(mutator_scaled(m, 1), 1);
    assert_int_equal(mutator_scaled(m, 0), 0);
    m->scale = 1e30;
    assert_int_equal(mutator_scaled(m, 10), UINT64_MAX);
}

static void the_checksum_depends_on_values_and_their_order(void **state)
{
    struct mutator *m = mutator_of(state);
    mutator_observe(m, 1);
    mutator_observe(m, 2);
    uint64_t first = m->checksum;
    m->checksum = 0;
    mutator_observe(m, 2);
    mutator_observe(m, 1);
    assert_true(m->checksum != first);
}

static void collect_young(struct mutator *m, void *context)
{
    ++*(int *)context;
    runtime_collect(m, 0);
}

static void the_request_hook_is_called_for_each_request(void **state)
{
    struct mutator *m = mutator_of(state);
    int calls = 0;
    m->on_request = collect_young;
    m->on_request_context = &calls;
    for (int i = 0; i < 5; i++)
        mutator_request_done(m);
    assert_int_equal(calls, 5);
    assert_int_equal(m->operations, 5);
    struct runtime_state s;
    runtime_read(m, &s);
    assert_int_equal(s.generation[0].collections, 5);
}

/* ---- Values ---- */

static void values_are_what_they_were_made_of(void **state)
{
    struct mutator *m = mutator_of(state);
    value *slot = mutator_push(m, 3);
    slot[0] = new_float(m, 0.5);
    assert_true(value_float(slot[0]) > 0.4 && value_float(slot[0]) < 0.6);
    slot[1] = new_bytes(m, 5);
    memcpy(value_bytes(slot[1]), "hello", 5);
    slot[2] = new_tuple(m, slot, 2);
    assert_ptr_equal(value_tuple_get(slot[2], 1), slot[1]);
    assert_int_equal(object_references(slot[1]), 2);
    value_replace(m, &slot[1], new_list(m, 1));
    value_list_append(m, slot[1], new_int(m, 12345));
    value_list_set(m, slot[1], 0, value_keep(slot[2]));
    assert_int_equal(value_int(value_list_get(slot[1], 1)), 12345);
    value_list_delete(m, slot[1], 0);
    assert_int_equal(value_list_length(slot[1]), 1);
    value_list_clear(m, slot[1]);
    assert_int_equal(value_list_length(slot[1]), 0);
    mutator_pop(m);
}

/* ---- The runtime ---- */

static void hold_each_other(struct mutator *m)
{
    value *slot = mutator_push(m, 2);
    slot[0] = new_slots(m, PAIR);
    slot[1] = new_slots(m, PAIR);
    value_slot_set(m, slot[0], 0, value_keep(slot[1]));
    value_slot_set(m, slot[1], 0, value_keep(slot[0]));
    mutator_pop(m);
}

static void the_state_is_read_without_a_change_to_it(void **state)
{
    struct mutator *m = mutator_of(state);
    value *kept = mutator_roots(m, 1);
    kept[0] = new_list(m, 0);
    runtime_set_thresholds(m, 100, 5, 5);
    for (int i = 0; i < 1000; i++)
        value_list_append(m, kept[0], new_list(m, 2));
    hold_each_other(m);
    struct runtime_state a, b;
    runtime_read(m, &a);
    runtime_read(m, &b);
    assert_memory_equal(&a, &b, sizeof(a));
    assert_int_equal(a.generation[0].collections + a.generation[1].collections, 9);
    assert_int_equal(a.generation[0].objects + a.generation[1].objects + a.generation[2].objects, 1003);
    assert_true(a.pool.known);
    assert_int_equal(a.pool.arenas_now, 1);
    assert_true(a.pool.bytes_in_blocks >= 1000 * (64 + 16));
    assert_int_equal(runtime_collect(m, 2), 2);
    runtime_read(m, &b);
    assert_int_equal(b.long_lived_total, 1001);
    assert_int_equal(b.generation[2].collected, 2);
}

static void freeze_and_enable_reach_the_collector(void **state)
{
    struct mutator *m = mutator_of(state);
    hold_each_other(m);
    runtime_freeze(m);
    assert_int_equal(runtime_collect(m, 2), 0);
    runtime_unfreeze(m);
    runtime_enable(m, false);
    for (int i = 0; i < 1000; i++)
        hold_each_other(m);
    struct runtime_state s;
    runtime_read(m, &s);
    assert_int_equal(s.generation[0].collections, 0);
    runtime_enable(m, true);
    assert_int_equal(runtime_collect(m, 2), 2002);
}

static void without_pools_their_counters_are_unknown(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    struct runtime_options options = options_of(f);
    options.pools = false;
    open_with(f, &options);
    hold_each_other(&f->m);
    struct runtime_state s;
    runtime_read(&f->m, &s);
    assert_false(s.pool.known);
    assert_int_equal(f->sources.mapped, 0);
    *state = f;
    assert_int_equal(close_mutator(state), 0);
}

static void the_debug_runtime_collects_at_each_allocation(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    struct runtime_options options = options_of(f);
    options.debug = true;
    open_with(f, &options);
    hold_each_other(&f->m);
    struct runtime_state s;
    runtime_read(&f->m, &s);
    assert_int_equal(s.generation[2].collections, 2);
    *state = f;
    assert_int_equal(close_mutator(state), 0);
}

static void note_pause(void *context, int generation, uint64_t start_ns, uint64_t end_ns)
{
    (void)generation;
    assert_true(end_ns >= start_ns);
    ++*(int *)context;
}

static void pauses_are_told_until_the_runtime_closes(void **state)
{
    (void)state;
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    struct runtime_options options = options_of(f);
    int pauses = 0;
    options.on_pause = note_pause;
    options.on_pause_context = &pauses;
    open_with(f, &options);
    hold_each_other(&f->m);
    runtime_collect(&f->m, 0);
    mutator_close(&f->m);
    assert_int_equal(pauses, 1);
    free(f->memory);
    free(f);
}

static void refuse(const struct runtime_options *options, const char *why)
{
    static struct mutator m;
    char error[200] = "";
    assert_int_equal(runtime_open(&m, options, error, sizeof(error)), -1);
    if (!strstr(error, why))
        fail_msg("said '%s', not '%s'", error, why);
}

static void what_cannot_be_opened_is_refused(void **state)
{
    (void)state;
    refuse(&(struct runtime_options){.collector = "cpython-2.7"}, "unknown collector 'cpython-2.7'");
    static const struct workload_class wide[] = {{.name = "Wide", .slots = 65}, {0}};
    refuse(&(struct runtime_options){.classes = wide}, "class Wide: ");
    struct workload_class many[WORKLOAD_CLASSES + 2] = {{0}};
    for (int i = 0; i <= WORKLOAD_CLASSES; i++)
        many[i].name = "Many";
    refuse(&(struct runtime_options){.classes = many}, "at most 80 classes");
}

/* ---- Out of memory ---- */

static void use_everything(struct mutator *m)
{
    value *root = mutator_roots(m, 2);
    root[0] = new_list(m, 0);
    runtime_set_thresholds(m, 30, 2, 2);
    for (int i = 0; i < 40; i++) {
        value *slot = mutator_push(m, 2);
        slot[0] = new_slots(m, i % 4 == 0 ? COUNTED : PAIR);
        value_slot_set(m, slot[0], 0, i % 4 == 0 ? new_int(m, 1000 + i) : value_keep(slot[0]));
        slot[1] = new_list(m, 70);
        value_list_append(m, slot[1], value_take(&slot[0]));
        value_list_append(m, slot[1], new_float(m, 1));
        value_list_append(m, slot[1], new_tuple(m, &slot[1], 1));
        value_list_append(m, root[0], new_bytes(m, 600));
        while (value_list_length(slot[1]) > 10)
            value_list_delete(m, slot[1], 1);
        mutator_pop(m);
    }
}

static void guard_while_call_fails(uint64_t *calls, uint64_t n, bool pools, bool all_after)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    struct runtime_options options = options_of(f);
    options.pools = pools;
    open_with(f, &options);
    f->sources.fail_at = all_after ? 0 : n;
    f->sources.fail_from = all_after ? n : 0;
    int left = mutator_guard(&f->m, use_everything);
    if (n == 0) {
        assert_int_equal(left, 0);
        *calls = f->sources.calls;
    } else if (left != 0) {
        assert_int_equal(left, ENOMEM);
        assert_int_equal(f->m.frames + f->m.roots_used, 0);
    }
    f->sources.fail_at = f->sources.fail_from = 0;
    assert_null(f->m.unwind);
    void *state = f;
    assert_int_equal(close_mutator(&state), 0);
}

static void out_of_memory_unwinds_from_every_allocation(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        uint64_t calls = 0;
        for (uint64_t n = 0; n <= calls; n++)
            guard_while_call_fails(&calls, n, kind & 1, kind & 2);
    }
}

static void run_out_at_once(struct mutator *m)
{
    mutator_roots(m, 1)[0] = new_list(m, 5);
    new_bytes(m, 1000);
}

static void out_of_memory_is_told_to_the_caller(void **state)
{
    struct mutator *m = mutator_of(state);
    struct fixture *f = *state;
    f->sources.fail_from = 1;
    assert_int_equal(mutator_guard(m, run_out_at_once), ENOMEM);
    f->sources.fail_from = 0;
    assert_int_equal(m->slots_used, 0);
}

static void leave_unguarded(struct mutator *m)
{
    mutator_out_of_memory(m);
}

static void out_of_memory_outside_of_a_guard_stops_the_program(void **state)
{
    assert_int_equal(signal_of(leave_unguarded, mutator_of(state)), SIGABRT);
}

static void make_greedy_garbage(struct mutator *m)
{
    value *slot = mutator_push(m, 1);
    slot[0] = new_slots(m, GREEDY);
    value_slot_set(m, slot[0], 0, value_keep(slot[0]));
    mutator_pop(m);
}

static void a_finalizer_that_runs_out_of_memory_ends_alone(void **state)
{
    struct fixture *f = *state;
    struct mutator *m = &f->m;
    mutator_push(m, 2);
    make_greedy_garbage(m);
    make_greedy_garbage(m);
    f->sources.fail_from = f->sources.calls + 20;
    assert_int_equal(runtime_collect(m, 2), 2);
    assert_int_equal(m->freed, 0);
    assert_int_equal(m->frames, 1);
    f->sources.fail_from = 0;
    make_greedy_garbage(m);
    assert_int_equal(runtime_collect(m, 2), 1);
    assert_int_equal(m->freed, 1);
    mutator_pop(m);
}

#define MUTATOR_TEST(f) cmocka_unit_test_setup_teardown(f, open_mutator, close_mutator)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MUTATOR_TEST(a_frame_starts_empty_and_drops_what_it_holds),
        MUTATOR_TEST(frames_nest),
        MUTATOR_TEST(what_is_taken_out_of_a_slot_outlives_the_frame),
        MUTATOR_TEST(roots_stay_until_all_is_released),
        MUTATOR_TEST(a_workload_that_outgrows_its_frames_is_stopped),
        MUTATOR_TEST(scale_multiplies_steps_and_leaves_at_least_one),
        MUTATOR_TEST(the_checksum_depends_on_values_and_their_order),
        MUTATOR_TEST(the_request_hook_is_called_for_each_request),
        MUTATOR_TEST(values_are_what_they_were_made_of),
        MUTATOR_TEST(the_state_is_read_without_a_change_to_it),
        MUTATOR_TEST(freeze_and_enable_reach_the_collector),
        cmocka_unit_test(without_pools_their_counters_are_unknown),
        cmocka_unit_test(the_debug_runtime_collects_at_each_allocation),
        cmocka_unit_test(pauses_are_told_until_the_runtime_closes),
        cmocka_unit_test(what_cannot_be_opened_is_refused),
        cmocka_unit_test(out_of_memory_unwinds_from_every_allocation),
        MUTATOR_TEST(out_of_memory_is_told_to_the_caller),
        MUTATOR_TEST(out_of_memory_outside_of_a_guard_stops_the_program),
        MUTATOR_TEST(a_finalizer_that_runs_out_of_memory_ends_alone),
    };
    return cmocka_run_group_tests_name("mutator", tests, NULL, NULL);
}
