/* test_sites.c - who allocates: lines, bytes, the peak; in a workload that is written here, and by the command. */
#define GCSWEEP_SITES

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/command.h"
#include "workloads/mutator.h"

enum { LIST_BYTES = 56, WORD = 8 };

struct fixture {
    struct mutator m;
    void *memory;
};

static int open_sites(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char error[200];
    f->memory = calloc(1, MUTATOR_MEMORY_BYTES);
    const struct runtime_options options = {.pools = true};
    if (mutator_open(&f->m, f->memory, &options, NULL, 1, 1, error, sizeof error) != 0)
        return -1;
    f->m.sites = sites_open();
    memory_observe(&mutator_heap(&f->m)->memory, sites_observer(f->m.sites));
    *state = f;
    return 0;
}

static int close_sites(void **state)
{
    struct fixture *f = *state;
    struct sites *sites = f->m.sites;
    mutator_close(&f->m);
    size_t count;
    const struct site *all = sites_all(sites, &count);
    uint64_t live = 0;
    for (size_t i = 0; i < count; i++)
        live += all[i].live.bytes + all[i].live.blocks;
    bool failed = sites_failed(sites);
    sites_close(sites);
    free(f->memory);
    free(f);
    return live != 0 || failed ? -1 : 0;
}

static struct mutator *mutator_of(void **state)
{
    return &((struct fixture *)*state)->m;
}

/* The site of this line of this file; all 0 where there is none. */
static struct site site_at(struct mutator *m, uint32_t line)
{
    size_t count;
    const struct site *all = sites_all(m->sites, &count);
    for (size_t i = 0; i < count; i++)
        if (all[i].line == line && strcmp(all[i].file, __FILE__) == 0)
            return all[i];
    return (struct site){0};
}

#define assert_count(count, bytes_, blocks_)         \
    do {                                             \
        assert_int_equal((count).bytes, (bytes_));   \
        assert_int_equal((count).blocks, (blocks_)); \
    } while (0)

/* In the debug heap the free lists keep a list and a tuple as copies, made where these are dropped. */
#ifdef GCSWEEP_DEBUG_HEAP
enum { COPIES = 2, COPIES_BYTES = LIST_BYTES + 40 + 2 * WORD };
#else
enum { COPIES = 0, COPIES_BYTES = 0 };
#endif

static void each_line_has_what_it_asked_for(void **state)
{
    struct mutator *m = mutator_of(state);
    value *slot = mutator_push(m, 3);
    uint32_t line = __LINE__;
    slot[0] = new_list(m, 3);
    slot[1] = new_tuple(m, (value[]){slot[0], slot[0]}, 2);
    slot[2] = new_bytes(m, 1000);
    assert_count(site_at(m, line + 1).live, LIST_BYTES + 3 * WORD, 2);
    assert_count(site_at(m, line + 2).live, 40 + 2 * WORD, 1);
    assert_count(site_at(m, line + 3).live, 33 + 1000, 1);
    mutator_pop(m);
    assert_count(site_at(m, line + 3).live, COPIES_BYTES, COPIES);
    assert_count(site_at(m, line + 3).allocated, 33 + 1000 + COPIES_BYTES, 1 + COPIES);
}

static value made_elsewhere(struct mutator *m, uint32_t *line)
{
    *line = __LINE__ + 1;
    return new_float(m, 1.5);
}

static void an_argument_that_comes_from_another_line_does_not_take_the_site_away(void **state)
{
    struct mutator *m = mutator_of(state);
    uint32_t here, there;
    value *slot = mutator_push(m, 1);
    slot[0] = new_list(m, 0);
    here = __LINE__ + 1;
    value_list_append(m, slot[0], made_elsewhere(m, &there));
    assert_count(site_at(m, here).live, 4 * WORD, 1);
    assert_count(site_at(m, there).live, 24, 1);
    mutator_pop(m);
}

static void a_block_that_grows_counts_for_the_line_that_grew_it(void **state)
{
    struct mutator *m = mutator_of(state);
    value *slot = mutator_push(m, 1);
    slot[0] = new_list(m, 0);
    uint32_t line = __LINE__;
    for (int i = 0; i < 4; i++)
        value_list_append(m, slot[0], new_none(m));
    value_list_append(m, slot[0], new_none(m));
    assert_count(site_at(m, line + 2).live, 0, 0);
    assert_count(site_at(m, line + 2).allocated, 4 * WORD, 1);
    assert_count(site_at(m, line + 3).live, 8 * WORD, 1);
    assert_int_equal(sites_peak(m->sites).bytes, LIST_BYTES + 8 * WORD);
    mutator_pop(m);
}

