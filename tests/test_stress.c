/* test_stress.c - the stress program: clean on a sound heap, and not blind on a broken one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/stress/confine.h"
#include "harness/stress/oracle.h"
#include "harness/stress/shrink.h"
#include "harness/stress/stress.h"
#include "tests/command.h"
#include "workloads/mutator.h"

/* ---- The oracle alone ---- */

static struct oracle *new_oracle(void)
{
    struct oracle *o = malloc(sizeof *o);
    assert_non_null(o);
    oracle_reset(o);
    return o;
}

static void drop_root(struct oracle *o, size_t root)
{
    oracle_set_root(o, root, ORACLE_NONE);
    oracle_settle(o);
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
    oracle_mark(o);
    assert_int_equal(oracle_count(o).reachable_tracked, 100);
    drop_root(o, 0);
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
    drop_root(o, 3);
    oracle_mark(o);
    struct oracle_census c = oracle_count(o);
    assert_int_equal(c.garbage_tracked, 2);
    assert_int_equal(c.reachable_tracked, 0);
    oracle_sweep(o);
    assert_int_equal(o->free_count, ORACLE_PLACES);
    free(o);
}

static oracle_place add_finalized(struct oracle *o)
{
    oracle_place p = oracle_add(o, SHAPE_SLOTS, 3);
    o->at[p].finalizes = true;
    oracle_set_root(o, 0, p);
    return p;
}

static void the_oracle_wants_each_finalizer_called_once(void **state)
{
    (void)state;
    struct oracle *o = new_oracle();
    add_finalized(o);
    drop_root(o, 0);
    assert_non_null(strstr(o->fault, "finalizer was not called"));

    oracle_reset(o);
    oracle_place p = add_finalized(o);
    assert_int_equal(oracle_finalized(o, o->at[p].id), p);
    assert_null(o->fault);
    oracle_finalized(o, o->at[p].id);
    assert_non_null(strstr(o->fault, "twice"));
    free(o);
}

static void what_a_finalizer_stores_again_is_not_freed(void **state)
{
    (void)state;
    struct oracle *o = new_oracle();
    oracle_place p = add_finalized(o);
    oracle_set_root(o, 0, ORACLE_NONE); /* the heap lets go, and its finalizer runs */
    oracle_finalized(o, o->at[p].id);
    oracle_set_root(o, 9, p);
    oracle_settle(o);
    assert_null(o->fault);
    assert_int_equal(o->at[p].references, 1);
    assert_int_equal(o->free_count, ORACLE_PLACES - 1);
    free(o);
}

static void a_callback_is_owed_when_the_referent_is_freed_before(void **state)
{
    (void)state;
    struct oracle *o = new_oracle();
    oracle_place object = oracle_add(o, SHAPE_OBJECT, ORACLE_EDGES), ref = oracle_add(o, SHAPE_WEAKREF, 0);
    o->at[ref].calls_back = true;
    oracle_set_root(o, 0, object);
    oracle_set_root(o, 1, ref);
    oracle_set_referent(o, ref, object);
    drop_root(o, 0);
    assert_int_equal(o->at[ref].referent, ORACLE_NONE);
    assert_true(o->at[ref].owes_callback);
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
    assert_false(o->at[plain].keeps_tracked);
    assert_false(o->at[nested].keeps_tracked);
    assert_true(o->at[held].keeps_tracked);
    free(o);
}

static void an_address_is_that_of_the_object_made_there_last(void **state)
{
    (void)state;
    struct oracle *o = new_oracle();
    static char memory[64];
    oracle_place first = oracle_add(o, SHAPE_LIST, 0), second = oracle_add(o, SHAPE_TEXT, 0);
    oracle_set_object(o, first, memory);
    assert_int_equal(oracle_find(o, memory), first);
    oracle_set_object(o, second, memory);
    assert_int_equal(oracle_find(o, memory), second);
    assert_true(o->at[first].lost);
    assert_int_equal(oracle_find(o, memory + 16), ORACLE_NONE);
    free(o);
}

