/* test_store.c - runs in and out of a results file, and files that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zstd.h>

#include "harness/store/store.h"
#include "tests/command.h"

static char error[1024];

static int open_folder(void **state)
{
    *state = folder_make();
    return *state ? 0 : -1;
}

static int drop_folder(void **state)
{
    folder_remove(*state);
    return 0;
}

/* A record that needs nothing to be freed. */
static struct run_record record(const char *configuration, unsigned round, bool twin)
{
    struct run_record r;
    record_clear(&r);
    snprintf(r.configuration, sizeof r.configuration, "%s", configuration);
    snprintf(r.workload, sizeof r.workload, "chain");
    snprintf(r.status, sizeof r.status, "ok");
    r.round = round;
    r.twin = twin;
    return r;
}

static struct store *create(const char *folder)
{
    struct store *s = NULL;
    if (store_create(folder, "{\"rounds\": 6}", "{}", &s, error, sizeof error) != 0)
        fail_msg("%s", error);
    return s;
}

static void add(struct store *s, const struct run_record *r)
{
    if (store_add_run(s, r, error, sizeof error) != 0)
        fail_msg("%s", error);
}

static void finish(struct store *s)
{
    if (store_close(s, error, sizeof error) != 0)
        fail_msg("%s", error);
}

static void load(const char *folder, struct result_set *out)
{
    if (store_load(folder, out, error, sizeof error) != 0)
        fail_msg("%s", error);
}

