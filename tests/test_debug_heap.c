/* test_debug_heap.c - each sin against a heap, committed on purpose by a process of its own, and what is said of it.
 *
 * Built with GCSWEEP_DEBUG_HEAP in every build.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/heap_check.h"
#include "harness/sweep/verdict.h"
#include "workloads/mutator.h"

/* Shared with the process that sins: the lines that the report is to name. */
static struct {
    int made, released, now;
} * lines;

static struct mutator mutator;
static _Alignas(16) char mutator_memory[MUTATOR_MEMORY_BYTES];

static struct mutator *open_mutator(void)
{
    char error[200] = "";
    memset(mutator_memory, 0, sizeof mutator_memory);
    const struct runtime_options options = {.pools = true};
    if (mutator_open(&mutator, mutator_memory, &options, NULL, 1, 1, error, sizeof error) != 0)
        fail_msg("%s", error);
    return &mutator;
}

static struct memory *memory_of(struct mutator *m)
{
    return &mutator_heap(m)->memory;
}

/* ---- A process that sins ---- */

typedef void sinner(struct mutator *m);

static _Noreturn void become(sinner *sin, int error_fd)
{
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    signal(SIGABRT, SIG_DFL);
    dup2(error_fd, STDERR_FILENO);
    sin(open_mutator());
    _exit(0);
}

/* What it said before it was aborted. */
static void commit(sinner *sin, char *text, size_t size)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        become(sin, ends[1]);
    close(ends[1]);
    size_t length = 0;
    ssize_t n;
    while (length < size - 1 && (n = read(ends[0], text + length, size - 1 - length)) > 0)
        length += (size_t)n;
    text[length] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT)
        fail_msg("it was not aborted: status %d, \"%s\"", status, text);
}

/* `what`: all up to the places. A line that is 0 is not named. */
static void expect(sinner *sin, const char *what)
{
    char said[1000], expected[1000];
    memset(lines, 0, sizeof *lines);
    commit(sin, said, sizeof said);
    int n = snprintf(expected, sizeof expected, "gcsweep: debug heap: %s", what);
    if (lines->made)
        n += snprintf(expected + n, sizeof expected - (size_t)n, "; made at " __FILE__ ":%d", lines->made);
    if (lines->released)
        n += snprintf(expected + n, sizeof expected - (size_t)n, ", released at " __FILE__ ":%d", lines->released);
    if (lines->now)
        n += snprintf(expected + n, sizeof expected - (size_t)n, ", now at " __FILE__ ":%d", lines->now);
    snprintf(expected + n, sizeof expected - (size_t)n, "\n");
    assert_string_equal(said, expected);
}