/* ---- Programs ---- */

static void a_program_written_and_read_is_the_same(void **state)
{
    (void)state;
    struct program drawn, read;
    assert_int_equal(program_draw(&drawn, 5, 12, NULL), 0);
    FILE *file = tmpfile();
    program_write(file, &drawn);
    rewind(file);
    assert_int_equal(program_read(file, &read), 0);
    assert_int_equal(read.count, drawn.count);
    for (size_t i = 0; i < read.count; i++)
        assert_memory_equal(&read.deed[i].now, &drawn.deed[i].now, sizeof read.deed[i].now);
    assert_int_equal(read.settings.arena_bytes, drawn.settings.arena_bytes);
    assert_int_equal(read.settings.free_lists, drawn.settings.free_lists);
    fclose(file);
    program_free(&drawn);
    program_free(&read);
}

static int read_text(const char *text)
{
    struct program p;
    FILE *file = tmpfile();
    fputs(text, file);
    rewind(file);
    int status = program_read(file, &p);
    fclose(file);
    if (status == 0)
        program_free(&p);
    return status;
}

static void what_is_no_program_is_refused(void **state)
{
    (void)state;
    const char *head = "gcsweep stress 1\nheap arena 0 pool 0 collector cpython-3.11 free-lists 0 debug 0 observed 0\n";
    char text[300];
    assert_int_equal(read_text(head), 0);
    assert_int_equal(read_text("gcsweep stress 2\n"), -1);
    assert_int_equal(read_text(""), -1);
    static const char *const bad[] = {"dance 1 2 3 4 5\n",  "link 1 2 3\n",          "link 1 2 3 4 256\n",
                                      "link 1 2 3 4 5 6\n", "make 1 2 3 4 5 then\n", "link 1 2 3 4 -1\n"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snprintf(text, sizeof text, "%s%s", head, bad[i]);
        assert_int_equal(read_text(text), -1);
    }
    snprintf(text, sizeof text, "%s# a comment\n\nmake 1 2 3 4 5 then link 3 64 0 0 0\n", head);
    assert_int_equal(read_text(text), 0);
}

/* ---- On a sound heap ---- */

static struct stress_options sessions(uint64_t seed, uint64_t n)
{
    return (struct stress_options){.seed = seed, .sessions = n, .threads = 1, .hang_seconds = 60};
}

static void forty_sessions_run_clean(void **state)
{
    (void)state;
    struct stress_options options = sessions(1, 40);
    struct stress_result r;
    int status = stress_run(&options, &r);
    assert_string_equal(r.all.failure, "");
    assert_int_equal(status, 0);
    assert_int_equal(r.sessions, 40);
    assert_true(r.all.mutations > 100000);
    assert_true(r.all.hooks > 1000);
    assert_true(r.all.full_checks > 100);
}

static void threads_share_nothing_but_the_list_of_sessions(void **state)
{
    (void)state;
    struct stress_options options = sessions(1, 12);
    struct stress_result one, three;
    assert_int_equal(stress_run(&options, &one), 0);
    options.threads = 3;
    assert_int_equal(stress_run(&options, &three), 0);
    assert_int_equal(three.sessions, 12);
    /* In which order a set lets go of its elements is up to their addresses. */
    assert_in_range(three.all.mutations, one.all.mutations * 9 / 10, one.all.mutations * 11 / 10);
}

static void a_number_of_mutations_ends_the_run(void **state)
{
    (void)state;
    struct stress_options options = sessions(2, 0);
    options.mutations = 20000;
    struct stress_result r;
    assert_int_equal(stress_run(&options, &r), 0);
    assert_in_range(r.all.mutations, 20000, 60000);
}

static void each_kind_of_deed_is_drawn_and_of_use(void **state)
{
    (void)state;
    bool drawn[DEED_KINDS] = {false};
    struct program p;
    assert_int_equal(program_draw(&p, 1, 1, NULL), 0);
    for (size_t i = 0; i < p.count; i++)
        drawn[p.deed[i].now.kind] = true;
    for (unsigned kind = 1; kind < DEED_KINDS; kind++)
        assert_true(drawn[kind] || p.count < 5000);
    program_free(&p);
}