static void the_peak_is_the_first_moment_with_most_bytes(void **state)
{
    struct mutator *m = mutator_of(state);
    value *slot = mutator_push(m, 3);
    uint32_t line = __LINE__;
    slot[0] = new_bytes(m, 967);
    slot[1] = new_bytes(m, 2967);
    value_replace(m, &slot[1], NULL);
    slot[1] = new_bytes(m, 1967);
    slot[2] = new_bytes(m, 967); /* as many bytes as at the peak, in one block more */
    assert_count(sites_peak(m->sites), 4000, 2);
    assert_count(site_at(m, line + 1).peak, 1000, 1);
    assert_count(site_at(m, line + 2).peak, 3000, 1);
    assert_count(site_at(m, line + 4).peak, 0, 0);
    value_replace(m, &slot[2], new_bytes(m, 2967));
    assert_count(sites_peak(m->sites), 7000, 4); /* the old one goes after the new one has come */
    assert_count(site_at(m, line + 2).peak, 0, 0);
    assert_count(site_at(m, line + 5).peak, 1000, 1);
    mutator_pop(m);
    assert_count(sites_peak(m->sites), 7000, 4);
}

static void an_object_from_a_free_list_counts_for_who_took_it(void **state)
{
    struct mutator *m = mutator_of(state);
    value *slot = mutator_push(m, 1);
    uint32_t line = __LINE__;
    slot[0] = new_list(m, 0);
    value_replace(m, &slot[0], NULL);
    assert_count(site_at(m, line + 1).live, LIST_BYTES, 1);
    slot[0] = new_list(m, 0);
    assert_count(site_at(m, line + 1).live, 0, 0);
    assert_count(site_at(m, line + 4).live, LIST_BYTES, 1);
    assert_count(site_at(m, line + 4).allocated, 0, 0);
    mutator_pop(m);
}

/* More blocks and more sites than the tables begin with, dropped in another order. */
static void many_blocks_and_sites_are_told_apart(void **state)
{
    enum { BLOCKS = 100000, SITES = 3000 };
    struct mutator *m = mutator_of(state);
    static const char file[] = "a.heap";
    value *slot = mutator_push(m, BLOCKS);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        mutator_at_statement(m, file, 1 + i % SITES);
        slot[i] = new_bytes(m, 2 + i % 700);
    }
    for (uint32_t i = 0; i < BLOCKS; i += 2)
        value_replace(m, &slot[(i * 7) % BLOCKS], NULL);
    uint64_t bytes[SITES] = {0}, blocks[SITES] = {0};
    for (uint32_t i = 0; i < BLOCKS; i++) {
        bytes[i % SITES] += slot[i] ? 33 + 2 + i % 700 : 0;
        blocks[i % SITES] += slot[i] != NULL;
    }
    size_t count;
    const struct site *all = sites_all(m->sites, &count);
    assert_int_equal(count, 1 + SITES);
    for (size_t i = 1; i < count; i++)
        assert_count(all[i].live, bytes[all[i].line - 1], blocks[all[i].line - 1]);
    mutator_pop(m);
}

/* ---- The command ---- */

static json_int_t number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void assert_row(const json_t *table, size_t i, json_int_t bytes, json_int_t blocks)
{
    const json_t *row = json_array_get(json_object_get(table, "sites"), i);
    assert_string_equal(json_string_value(json_object_get(row, "file")), "workloads/chain.c");
    assert_true(number(row, "line") > 0);
    assert_int_equal(number(row, "bytes"), bytes);
    assert_int_equal(number(row, "blocks"), blocks);
}

/* Chains of 10 nodes without a ring: 100 of them are held when all are dropped by their counts. */
static void a_run_says_which_lines_hold_how_much(void **state)
{
    (void)state;
    enum { NODE_BYTES = 56, WITNESS_BYTES = 40, CHAINS = 100 };
    struct command c;
    GCSWEEP(&c, "run", "chain", "--param", "cycle_size=10", "--param", "cyclic_fraction=0", "--param",
            "live_objects=1000", "--param", "total_objects=10000", "--sites", "9", "--format", "json");
    if (c.status != 0)
        fail_msg("exit %d: %s", c.status, c.error);
    json_t *record = json_loads(c.out, 0, NULL);
    json_t *sites = json_object_get(record, "sites");
    json_t *at_peak = json_object_get(sites, "at_peak"), *in_all = json_object_get(sites, "in_all");
    assert_row(at_peak, 0, 9 * CHAINS * NODE_BYTES, 9 * CHAINS);
    assert_row(at_peak, 1, CHAINS * NODE_BYTES, CHAINS);
    assert_row(at_peak, 2, CHAINS * WITNESS_BYTES, CHAINS);
    assert_row(at_peak, 3, 108 * WORD, 1); /* the list's items: room for 108 after 100 were appended */
    assert_row(at_peak, 4, LIST_BYTES, 1);
    assert_int_equal(json_array_size(json_object_get(at_peak, "sites")), 5);
    assert_int_equal(number(at_peak, "bytes"), CHAINS * (10 * NODE_BYTES + WITNESS_BYTES) + 108 * WORD + LIST_BYTES);
    assert_int_equal(number(at_peak, "blocks"), CHAINS * 11 + 2);
    assert_row(in_all, 0, 9 * 10 * CHAINS * NODE_BYTES, 9 * 10 * CHAINS);
    json_decref(record);
}

