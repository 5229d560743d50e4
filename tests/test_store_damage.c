/* test_store_damage.c - results files that were cut off, bent, forged or are something else: one line, no crash, and
 * the file as it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/store.h"
#include "tests/command.h"
#include "tests/synthetic.h"

static char error[1024];

/* ---- A store, and its bytes ---- */

struct bytes {
    unsigned char *at;
    size_t count;
};

static struct bytes read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct bytes b = {NULL, 0};
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    b.count = (size_t)ftell(f);
    rewind(f);
    b.at = malloc(b.count + 1);
    assert_int_equal(fread(b.at, 1, b.count, f), b.count);
    fclose(f);
    return b;
}

static void write_file(const char *path, const unsigned char *at, size_t count)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(at, 1, count, f), count);
    fclose(f);
}

struct fixture {
    char *folder, *path;
    struct bytes whole; /* of a store with 12 runs */
};

static const char *const one_workload[] = {"gcbench", NULL};
static const char *const one_allocator[] = {"pymalloc", NULL};
static const char *const two_tunings[] = {"700,10,10", "10000,20,50", NULL};
static const struct synthetic few = {one_workload, synthetic_runtimes, one_allocator, two_tunings, 6, false};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct result_set made = synthetic_results(&few);
    struct store *s;
    char path[PATH_MAX];
    f->folder = folder_make();
    snprintf(path, sizeof path, "%s/%s", f->folder, STORE_FILE);
    f->path = strdup(path);
    if (store_create(f->folder, "{\"rounds\": 6}", "{}", &s, error, sizeof error) != 0)
        return -1;
    for (size_t i = 0; i < made.run_count; i++)
        if (store_add_run(s, &made.runs[i], error, sizeof error) != 0)
            return -1;
    if (store_close(s, error, sizeof error) != 0)
        return -1;
    synthetic_free(&made);
    f->whole = read_file(f->path);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    folder_remove(f->folder);
    free(f->path);
    free(f->whole.at);
    free(f);
    return 0;
}

/* ---- What a reader makes of it ---- */

static void is_one_line(const char *line)
{
    if (line[0] == '\0' || strchr(line, '\n') || strchr(line, '\033'))
        fail_msg("no line of its own: '%s'", line);
}

/* Everything in it, lists included: whether it could be read. */
static bool read_all(const char *folder)
{
    struct result_set results;
    bool whole = true;
    error[0] = '\0';
    if (store_load(folder, &results, error, sizeof error) != 0) {
        is_one_line(error);
        return false;
    }
    for (size_t i = 0; i < results.run_count && whole; i++) {
        struct whole_run run;
        whole = whole_run_read(&results, &results.runs[i], &run) == 0;
        if (whole)
            whole_run_free(&run);
        else
            is_one_line(result_set_error(&results));
    }
    result_set_free(&results);
    return whole;
}

