/* test_stress.c - the stress program: clean on a sound heap, and not blind on a broken one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/stress/oracle.h"
#include "harness/stress/stress.h"
#include "workloads/mutator.h"

/* ---- The oracle alone ---- */

static struct oracle *new_oracle(void)
{
    struct oracle *o = malloc(sizeof *o);
    assert_non_null(o);
    oracle_reset(o);
    return o;
}

static void the_oracle_frees_a_chain_when_its_root_goes(void **state)
{
    (void)state;
    struct oracle *o = new_oracle();
    for (int i = 0; i < 100; i++) {
        oracle_place p = oracle_add(o, SHAPE_LIST, 0);
        oracle_append(o, p, o->root[0]);
        oracle_set_root(o, 0, p);
    }
    assert_int_equal(oracle_mark(o).reachable_tracked, 100);
    oracle_set_root(o, 0, ORACLE_NONE);
    assert_int_equal(o->free_count, ORACLE_PLACES);
    assert_null(o->fault);
    free(o);
}

static void the_oracle_keeps_a_cycle_until_it_is_swept(void **state)
{
    (void)state;
    struct oracle *o = new_oracle();
    oracle_place a = oracle_add(o, SHAPE_LIST, 0), b = oracle_add(o, SHAPE_SLOTS, 3);
    oracle_append(o, a, b);
    oracle_set(o, b, 1, a);
    oracle_set_root(o, 3, a);
    assert_int_equal(o->at[a].references, 2);
    oracle_set_root(o, 3, ORACLE_NONE);
    struct oracle_census c = oracle_mark(o);
    assert_int_equal(c.garbage_tracked, 2);
    assert_int_equal(c.reachable_tracked, 0);
    oracle_sweep(o);
    assert_int_equal(o->free_count, ORACLE_PLACES);
    free(o);
}

static void the_oracle_wants_each_finalizer_called_once(void **state)
{
    (void)state;
    struct oracle *o = new_oracle();
    oracle_place p = oracle_add(o, SHAPE_FINALIZED, 3);
    oracle_set_root(o, 0, p);
    oracle_set_root(o, 0, ORACLE_NONE);
    assert_non_null(strstr(o->fault, "finalizer was not called"));

    oracle_reset(o);
    p = oracle_add(o, SHAPE_FINALIZED, 3);
    oracle_set_root(o, 0, p);
    oracle_finalized(o, o->at[p].id);
    assert_null(o->fault);
    oracle_finalized(o, o->at[p].id);
    assert_non_null(strstr(o->fault, "twice"));
    free(o);
}

static void a_tuple_of_atoms_may_be_untracked_and_one_with_a_list_may_not(void **state)
{
    (void)state;
    struct oracle *o = new_oracle();
    oracle_place bytes = oracle_add(o, SHAPE_BYTES, 0), list = oracle_add(o, SHAPE_LIST, 0);
    oracle_place plain = oracle_add(o, SHAPE_TUPLE, 1), nested = oracle_add(o, SHAPE_TUPLE, 1);
    oracle_place held = oracle_add(o, SHAPE_TUPLE, 2);
    oracle_set(o, plain, 0, bytes);
    oracle_set(o, nested, 0, plain);
    oracle_set(o, held, 1, list);
    assert_false(o->at[plain].tracked);
    assert_false(o->at[nested].tracked);
    assert_true(o->at[held].tracked);
    free(o);
}

/* ---- On a sound heap ---- */

static void a_thousand_batches_run_clean(void **state)
{
    (void)state;
    struct stress_options options = {.seed = 1, .batches = 1000};
    struct stress_result result;
    int status = stress_run(&options, &result);
    assert_string_equal(result.failure, "");
    assert_int_equal(status, 0);
    assert_true(result.batches >= 1000);
    assert_true(result.collections > result.batches);
    assert_true(result.full_checks > 100);
}

static void a_seed_gives_the_same_run_again(void **state)
{
    (void)state;
    struct stress_options options = {.seed = 7, .batches = 100};
    struct stress_result first, again, other;
    assert_int_equal(stress_run(&options, &first), 0);
    assert_int_equal(stress_run(&options, &again), 0);
    options.seed = 8;
    assert_int_equal(stress_run(&options, &other), 0);
    assert_memory_equal(&first, &again, sizeof first);
    assert_int_not_equal(first.objects, other.objects);
}

/* ---- On a heap that is broken on purpose ---- */

struct sabotage {
    void (*harm)(struct mutator *m);
    uint64_t at_batch;
};

static void harm_at_batch(void *context, struct mutator *m, uint64_t batch)
{
    const struct sabotage *s = context;
    if (batch == s->at_batch)
        s->harm(m);
}

static value any_root(struct mutator *m)
{
    for (size_t i = 0; i < ORACLE_ROOTS; i++)
        if (mutator_all_roots(m)[i])
            return mutator_all_roots(m)[i];
    fail_msg("no root holds anything");
    return NULL;
}

static void forget_a_reference(struct mutator *m)
{
    (void)value_keep(any_root(m));
}

static void lose_an_object(struct mutator *m)
{
    for (size_t i = 0; i < ORACLE_ROOTS; i++)
        if (mutator_all_roots(m)[i]) {
            value_replace(m, &mutator_all_roots(m)[i], NULL);
            return;
        }
}

static void leak_an_atom(struct mutator *m)
{
    (void)new_int(m, 123456);
}

static struct stress_result run_harmed(void (*harm)(struct mutator *m), uint64_t found_at_batch)
{
    struct sabotage sabotage = {.harm = harm, .at_batch = 20};
    struct stress_options options = {.seed = 3, .batches = 200, .before_check = harm_at_batch, .context = &sabotage};
    struct stress_result result;
    assert_int_equal(stress_run(&options, &result), -1);
    assert_int_equal(result.failed_batch, found_at_batch);
    assert_null(strchr(result.failure, '\n'));
    return result;
}

static void a_reference_too_many_is_found_in_its_batch(void **state)
{
    (void)state;
    struct stress_result result = run_harmed(forget_a_reference, 20);
    assert_non_null(strstr(result.failure, "references"));
}

static void a_root_that_the_heap_lost_is_found_in_its_batch(void **state)
{
    (void)state;
    run_harmed(lose_an_object, 20);
}

static void a_block_that_is_left_is_found_when_the_session_ends(void **state)
{
    (void)state;
    struct stress_result result = run_harmed(leak_an_atom, 64);
    assert_string_equal(result.failure, "1 blocks are left when nothing is reachable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracle_frees_a_chain_when_its_root_goes),
        cmocka_unit_test(the_oracle_keeps_a_cycle_until_it_is_swept),
        cmocka_unit_test(the_oracle_wants_each_finalizer_called_once),
        cmocka_unit_test(a_tuple_of_atoms_may_be_untracked_and_one_with_a_list_may_not),
        cmocka_unit_test(a_thousand_batches_run_clean),
        cmocka_unit_test(a_seed_gives_the_same_run_again),
        cmocka_unit_test(a_reference_too_many_is_found_in_its_batch),
        cmocka_unit_test(a_root_that_the_heap_lost_is_found_in_its_batch),
        cmocka_unit_test(a_block_that_is_left_is_found_when_the_session_ends),
    };
    return cmocka_run_group_tests_name("stress", tests, NULL, NULL);
}