/* One number that SQL gives; -1 for NULL. */
static long long query(const char *folder, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open_v2(in_folder(folder, STORE_FILE), &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    long long n = sqlite3_column_type(statement, 0) == SQLITE_NULL ? -1 : sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return n;
}

static void execute(const char *folder, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(in_folder(folder, STORE_FILE), &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* ---- In and out ---- */

static void a_run_comes_back_as_it_was_stored(void **state)
{
    struct record_bucket bucket[] = {{1000, 7}, {2000, 1}};
    struct record_pause longest[] = {{50, 2000, 2}, {10, 1000, 0}};
    struct record_sample samples[] = {{0, 4096}, {1000000, 8192}};
    struct run_record r = record("chain \"quoted\" '; DROP TABLE runs; --", 3, true);
    r.wall_ns = 123456789;
    r.pause_count = 8;
    r.scale = 0.25;
    strcpy(r.params[0].name, "depth");
    strcpy(r.params[0].text, "3 \"quoted\"");
    r.checksum = UINT64_C(0xFEDCBA9876543210);
    r.pauses[2] = (struct record_histogram){2, bucket};
    r.longest = longest;
    r.longest_count = 2;
    r.samples = samples;
    r.sample_count = 2;
    struct store *s = create(*state);
    add(s, &r);
    assert_int_equal(store_set_fact(s, "command", "gcsweep 'x'", error, sizeof error), 0);
    assert_int_equal(store_set_fact(s, "command", "gcsweep 'y'", error, sizeof error), 0);
    finish(s);

    struct result_set results;
    load(*state, &results);
    assert_int_equal(results.run_count, 1);
    assert_string_equal(results.plan, "{\"rounds\": 6}");
    assert_string_equal(results.environment, "{}");
    assert_string_equal(find_result_fact(&results, "command"), "gcsweep 'y'");
    assert_null(find_result_fact(&results, "nothing"));
    const struct run_record *back = &results.runs[0];
    assert_string_equal(back->configuration, r.configuration);
    assert_int_equal(back->wall_ns, 123456789);
    assert_true(back->scale > 0.2499 && back->scale < 0.2501);
    assert_true(back->checksum == UINT64_C(0xFEDCBA9876543210));
    assert_int_equal(back->round, 3);
    assert_true(back->twin);
    assert_true(back->gc_ns == RECORD_UNKNOWN);
    assert_string_equal(back->params[0].name, "depth");
    assert_string_equal(back->params[0].text, "3 \"quoted\"");
    assert_string_equal(back->params[1].name, "");
    assert_int_equal(back->longest_count, 0); /* lists are read when they are asked for */
    struct whole_run whole;
    if (whole_run_read(&results, back, &whole) != 0)
        fail_msg("%s", result_set_error(&results));
    assert_int_equal(whole.run->wall_ns, 123456789);
    assert_int_equal(whole.run->pauses[2].count, 2);
    assert_int_equal(whole.run->pauses[2].bucket[0].count, 7);
    assert_int_equal(whole.run->longest_count, 2);
    assert_int_equal(whole.run->longest[0].duration_ns, 2000);
    assert_int_equal(whole.run->sample_count, 2);
    assert_int_equal(whole.run->samples[1].bytes, 8192);
    whole_run_free(&whole);
    result_set_free(&results);
}

static void columns_hold_the_scalars_and_null_for_what_is_unknown(void **state)
{
    struct run_record r = record("a", 0, false);
    r.wall_ns = 5000;
    r.checksum = 0xAB;
    struct store *s = create(*state);
    add(s, &r);
    finish(s);
    assert_int_equal(query(*state, "SELECT wall_ns FROM runs"), 5000);
    assert_int_equal(query(*state, "SELECT gc_ns FROM runs"), -1);
    assert_int_equal(query(*state, "SELECT scale FROM runs"), -1);
    assert_int_equal(query(*state, "SELECT message FROM runs"), -1);
    assert_int_equal(query(*state, "SELECT count0 FROM runs"), -1);
    assert_int_equal(query(*state, "SELECT checksum = '00000000000000ab' FROM runs"), 1);
}

static void every_field_of_the_record_is_a_column(void **state)
{
    finish(create(*state));
    for (size_t i = 0; i < record_field_count; i++) {
        char sql[200];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM pragma_table_info('runs') WHERE name = '%s'",
                 record_fields[i].member);
        assert_int_equal(query(*state, sql), 1);
    }
}

static void runs_come_back_in_the_order_they_ended(void **state)
{
    struct store *s = create(*state);
    for (unsigned i = 0; i < 50; i++) {
        struct run_record r = record("b", 49 - i, false);
        add(s, &r);
    }
    finish(s);
    struct result_set results;
    load(*state, &results);
    assert_int_equal(results.run_count, 50);
    for (unsigned i = 0; i < 50; i++)
        assert_int_equal(results.runs[i].round, 49 - i);
    result_set_free(&results);
}

static void a_run_is_held_once(void **state)
{
    struct run_record r = record("a", 0, false), twin = record("a", 0, true);
    struct store *s = create(*state);
    assert_int_equal(store_has_run(s, "a", 0, false, error, sizeof error), 0);
    add(s, &r);
    assert_int_equal(store_has_run(s, "a", 0, false, error, sizeof error), 1);
    assert_int_equal(store_has_run(s, "a", 0, true, error, sizeof error), 0);
    assert_int_equal(store_has_run(s, "a", 1, false, error, sizeof error), 0);
    assert_int_equal(store_add_run(s, &r, error, sizeof error), -1);
    assert_non_null(strstr(error, "already"));
    add(s, &twin); /* an error leaves the store usable */
    finish(s);
    assert_int_equal(query(*state, "SELECT count(*) FROM runs"), 2);
}

static void a_closed_store_is_one_plain_file(void **state)
{
    struct store *s = create(*state);
    struct run_record r = record("a", 0, false);
    add(s, &r);
    assert_int_equal(access(in_folder(*state, STORE_FILE "-wal"), F_OK), 0);
    finish(s);
    assert_int_not_equal(access(in_folder(*state, STORE_FILE "-wal"), F_OK), 0);
    assert_int_not_equal(access(in_folder(*state, STORE_FILE "-shm"), F_OK), 0);
}

static void results_can_be_read_while_a_sweep_adds_to_them(void **state)
{
    struct store *s = create(*state);
    struct run_record r = record("a", 0, false), next = record("a", 1, false);
    add(s, &r);
    struct result_set results;
    load(*state, &results);
    assert_int_equal(results.run_count, 1);
    result_set_free(&results);
    add(s, &next);
    finish(s);
}

/* ---- Killed ---- */

/* Adds runs until it is killed, and says each one on the pipe. */
static void add_for_ever(const char *folder, int say)
{
    struct store *s;
    if (store_create(folder, "{}", "{}", &s, error, sizeof error) != 0)
        _exit(1);
    for (unsigned i = 0;; i++) {
        struct run_record r = record("killed", i, false);
        if (store_add_run(s, &r, error, sizeof error) != 0 || write(say, "+", 1) != 1)
            _exit(1);
    }
}

static void what_was_added_survives_kill_9(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        add_for_ever(*state, ends[1]);
    assert_true(child > 0);
    close(ends[1]);
    char said[1];
    size_t added = 0;
    while (added < 200 && read(ends[0], said, 1) == 1)
        added++;
    assert_int_equal(kill(child, SIGKILL), 0);
    waitpid(child, NULL, 0);
    while (read(ends[0], said, 1) == 1)
        added++;
    close(ends[0]);
    assert_true(added >= 200);

    struct store *s;
    if (store_open(*state, &s, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_int_equal(store_has_run(s, "killed", 199, false, error, sizeof error), 1);
    struct run_record r = record("after", 0, false);
    add(s, &r);
    finish(s);
    struct result_set results;
    load(*state, &results);
    assert_in_range(results.run_count, added + 1, added + 2); /* one may have been added and not said */
    result_set_free(&results);
}

/* ---- Refused ---- */

static void a_folder_that_holds_results_is_not_overwritten(void **state)
{
    struct store *s = create(*state), *other;
    finish(s);
    assert_int_equal(store_create(*state, "{}", "{}", &other, error, sizeof error), -1);
    assert_non_null(strstr(error, "--resume"));
}

static void a_folder_that_another_process_adds_to_is_refused(void **state)
{
    struct store *s = create(*state), *other;
    assert_int_equal(store_open(*state, &other, error, sizeof error), -1);
    assert_non_null(strstr(error, "locked by another process"));
    finish(s);
    assert_int_equal(store_open(*state, &other, error, sizeof error), 0);
    finish(other);
}

static void refuses(const char *folder, const char *named)
{
    struct result_set results;
    struct store *s;
    error[0] = '\0';
    assert_int_equal(store_load(folder, &results, error, sizeof error), -1);
    if (!strstr(error, named) || !strstr(error, folder) || strchr(error, '\n'))
        fail_msg("'%s' does not say '%s'", error, named);
    assert_int_equal(store_open(folder, &s, error, sizeof error), -1);
    assert_non_null(strstr(error, named));
}

static void a_folder_without_results_is_refused(void **state)
{
    refuses(*state, "holds no results");
}

static void a_folder_that_is_not_there_is_refused(void **state)
{
    (void)state;
    struct result_set results;
    struct store *s;
    assert_int_equal(store_load("/nowhere/at/all", &results, error, sizeof error), -1);
    assert_int_equal(store_create("/nowhere/at/all", "{}", "{}", &s, error, sizeof error), -1);
    assert_non_null(strstr(error, "/nowhere/at/all"));
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    file_write(in_folder(*state, STORE_FILE),
               "These are no results, but it is long enough to be looked at closely.\n"
               "There is another line, too, and then a third one.\n",
               0644);
    refuses(*state, "not a results file");
}

static void a_database_of_something_else_is_refused(void **state)
{
    execute(*state, "CREATE TABLE runs (a)");
    refuses(*state, "not a results file");
}

static void another_schema_version_is_refused_with_both_numbers(void **state)
{
    finish(create(*state));
    execute(*state, "PRAGMA user_version = 99");
    refuses(*state, "schema version 99; this gcsweep reads versions 2 to 4");
}

/* A store as schema 3 wrote it: each run's record as JSON in one blob. */
static void write_schema_3(const char *folder, const struct run_record *r)
{
    char json[65536], packed[65536];
    sqlite3 *db;
    sqlite3_stmt *insert;
    size_t length = record_write(r, json, sizeof json);
    size_t size = ZSTD_compress(packed, sizeof packed, json, length, 3);
    assert_true(length < sizeof json && !ZSTD_isError(size));
    assert_int_equal(sqlite3_open(in_folder(folder, STORE_FILE), &db), SQLITE_OK);
    const char *sql = "PRAGMA application_id = 0x67637377; PRAGMA user_version = 3;"
                      "CREATE TABLE facts (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;"
                      "INSERT INTO facts VALUES ('plan', '{\"rounds\": 6}'), ('environment', '{}');"
                      "CREATE TABLE runs (id INTEGER PRIMARY KEY, configuration TEXT, round INTEGER, twin INTEGER, "
                      "record BLOB NOT NULL, UNIQUE (configuration, round, twin))";
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "INSERT INTO runs VALUES (1, 'a', 0, 0, ?)", -1, &insert, NULL), SQLITE_OK);
    sqlite3_bind_blob(insert, 1, packed, (int)size, SQLITE_STATIC);
    assert_int_equal(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_finalize(insert);
    sqlite3_close(db);
}

static void an_older_schema_version_is_read_but_gets_no_runs(void **state)
{
    struct record_utilization mmu[] = {{1000000, 0.25}, {10000000, 0.5}};
    struct record_bucket bucket[] = {{1000, 7}, {2000, 1}};
    struct run_record r = record("a", 0, false);
    struct store *s;
    r.wall_ns = 5000;
    r.pause_count = 8;
    r.pauses[1] = (struct record_histogram){2, bucket};
    r.mmu = mmu;
    r.mmu_count = 2;
    write_schema_3(*state, &r);
    struct result_set results;
    load(*state, &results);
    assert_int_equal(results.run_count, 1);
    assert_string_equal(results.plan, "{\"rounds\": 6}");
    const struct run_record *back = &results.runs[0];
    assert_int_equal(back->wall_ns, 5000);
    assert_true(back->mmu_10ms > 0.4999 && back->mmu_10ms < 0.5001); /* a scalar that it did not have */
    assert_int_equal(back->gen1_pause_max_ns, 2000);
    assert_int_equal(back->mmu_count, 0);
    struct whole_run whole;
    assert_int_equal(whole_run_read(&results, back, &whole), 0);
    assert_int_equal(whole.run->mmu_count, 2);
    assert_int_equal(whole.run->pauses[1].bucket[0].count, 7);
    whole_run_free(&whole);
    result_set_free(&results);
    assert_int_equal(store_open(*state, &s, error, sizeof error), -1);
    assert_non_null(strstr(error, "has schema version 3, which this gcsweep reads but adds no runs to"));
}

static void a_file_that_was_cut_off_is_refused(void **state)
{
    struct store *s = create(*state);
    for (unsigned i = 0; i < 100; i++) {
        struct run_record r = record("a", i, false);
        add(s, &r);
    }
    finish(s);
    struct stat status;
    const char *path = in_folder(*state, STORE_FILE);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(truncate(path, status.st_size / 2), 0);
    refuses(*state, "damaged or cut off");
}

static void lists_that_were_tampered_with_are_refused_with_their_run(void **state)
{
    static const char *const deeds[] = {"UPDATE lists SET packed = x'28b52ffd0102030405'",
                                        "UPDATE lists SET packed = 7",
                                        "UPDATE lists SET packed = x'28b52ffd60ffff0100'", "DELETE FROM lists"};
    struct store *s = create(*state);
    struct run_record r = record("a", 0, false);
    add(s, &r);
    finish(s);
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        struct result_set results;
        struct whole_run whole;
        execute(*state, deeds[i]);
        load(*state, &results); /* its scalars are whole */
        assert_int_equal(whole_run_read(&results, &results.runs[0], &whole), -1);
        assert_non_null(strstr(result_set_error(&results), "run 1: its "));
        assert_non_null(strstr(result_set_error(&results), *state));
        result_set_free(&results);
    }
}

static void an_empty_file_left_by_a_killed_process_is_no_obstacle(void **state)
{
    file_write(in_folder(*state, STORE_FILE), "", 0644);
    finish(create(*state));
}

/* A limit on the size of files stands for a full disk. */
static void a_full_disk_is_said_and_what_was_added_stays(void **state)
{
    pid_t child = fork();
    if (child == 0) {
        struct store *s;
        signal(SIGXFSZ, SIG_IGN);
        if (store_create(*state, "{}", "{}", &s, error, sizeof error) != 0)
            _exit(1);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){200000, 200000});
        for (unsigned i = 0; i < 10000; i++) {
            struct run_record r = record("full", i, false);
            if (store_add_run(s, &r, error, sizeof error) != 0)
                _exit(i > 5 && strstr(error, *state) && !strchr(error, '\n') ? 42 : 2);
        }
        _exit(3);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
    struct result_set results;
    load(*state, &results);
    assert_true(results.run_count > 5);
    result_set_free(&results);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_run_comes_back_as_it_was_stored),
        TEST(columns_hold_the_scalars_and_null_for_what_is_unknown),
        TEST(every_field_of_the_record_is_a_column),
        TEST(runs_come_back_in_the_order_they_ended),
        TEST(a_run_is_held_once),
        TEST(a_closed_store_is_one_plain_file),
        TEST(results_can_be_read_while_a_sweep_adds_to_them),
        TEST(what_was_added_survives_kill_9),
        TEST(a_folder_that_holds_results_is_not_overwritten),
        TEST(a_folder_that_another_process_adds_to_is_refused),
        TEST(a_folder_without_results_is_refused),
        TEST(a_folder_that_is_not_there_is_refused),
        TEST(a_file_that_is_no_database_is_refused),
        TEST(a_database_of_something_else_is_refused),
        TEST(another_schema_version_is_refused_with_both_numbers),
        TEST(an_older_schema_version_is_read_but_gets_no_runs),
        TEST(a_file_that_was_cut_off_is_refused),
        TEST(lists_that_were_tampered_with_are_refused_with_their_run),
        TEST(an_empty_file_left_by_a_killed_process_is_no_obstacle),
        TEST(a_full_disk_is_said_and_what_was_added_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