/* Line by line what CPython 3.11 asks for. */
static void a_heap_script_is_counted_by_its_own_lines(void **state)
{
    (void)state;
    static const char script[] = "l = list 0\n"
                                 "repeat 1000\n"
                                 "  x = list 3\n"
                                 "  append l x\n"
                                 "end\n"
                                 "b = bytes 5000\n"
                                 "del b\n"
                                 "d = dict\n"
                                 "d.k = l\n"
                                 "big = bytes 4000\n";
    static const struct {
        json_int_t line, bytes, blocks;
    } rows[] = {
        {3, 1000 * (LIST_BYTES + 3 * WORD), 2000},
        {4, 1100 * WORD, 1},
        {6, 33 + 5000, 1},
        {1, LIST_BYTES, 1},
    };
    char *folder = folder_make(), workload[PATH_MAX + 16];
    struct command c;
    file_write(in_folder(folder, "a.heap"), script, 0644);
    snprintf(workload, sizeof workload, "script:%s", in_folder(folder, "a.heap"));
    GCSWEEP(&c, "run", workload, "--sites", "20", "--format", "json");
    if (c.status != 0)
        fail_msg("exit %d: %s", c.status, c.error);
    json_t *record = json_loads(c.out, 0, NULL);
    json_t *at_peak = json_object_get(json_object_get(record, "sites"), "at_peak");
    json_t *sites = json_object_get(at_peak, "sites");
    assert_int_equal(json_array_size(sites), sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const json_t *row = json_array_get(sites, i);
        assert_string_equal(json_string_value(json_object_get(row, "file")), workload + strlen("script:"));
        assert_int_equal(number(row, "line"), rows[i].line);
        assert_int_equal(number(row, "bytes"), rows[i].bytes);
        assert_int_equal(number(row, "blocks"), rows[i].blocks);
    }
    json_decref(record);
    folder_remove(folder);
}

static void the_table_names_the_sites_with_their_share(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "run", "gcbench", "--scale", "0.01", "--sites", "1");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "\nLive at the peak: "));
    assert_non_null(strstr(c.out, "\nAllocated: "));
    assert_non_null(strstr(c.out, " % "));
    const char *first = strstr(c.out, "  workloads/gcbench.c:");
    assert_non_null(first);
    assert_non_null(strstr(first + 1, "  workloads/gcbench.c:"));
}

static void sites_are_refused_where_they_cannot_be_had(void **state)
{
    (void)state;
    struct command c;
    GCSWEEP(&c, "run", "chain", "--sites", "0");
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "from 1 to 10000"));
    assert_int_equal(line_count(c.error), 1);
    GCSWEEP(&c, "run", "chain", "--sites", "3", "--runtime", "cpython");
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "runtime model only"));
    assert_int_equal(line_count(c.error), 1);
    assert_string_equal(c.out, "");
    command_run(&c, built("gcsweep-worker-sites"), (const char *const[]){"workload=chain", NULL});
    assert_int_equal(c.status, 2);
    assert_non_null(strstr(c.error, "sites=N"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_line_has_what_it_asked_for, open_sites, close_sites),
        cmocka_unit_test_setup_teardown(an_argument_that_comes_from_another_line_does_not_take_the_site_away,
                                        open_sites, close_sites),
        cmocka_unit_test_setup_teardown(a_block_that_grows_counts_for_the_line_that_grew_it, open_sites, close_sites),
        cmocka_unit_test_setup_teardown(the_peak_is_the_first_moment_with_most_bytes, open_sites, close_sites),
        cmocka_unit_test_setup_teardown(an_object_from_a_free_list_counts_for_who_took_it, open_sites, close_sites),
        cmocka_unit_test_setup_teardown(many_blocks_and_sites_are_told_apart, open_sites, close_sites),
        cmocka_unit_test(a_run_says_which_lines_hold_how_much),
        cmocka_unit_test(a_heap_script_is_counted_by_its_own_lines),
        cmocka_unit_test(the_table_names_the_sites_with_their_share),
        cmocka_unit_test(sites_are_refused_where_they_cannot_be_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
