/* work_cases.h - the work before each allocation: cases that hold on both runtimes.
 *
 * Compiled twice, by tests/test_work.c against the model and by
 * tests/cpython/test_work.c against the real CPython.
 */
#ifndef GCSWEEP_TESTS_WORK_CASES_H
#define GCSWEEP_TESTS_WORK_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "workloads/workload.h"

enum { WORK_PLAIN, WORK_SLOTTED };

static const struct workload_class work_classes[] = {
    {.name = "Plain", .dict = true}, {.name = "Slotted", .slots = 2}, {0}};

static struct mutator mutator;

static int open_with(const struct workload *w, const void *params)
{
    static value memory[MUTATOR_MEMORY_BYTES / sizeof(value) + 1];
    const struct runtime_options options = {.pools = true, .classes = w ? w->classes : work_classes};
    char error[256] = "";
    memset(memory, 0, sizeof memory);
    if (mutator_open(&mutator, memory, &options, params, 1, 1, error, sizeof error) == 0)
        return 0;
    print_error("%s\n", error);
    return -1;
}

static void every_call_that_allocates_is_one_share_of_work_and_none_is_nothing(void **state)
{
    (void)state;
    assert_int_equal(open_with(NULL, NULL), 0);
    struct mutator *m = &mutator;
    value *slot = mutator_push(m, 13);
    mutator_set_work(m, 1);
    slot[0] = new_none(m);
    assert_int_equal(mutator_work_allocations(m), 0);
    slot[1] = new_int(m, 5);
    slot[2] = new_float(m, 0.5);
    slot[3] = new_bytes(m, 10);
    slot[4] = new_list(m, 3);
    slot[5] = new_tuple(m, slot, 2);
    slot[6] = new_slots(m, WORK_SLOTTED);
    slot[7] = new_object(m, WORK_PLAIN);
    slot[8] = new_dict(m);
    slot[9] = new_set(m, slot, 2);
    slot[10] = new_function(m, slot, 1);
    slot[11] = new_str(m, "two words", 9);
    assert_int_equal(mutator_work_allocations(m), 11);
    slot[12] = new_interned(m, "a name that is new", 18);
    assert_int_equal(mutator_work_allocations(m), 12);
    value_drop(m, new_weakref(m, slot[7], false));
    assert_int_equal(mutator_work_allocations(m), 13);
    value_list_append(m, slot[4], value_keep(slot[1]));
    assert_int_equal(mutator_work_allocations(m), 13);
    mutator_pop(m);
    mutator_close(m);
}

static void without_work_no_allocation_is_counted(void **state)
{
    (void)state;
    assert_int_equal(open_with(NULL, NULL), 0);
    for (int i = 0; i < 1000; i++)
        value_drop(&mutator, new_list(&mutator, 0));
    assert_int_equal(mutator_work_allocations(&mutator), 0);
    mutator_close(&mutator);
}

struct work_outcome {
    uint64_t checksum, allocations;
    struct runtime_state state;
};

static struct work_outcome run_chain(uint64_t loops)
{
    const struct workload *chain = find_workload("chain");
    uint64_t params[WORKLOAD_PARAMS_BYTES / sizeof(uint64_t)];
    char error[256];
    struct work_outcome out = {0};
    workload_defaults(chain, params);
    assert_int_equal(workload_set_param(chain, params, "total_objects", "20000", error, sizeof error), 0);
    assert_int_equal(open_with(chain, params), 0);
    mutator_set_work(&mutator, loops);
    assert_int_equal(mutator_guard(&mutator, chain->run), 0);
    runtime_read(&mutator, &out.state);
    out.checksum = mutator.checksum;
    out.allocations = mutator_work_allocations(&mutator);
    mutator_close(&mutator);
    return out;
}

static void work_changes_neither_checksum_nor_collections(void **state)
{
    (void)state;
    struct work_outcome plain = run_chain(0), paced = run_chain(20);
    assert_int_equal(plain.checksum, paced.checksum);
    for (int g = 0; g < GENERATIONS; g++) {
        assert_int_equal(plain.state.generation[g].collections, paced.state.generation[g].collections);
        assert_int_equal(plain.state.generation[g].collected, paced.state.generation[g].collected);
        assert_int_equal(plain.state.count[g], paced.state.count[g]);
    }
    assert_true(plain.state.generation[0].collections > 0);
    /* Nodes, and for each of the 200 chains a witness and its count; the list that holds them. */
    assert_int_equal(plain.allocations, 0);
    assert_int_equal(paced.allocations, 20000 + 200 * 2 + 1);
}

static const struct CMUnitTest work_cases[] = {
    cmocka_unit_test(every_call_that_allocates_is_one_share_of_work_and_none_is_nothing),
    cmocka_unit_test(without_work_no_allocation_is_counted),
    cmocka_unit_test(work_changes_neither_checksum_nor_collections),
};

#endif