/* ---- On a heap that is broken on purpose ---- */

struct sabotage {
    void (*harm)(struct mutator *m);
    uint64_t after_deed;
    bool done;
};

static void harm_once(void *context, struct mutator *m, uint64_t deed)
{
    struct sabotage *s = context;
    if (deed >= s->after_deed && !s->done) {
        s->done = true;
        s->harm(m);
    }
}

static value any_register(struct mutator *m)
{
    for (size_t i = 0; i < REGISTERS; i++)
        if (mutator_all_roots(m)[i])
            return mutator_all_roots(m)[i];
    abort();
}

static void forget_a_reference(struct mutator *m)
{
    (void)value_keep(any_register(m));
}

static void lose_an_object(struct mutator *m)
{
    for (size_t i = 0; i < REGISTERS; i++)
        if (mutator_all_roots(m)[i]) {
            value_replace(m, &mutator_all_roots(m)[i], NULL);
            return;
        }
}

static void leak_an_atom(struct mutator *m)
{
    (void)new_int(m, 123456);
}

static void crash(struct mutator *m)
{
    (void)m;
    signal(SIGSEGV, SIG_DFL); /* the test program's own handler is not what is tested */
    raise(SIGSEGV);
}

static struct stress_result run_harmed(void (*harm)(struct mutator *m))
{
    struct sabotage sabotage = {.harm = harm, .after_deed = 600};
    struct stress_options options = sessions(3, 200);
    options.before_check = harm_once;
    options.context = &sabotage;
    struct stress_result r;
    assert_int_equal(stress_run(&options, &r), -1);
    assert_null(strchr(r.all.failure, '\n'));
    return r;
}

static void a_reference_too_many_is_found_by_the_next_check(void **state)
{
    (void)state;
    struct stress_result r = run_harmed(forget_a_reference);
    assert_non_null(strstr(r.all.failure, "references"));
    assert_in_range(r.all.deed, 600, 1200);
    assert_true(r.failed_in_session);
}

static void a_register_that_the_heap_lost_is_found_by_the_next_check(void **state)
{
    (void)state;
    struct stress_result r = run_harmed(lose_an_object);
    assert_true(r.failed_in_session);
    assert_in_range(r.all.deed, 600, 1200); /* the batch after */
}

static void a_block_that_is_left_is_found_when_the_session_ends(void **state)
{
    (void)state;
    struct stress_result r = run_harmed(leak_an_atom);
    assert_string_equal(r.all.failure, "14 blocks are in use when only 13 keys are reachable");
}

static void a_crash_is_a_failure_like_any_other(void **state)
{
    (void)state;
    struct stress_result r = run_harmed(crash);
    assert_string_equal(r.all.failure, "crashed: Segmentation fault");
    assert_false(r.failed_in_session); /* without the harm no session crashes */
}

/* ---- As typed ---- */

static bool preloads(void)
{
#ifdef GCSWEEP_SANITIZED
    return false;
#else
    return true;
#endif
}

/* In a child every session fails: see the library. */
#define BROKEN built("tests/data/crash_child.so")

static void is_a_plain_file(const char *path)
{
    struct stat status;
    assert_int_equal(lstat(path, &status), 0);
    assert_true(S_ISREG(status.st_mode));
}