static int map_lines(void **state)
{
    (void)state;
    lines = mmap(NULL, sizeof *lines, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return lines == MAP_FAILED ? -1 : 0;
}

/* ---- Uses of a dead object ---- */

static void drop_twice(struct mutator *m)
{
    lines->made = __LINE__ + 1;
    value list = new_list(m, 1);
    lines->released = __LINE__ + 1;
    value_drop(m, list);
    lines->now = __LINE__ + 1;
    value_drop(m, list);
}

static void a_reference_dropped_once_too_often_is_named_with_its_three_places(void **state)
{
    (void)state;
    expect(drop_twice, "a list (56 bytes) is used after its release");
}

static void keep_a_dead_one(struct mutator *m)
{
    lines->made = __LINE__ + 1;
    value text = new_str(m, "a text", 6);
    lines->released = lines->now = __LINE__ + 1;
    value_drop(m, text);
    value_keep(text);
}

static void a_reference_to_a_dead_string_is_named(void **state)
{
    (void)state;
    expect(keep_a_dead_one, "a str (55 bytes) is used after its release");
}

static void read_a_dead_one(struct mutator *m)
{
    lines->made = __LINE__ + 1;
    value number = new_float(m, 1.5);
    lines->released = lines->now = __LINE__ + 1;
    value_drop(m, number);
    value_float(number);
}

static void an_object_read_after_its_release_is_named_though_a_free_list_keeps_it(void **state)
{
    (void)state;
    expect(read_a_dead_one, "a float (24 bytes) is used after its release");
}

static void reach_a_dead_one(struct mutator *m)
{
    lines->made = __LINE__ + 1;
    value item = new_dict(m);
    value list = new_list(m, 1);
    value_list_set(m, list, 0, item); /* the caller's reference is the list's now */
    lines->released = __LINE__ + 1;
    value_drop(m, item);
    lines->now = __LINE__ + 1;
    mutator_collect(m);
}

static void a_dead_object_that_a_collection_reaches_is_named(void **state)
{
    (void)state;
    expect(reach_a_dead_one, "a dict (64 bytes) is used after its release");
}

static void revive(struct mutator *m)
{
    lines->made = lines->now = __LINE__ + 1;
    value list = new_list(m, 0);
    list->refcount = 0;
    value_keep(list);
}

static void an_object_that_nobody_refers_to_is_not_counted_again(void **state)
{
    (void)state;
    expect(revive, "a list (56 bytes) is counted, but nobody refers to it");
}

static void free_what_is_tracked(struct mutator *m)
{
    lines->made = lines->now = __LINE__ + 1;
    value list = new_list(m, 0);
    gc_free(mutator_heap(m), list);
}

static void an_object_is_not_freed_while_the_collector_holds_it(void **state)
{
    (void)state;
    expect(free_what_is_tracked, "a list (56 bytes) is freed while the collector holds it");
}

static void grow_a_dead_one(struct mutator *m)
{
    mutator_at_statement(m, __FILE__, 7);
    value list = new_list(m, 0);
    mutator_at_statement(m, __FILE__, 8);
    value_drop(m, list);
    mutator_at_statement(m, __FILE__, 9);
    lines->made = 7, lines->released = 8, lines->now = 9;
    value_list_append(m, list, new_none(m));
}

static void a_scripts_lines_are_named_in_place_of_its_interpreters(void **state)
{
    (void)state;
    expect(grow_a_dead_one, "a list (56 bytes) is used after its release");
}

/* ---- Blocks ---- */

static void free_twice(struct mutator *m)
{
    void *block = memory_alloc(memory_of(m), 100);
    memory_free(memory_of(m), block);
    memory_free(memory_of(m), block);
}

static void a_block_freed_twice_is_named(void **state)
{
    (void)state;
    expect(free_twice, "a block (100 bytes) is freed twice; made at a place not known, released at a place not known, "
                       "now at a place not known");
}

static void free_half_a_block(struct mutator *m)
{
    memory_free(memory_of(m), (char *)memory_alloc(memory_of(m), 100) + 16);
}

static void what_is_no_block_is_not_freed(void **state)
{
    (void)state;
    expect(free_half_a_block, "what is freed or used is no block, or was written to in front");
}

static void write_in_front(struct mutator *m)
{
    char *block = memory_alloc(memory_of(m), 100);
    block[-1] = 1;
    memory_free(memory_of(m), block);
}

static void a_write_in_front_of_a_block_is_found(void **state)
{
    (void)state;
    expect(write_in_front, "what is freed or used is no block, or was written to in front");
}

/* Behind the bytes is a 0 of their own. */
static void write_past_the_end(struct mutator *m)
{
    lines->made = __LINE__ + 1;
    value bytes = new_bytes(m, 1000);
    value_bytes(bytes)[1001] = 1;
    lines->now = __LINE__ + 1;
    value_drop(m, bytes);
}

static void a_write_past_the_end_is_found_when_the_block_is_freed(void **state)
{
    (void)state;
    expect(write_past_the_end, "a bytes (1033 bytes) was written to past its end");
}

static void write_to_what_is_freed(struct mutator *m)
{
    memory_of(m)->debug_memory.budget = 1000;
    lines->made = __LINE__ + 1;
    value bytes = new_bytes(m, 10);
    char *content = value_bytes(bytes);
    lines->released = __LINE__ + 1;
    value_drop(m, bytes);
    content[3] = 'x';
    value large = new_bytes(m, 1000);
    lines->now = __LINE__ + 1;
    value_drop(m, large);
}

static void a_write_to_a_freed_block_is_found_when_it_leaves_the_quarantine(void **state)
{
    (void)state;
    expect(write_to_what_is_freed, "a bytes (43 bytes) was written to after its release");
}

static void a_check_of_the_heap_finds_both_kinds_of_writes(void **state)
{
    (void)state;
    struct mutator *m = open_mutator();
    char error[500] = "";
    value bytes = new_bytes(m, 10);
    char *content = value_bytes(bytes);
    assert_int_equal(heap_check(mutator_heap(m), error, sizeof error), 0);

    content[11]++;
    assert_int_equal(heap_check(mutator_heap(m), error, sizeof error), -1);
    assert_non_null(strstr(error, "a bytes (43 bytes) was written to past its end; made at " __FILE__));
    content[11]--;
    assert_int_equal(heap_check(mutator_heap(m), error, sizeof error), 0);

    value_drop(m, bytes);
    content[0]++;
    assert_int_equal(heap_check(mutator_heap(m), error, sizeof error), -1);
    assert_non_null(strstr(error, "a bytes (43 bytes) was written to after its release; made at " __FILE__));
    content[0]--;
    assert_int_equal(heap_check(mutator_heap(m), error, sizeof error), 0);
    mutator_close(m);
}

/* ---- Quarantine ---- */

static bool is_given_out_again(struct mutator *m, size_t budget)
{
    struct memory *mem = memory_of(m);
    mem->debug_memory.budget = budget;
    void *first = memory_alloc(mem, 100), *keep = memory_alloc(mem, 100);
    memory_free(mem, first);
    void *second = memory_alloc(mem, 100);
    bool again = first == second;
    memory_free(mem, second);
    memory_free(mem, keep);
    return again;
}

static void a_freed_block_is_given_out_again_once_the_budget_is_passed(void **state)
{
    (void)state;
    struct mutator *m = open_mutator();
    assert_false(is_given_out_again(m, 100 + DEBUG_MEMORY_ROOM));
    assert_true(is_given_out_again(m, 0));
    assert_int_equal(memory_of(m)->debug_memory.quarantined, 0);
    mutator_close(m);
}

static void dead_lists_are_counted_as_kept_for_reuse(void **state)
{
    (void)state;
    struct mutator *m = open_mutator();
    value lists[FREELIST_LISTS + 20];
    const size_t made = sizeof lists / sizeof lists[0];
    for (size_t i = 0; i < made; i++)
        lists[i] = new_list(m, 0);
    for (size_t i = 0; i < made; i++)
        value_drop(m, lists[i]);
    int64_t count[GENERATIONS];
    runtime_get_count(m, count);
    assert_int_equal(count[0], FREELIST_LISTS);
    assert_int_equal(runtime_blocks(m), FREELIST_LISTS);
    mutator_close(m);
}

/* ---- What the harness makes of it ---- */

static void a_sweep_tells_of_it_as_a_crash_that_names_the_object(void **state)
{
    (void)state;
    char said[1000];
    commit(drop_twice, said, sizeof said);
    const struct run_facts facts = {.exit_code = -1, .exit_signal = SIGABRT, .text = said, .text_length = strlen(said)};
    struct run_record r;
    run_verdict(&facts, &r);
    assert_string_equal(r.status, "crashed");
    said[strlen(said) - 1] = '\0';
    assert_non_null(strstr(r.message, said));
    record_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reference_dropped_once_too_often_is_named_with_its_three_places),
        cmocka_unit_test(a_reference_to_a_dead_string_is_named),
        cmocka_unit_test(an_object_read_after_its_release_is_named_though_a_free_list_keeps_it),
        cmocka_unit_test(a_dead_object_that_a_collection_reaches_is_named),
        cmocka_unit_test(an_object_that_nobody_refers_to_is_not_counted_again),
        cmocka_unit_test(an_object_is_not_freed_while_the_collector_holds_it),
        cmocka_unit_test(a_scripts_lines_are_named_in_place_of_its_interpreters),
        cmocka_unit_test(a_block_freed_twice_is_named),
        cmocka_unit_test(what_is_no_block_is_not_freed),
        cmocka_unit_test(a_write_in_front_of_a_block_is_found),
        cmocka_unit_test(a_write_past_the_end_is_found_when_the_block_is_freed),
        cmocka_unit_test(a_write_to_a_freed_block_is_found_when_it_leaves_the_quarantine),
        cmocka_unit_test(a_check_of_the_heap_finds_both_kinds_of_writes),
        cmocka_unit_test(a_freed_block_is_given_out_again_once_the_budget_is_passed),
        cmocka_unit_test(dead_lists_are_counted_as_kept_for_reuse),
        cmocka_unit_test(a_sweep_tells_of_it_as_a_crash_that_names_the_object),
    };
    return cmocka_run_group_tests_name("debug heap", tests, map_lines, NULL);
}