/* The same runs as in the store that was made. */
static void says_what_was_stored(const char *folder, size_t offset)
{
    struct result_set made = synthetic_results(&few), back;
    if (store_load(folder, &back, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_int_equal(back.run_count, made.run_count);
    for (size_t i = 0; i < back.run_count; i++) {
        struct whole_run run;
        char expected[65536], read[65536];
        assert_int_equal(whole_run_read(&back, &back.runs[i], &run), 0);
        record_write(&made.runs[i], expected, sizeof expected);
        record_write(run.run, read, sizeof read);
        if (strcmp(expected, read) != 0)
            fail_msg("offset %zu: run %zu was read as another", offset, i);
        whole_run_free(&run);
    }
    result_set_free(&back);
    synthetic_free(&made);
}

static void is_unchanged(const char *path, const unsigned char *at, size_t count)
{
    struct bytes now = read_file(path);
    assert_int_equal(now.count, count);
    assert_memory_equal(now.at, at, count);
    free(now.at);
}

/* ---- Bytes ---- */

static void a_file_cut_off_anywhere_is_refused(void **state)
{
    struct fixture *f = *state;
    size_t step = f->whole.count / 150 | 1;
    for (size_t length = 0; length < f->whole.count; length += length < 200 ? 7 : step) {
        write_file(f->path, f->whole.at, length);
        if (read_all(f->folder))
            fail_msg("read although cut off at %zu", length);
        is_unchanged(f->path, f->whole.at, length);
    }
}

/* Either it is refused, or what was damaged says nothing (free space, a cache): then all runs are as they were. */
static void a_flipped_byte_is_refused_or_harmless(void **state)
{
    struct fixture *f = *state;
    size_t refused = 0, tried = 0, step = f->whole.count / 400 | 1;
    for (size_t at = 0; at < f->whole.count; at += at < 120 ? 1 : step) {
        unsigned char kept = f->whole.at[at];
        f->whole.at[at] = (unsigned char)(kept ^ (1u << at % 8));
        write_file(f->path, f->whole.at, f->whole.count);
        tried++;
        if (!read_all(f->folder)) {
            refused++;
            is_unchanged(f->path, f->whole.at, f->whole.count);
        } else {
            says_what_was_stored(f->folder, at);
        }
        f->whole.at[at] = kept;
    }
    assert_true(refused > tried / 4);
}

static void a_page_of_noise_is_refused_or_harmless(void **state)
{
    enum { PAGE = 4096 };
    struct fixture *f = *state;
    unsigned char kept[PAGE];
    for (size_t page = 0; (page + 1) * PAGE <= f->whole.count; page++) {
        unsigned char *at = f->whole.at + page * PAGE;
        memcpy(kept, at, PAGE);
        for (size_t i = 0; i < PAGE; i++)
            at[i] = (unsigned char)(i * 2654435761u >> 13);
        write_file(f->path, f->whole.at, f->whole.count);
        if (read_all(f->folder))
            says_what_was_stored(f->folder, page * PAGE);
        memcpy(at, kept, PAGE);
    }
}

static void noise_in_a_log_left_behind_is_ignored(void **state)
{
    struct fixture *f = *state;
    char log[PATH_MAX];
    snprintf(log, sizeof log, "%s-wal", f->path);
    write_file(log, f->whole.at, f->whole.count < 10000 ? f->whole.count : 10000);
    says_what_was_stored(f->folder, 0);
}

/* ---- SQL ---- */

static void execute(const struct fixture *f, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

static void a_forged_file_is_refused_with_what_is_wrong(void **state)
{
    static const struct {
        const char *sql, *named;
    } deeds[] = {
        {"UPDATE runs SET wall_ns = wall_ns + 1 WHERE id = 3", "run 3: its row is damaged"},
        {"UPDATE runs SET wall_ns = NULL WHERE id = 3", "run 3: its row is damaged"},
        {"UPDATE runs SET wall_ns = 'long' WHERE id = 4", "run 4: its wall_ns is no whole number"},
        {"UPDATE runs SET wall_ns = -1 WHERE id = 4", "run 4: its wall_ns is out of range"},
        {"UPDATE runs SET wall_ns = x'00' WHERE id = 4", "run 4: its wall_ns is no whole number"},
        {"UPDATE runs SET scale = 'x'", "run 1: its scale is no number"},
        {"UPDATE runs SET status = x'6f6b'", "run 1: its status is no text"},
        {"UPDATE runs SET status = cast(x'ff' AS TEXT)", "run 1: its status is no UTF-8 text"},
        {"UPDATE runs SET status = cast(x'6f006b' AS TEXT)", "run 1: its status is no UTF-8 text"},
        {"UPDATE runs SET message = hex(zeroblob(1000))", "run 1: its message is too long"},
        {"UPDATE runs SET checksum = 'zz'", "run 1: its checksum is not 16 hexadecimal digits"},
        {"UPDATE runs SET twin = 7", "run 1: its twin is out of range"},
        {"UPDATE runs SET params = '{'", "run 1: run record: no JSON"},
        {"UPDATE runs SET params = '{\"a\":\"b\"}'", "run 1: its row is damaged"},
        {"UPDATE runs SET digest = 'x'", "run 1: its row is damaged"},
        {"UPDATE facts SET text = '{\"rounds\": 7}' WHERE name = 'plan'", "damaged"},
        {"DELETE FROM facts WHERE name = 'plan'", "holds no plan"},
        {"DROP TABLE runs", "no such table: runs"},
        {"ALTER TABLE runs DROP COLUMN gc_ns", "no such column: gc_ns"},
        {"CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END", "views, triggers or virtual tables"},
        {"CREATE VIEW v AS SELECT 1", "views, triggers or virtual tables"},
        {"ALTER TABLE runs RENAME TO r; CREATE VIEW runs AS SELECT * FROM r", "views, triggers or virtual tables"},
        {"PRAGMA application_id = 7", "not a results file"},
        {"PRAGMA user_version = 5", "schema version 5; this gcsweep reads versions 2 to 4"},
        {"PRAGMA user_version = 1", "schema version 1; this gcsweep reads versions 2 to 4"},
        {"PRAGMA user_version = 3", "no such column: record"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        write_file(f->path, f->whole.at, f->whole.count);
        execute(f, deeds[i].sql);
        struct bytes forged = read_file(f->path);
        if (read_all(f->folder))
            fail_msg("read in spite of: %s", deeds[i].sql);
        if (!strstr(error, deeds[i].named) || !strstr(error, f->folder))
            fail_msg("%s: '%s' does not say '%s'", deeds[i].sql, error, deeds[i].named);
        is_unchanged(f->path, forged.at, forged.count);
        free(forged.at);
    }
}

/* ---- No files ---- */

static void what_is_no_file_is_refused_and_not_waited_for(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(unlink(f->path), 0);
    assert_int_equal(mkfifo(f->path, 0600), 0);
    assert_false(read_all(f->folder));
    assert_non_null(strstr(error, "not a results file"));
    assert_int_equal(unlink(f->path), 0);
    assert_int_equal(mkdir(f->path, 0700), 0);
    assert_false(read_all(f->folder));
    assert_non_null(strstr(error, "not a results file"));
    assert_int_equal(rmdir(f->path), 0);
    write_file(f->path, f->whole.at, 0);
    assert_false(read_all(f->folder));
    assert_non_null(strstr(error, "empty"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_cut_off_anywhere_is_refused),          TEST(a_flipped_byte_is_refused_or_harmless),
        TEST(a_page_of_noise_is_refused_or_harmless),      TEST(noise_in_a_log_left_behind_is_ignored),
        TEST(a_forged_file_is_refused_with_what_is_wrong), TEST(what_is_no_file_is_refused_and_not_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