/* The deeds name their allocator's heap, not its malloc: the line to type does. */
static void what_fails_is_saved_whole_and_not_through_links(void **state)
{
    static struct command c;
    static char text[COMMAND_TEXT], allocator[PATH_MAX];
    (void)state;
    if (!preloads())
        skip();
    assert_non_null(realpath(BROKEN, allocator));
    char *folder = folder_make();
    const char *deeds = in_folder(folder, "stress-1-0.deeds"), *script = in_folder(folder, "stress-1-0.heap"),
               *precious = in_folder(folder, "precious");
    file_write(precious, "precious", 0600);
    assert_int_equal(symlink(precious, deeds), 0);
    assert_int_equal(symlink(precious, script), 0);
    GCSWEEP(&c, "stress", "--sessions", "1", "--allocator", allocator, "--save", folder);
    assert_int_equal(c.status, 1);
    read_back(open(precious, O_RDONLY), text);
    assert_string_equal(text, "precious");
    is_a_plain_file(deeds);
    is_a_plain_file(script);
    snprintf(text, sizeof text, "`gcsweep stress --replay %s --allocator %s` runs it again", deeds, allocator);
    assert_non_null(strstr(c.error, text));
    GCSWEEP(&c, "stress", "--replay", deeds, "--allocator", allocator);
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.error, "crashed"));
    GCSWEEP(&c, "stress", "--replay", deeds);
    assert_int_equal(c.status, 0);
    GCSWEEP(&c, "stress", "--replay", script);
    assert_int_equal(c.status, 2);
    assert_int_equal(line_count(c.error), 1);
    assert_non_null(strstr(c.error, "a heap script: `gcsweep script` runs it"));
    folder_remove(folder);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        count++;
    return count;
}

/* jemalloc says so itself, at its end. */
static void an_allocators_settings_are_its_own(void **state)
{
    static struct command c;
    static const char said[] = "Begin jemalloc statistics";
    (void)state;
    GCSWEEP(&c, "stress", "--sessions", "1", "--allocator", "jemalloc");
    if (!preloads() || c.status == 2) {
        print_message("jemalloc is not installed, or cannot be preloaded\n");
        skip();
    }
    GCSWEEP(&c, "stress", "--sessions", "1", "--allocator", "jemalloc@MALLOC_CONF=stats_print:true", "--allocator",
            "jemalloc", "--allocator", "system");
    assert_int_equal(c.status, 0);
    assert_int_equal(count_of(c.error, said), 1);
    setenv("MALLOC_CONF", "stats_print:true", 1); /* as of gcsweep run: what was not chosen does not reach it */
    GCSWEEP(&c, "stress", "--sessions", "1", "--allocator", "jemalloc");
    unsetenv("MALLOC_CONF");
    assert_int_equal(c.status, 0);
    assert_int_equal(count_of(c.error, said), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_oracle_frees_a_chain_when_its_root_goes),
        cmocka_unit_test(the_oracle_keeps_a_cycle_until_it_is_swept),
        cmocka_unit_test(the_oracle_wants_each_finalizer_called_once),
        cmocka_unit_test(what_a_finalizer_stores_again_is_not_freed),
        cmocka_unit_test(a_callback_is_owed_when_the_referent_is_freed_before),
        cmocka_unit_test(a_tuple_of_atoms_may_be_untracked_and_one_with_a_list_may_not),
        cmocka_unit_test(an_address_is_that_of_the_object_made_there_last),
        cmocka_unit_test(a_program_written_and_read_is_the_same),
        cmocka_unit_test(what_is_no_program_is_refused),
        cmocka_unit_test(forty_sessions_run_clean),
        cmocka_unit_test(threads_share_nothing_but_the_list_of_sessions),
        cmocka_unit_test(a_number_of_mutations_ends_the_run),
        cmocka_unit_test(each_kind_of_deed_is_drawn_and_of_use),
        cmocka_unit_test(a_reference_too_many_is_found_by_the_next_check),
        cmocka_unit_test(a_register_that_the_heap_lost_is_found_by_the_next_check),
        cmocka_unit_test(a_block_that_is_left_is_found_when_the_session_ends),
        cmocka_unit_test(a_crash_is_a_failure_like_any_other),
        cmocka_unit_test(what_fails_is_saved_whole_and_not_through_links),
        cmocka_unit_test(an_allocators_settings_are_its_own),
    };
    return cmocka_run_group_tests_name("stress", tests, NULL, NULL);
}
