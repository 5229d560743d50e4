/* test_links.c - results folders with links out of them: nothing is written through one; temporary files are nobody
 * else's. */
#include "tests/faults/small_sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file and a folder outside of the results, which must stay as they are. */
struct outside {
    char file[PATH_MAX], folder[PATH_MAX];
};

static struct outside make_outside(const struct bench *b)
{
    struct outside o;
    snprintf(o.file, sizeof o.file, "%s", in_folder(b->folder, "precious"));
    snprintf(o.folder, sizeof o.folder, "%s", in_folder(b->folder, "elsewhere"));
    file_write(o.file, "precious", 0600);
    mkdir(o.folder, 0700);
    return o;
}

static void is_untouched(const struct outside *o, const char *when)
{
    char text[COMMAND_TEXT];
    read_back(open(o->file, O_RDONLY), text);
    if (strcmp(text, "precious") != 0)
        fail_msg("%s: the file outside was written to", when);
    holds_nothing_but(o->folder, (const char *const[]){NULL}, when);
}

static void link_in(const struct bench *b, const char *name, const char *to)
{
    const char *path = in_folder(b->whole, name);
    unlink(path);
    assert_int_equal(symlink(to, path), 0);
}

static void a_reports_files_replace_links_and_do_not_follow_them(void **state)
{
    static const char *const names[] = {"report.html", "report.md", "summary.csv", "results.json"};
    struct bench *b = *state;
    struct outside o = make_outside(b);
    struct command c;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        link_in(b, names[i], o.file);
    GCSWEEP(&c, "report", "--no-pictures", b->whole);
    must_end_with(&c, 0, "links in place of the report");
    is_untouched(&o, "links in place of the report");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct stat status;
        assert_int_equal(lstat(in_folder(b->whole, names[i]), &status), 0);
        assert_true(S_ISREG(status.st_mode));
    }
}

static void pictures_are_not_drawn_through_a_link(void **state)
{
    struct bench *b = *state;
    struct outside o = make_outside(b);
    struct command c;
    link_in(b, "plots", o.folder);
    GCSWEEP(&c, "report", b->whole);
    says_one_line(&c, 2, "a link in place of plots");
    assert_non_null(strstr(c.error, "plots: a link, which is not followed out of the folder"));
    is_untouched(&o, "a link in place of plots");
}

static void a_confirmation_is_not_kept_through_a_link(void **state)
{
    struct bench *b = *state;
    struct outside o = make_outside(b);
    struct command c;
    link_in(b, "confirm", o.folder);
    link_in(b, "hyperfine.json.new", o.file);
    GCSWEEP(&c, "recommend", b->whole, "--confirm", "--hyperfine");
    is_untouched(&o, "a link in place of confirm");
}

/* One that an earlier confirmation has filled, so that there is something to go on with. */
static void a_confirmation_does_not_go_on_through_a_link(void **state)
{
    struct bench *b = *state;
    struct command c;
    const char *results = in_folder(b->folder, "six"), *own = in_folder(results, "confirm"),
               *moved = in_folder(b->folder, "moved");
    GCSWEEP(&c, "sweep", "--out", results, "--workload", "chain", "--scale", "0.01", "--tuning", "700,10,10",
            "--tuning", "disabled", "--rounds", "6");
    must_end_with(&c, 0, "a sweep to confirm");
#define CONFIRM "recommend", results, "--max-pause", "1us", "--with-disabled", "--confirm", "--rounds", "10"
    GCSWEEP(&c, CONFIRM);
    if (access(built("gcsweep-worker-cpython"), X_OK) != 0) {
        print_message("no worker for the real CPython\n");
        skip();
    }
    assert_int_equal(access(own, F_OK), 0);
    assert_int_equal(rename(own, moved), 0);
    assert_int_equal(symlink(moved, own), 0);
    unlink(in_folder(moved, "hyperfine.json"));
    struct runs before = runs_of(moved, true);
    GCSWEEP(&c, CONFIRM);
    says_one_line(&c, 2, "a link to another confirmation");
    assert_non_null(strstr(c.error, "confirm: a link, which is not followed out of the folder"));
    struct runs after = runs_of(moved, true);
    are_the_same(&before, &after, "a link to another confirmation");
    assert_int_equal(access(in_folder(moved, "hyperfine.json"), F_OK), -1);
    runs_free(&before);
    runs_free(&after);
}

/* What lies in the place of hyperfine's figures is read only if it is a plain file, and no endless one. */
static void only_a_plain_file_is_read_as_hyperfines(void **state)
{
    static const char *const said[] = {"no plain file", "a link, which is not followed", "no plain file",
                                       "larger than 16 MiB"};
    struct bench *b = *state;
    struct outside o = make_outside(b);
    const char *path = in_folder(b->whole, "hyperfine.json"), *page = in_folder(b->whole, "report.md");
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct command c;
        char text[COMMAND_TEXT];
        remove(path);
        int made = i == 0   ? mkfifo(path, 0600)
                   : i == 1 ? symlink(o.file, path)
                   : i == 2 ? mkdir(path, 0700)
                            : truncate((file_write(path, "", 0600), path), (16 << 20) + 1);
        assert_int_equal(made, 0);
        command_run(&c, "/usr/bin/timeout",
                    (const char *const[]){"60", built("gcsweep"), "report", "--no-pictures", b->whole,
                                          NULL}); /* a pipe waits */
        must_end_with(&c, 0, said[i]);
        read_back(open(page, O_RDONLY), text);
        if (!strstr(text, said[i]))
            fail_msg("the report does not say '%s'", said[i]);
    }
    is_untouched(&o, "a link in place of hyperfine's figures");
}

static void a_store_that_is_a_link_is_refused(void **state)
{
    static const char *const commands[][5] = {
        {"report"}, {"sweep", "--resume", "--out"}, {"export", "--format", "csv"}};
    struct bench *b = *state;
    struct outside o = make_outside(b);
    struct command c;
    char moved[PATH_MAX];
    snprintf(moved, sizeof moved, "%s", in_folder(b->folder, "moved.sqlite"));
    assert_int_equal(rename(in_folder(b->whole, STORE_FILE), moved), 0);
    link_in(b, STORE_FILE, moved);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        const char *words[8] = {0};
        size_t n = 0;
        for (; commands[i][n]; n++)
            words[n] = commands[i][n];
        words[n] = b->whole;
        command_run(&c, built("gcsweep"), words);
        says_one_line(&c, 2, words[0]);
        assert_non_null(strstr(c.error, "a link, which is not followed out of the folder"));
    }
    /* One that leads to nothing yet. */
    link_in(b, STORE_FILE, in_folder(o.folder, STORE_FILE));
    GCSWEEP(&c, SMALL_SWEEP, b->whole);
    says_one_line(&c, 2, "a new sweep through a link");
    is_untouched(&o, "a new sweep through a link");
}

static void the_files_beside_a_store_are_not_written_through_links(void **state)
{
    static const char *const names[] = {STORE_FILE "-wal", STORE_FILE "-shm", STORE_FILE "-journal",
                                        "." STORE_FILE ".new", "." STORE_FILE ".new-journal"};
    struct bench *b = *state;
    struct outside o = make_outside(b);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct command c;
        char fresh[PATH_MAX];
        link_in(b, names[i], o.file);
        GCSWEEP(&c, "sweep", "--resume", "--out", b->whole, "--rounds", "4");
        is_untouched(&o, names[i]);
        GCSWEEP(&c, "report", "--no-pictures", b->whole);
        is_untouched(&o, names[i]);
        unlink(in_folder(b->whole, names[i]));
        snprintf(fresh, sizeof fresh, "%s/fresh%zu", b->folder, i);
        assert_int_equal(mkdir(fresh, 0700), 0);
        assert_int_equal(symlink(o.file, in_folder(fresh, names[i])), 0);
        GCSWEEP(&c, SMALL_SWEEP, fresh);
        is_untouched(&o, names[i]);
    }
    struct runs given = runs_of(b->whole, false);
    nothing_is_lost(&b->expected, &given, "links beside the store");
    runs_free(&given);
}

static void a_merge_is_not_written_through_links(void **state)
{
    struct bench *b = *state;
    struct outside o = make_outside(b);
    struct command c;
    char shard[2][PATH_MAX], out[PATH_MAX];
    for (int i = 0; i < 2; i++) {
        snprintf(shard[i], PATH_MAX, "%s/shard%d", b->folder, i);
        GCSWEEP(&c, SMALL_SWEEP, shard[i], "--shard", i == 0 ? "1/2" : "2/2");
    }
    snprintf(out, sizeof out, "%s", in_folder(b->folder, "merged"));
    assert_int_equal(mkdir(out, 0700), 0);
    assert_int_equal(symlink(o.folder, in_folder(out, ".merging")), 0);
    GCSWEEP(&c, "merge", shard[0], shard[1], "--out", out);
    says_one_line(&c, 2, "a link in place of .merging");
    is_untouched(&o, "a link in place of .merging");
}

/* A results folder may itself be a link: that is where its user wants it. */
static void a_results_folder_may_be_a_link(void **state)
{
    struct bench *b = *state;
    struct command c;
    const char *link = in_folder(b->folder, "link");
    assert_int_equal(symlink(b->whole, link), 0);
    GCSWEEP(&c, "sweep", "--resume", "--out", link);
    must_end_with(&c, 0, "a linked folder");
    GCSWEEP(&c, "report", "--no-pictures", link);
    must_end_with(&c, 0, "a linked folder");
}

/* gnuplot runs what follows a < or a | at the beginning of a file's name. */
static void a_folders_name_is_no_command(void **state)
{
    static const char *const names[] = {"<touch pwned;",   "|touch pwned;", "`touch pwned`", "$(touch pwned)", "-e",
                                        "'\"; touch pwned"};
    struct bench *b = *state;
    char here[PATH_MAX], program[PATH_MAX];
    assert_non_null(getcwd(here, sizeof here));
    snprintf(program, sizeof program, "%s", built("gcsweep"));
    assert_int_equal(chdir(b->folder), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct command c;
        command_run(&c, program, (const char *const[]){SMALL_SWEEP, names[i], NULL});
        must_end_with(&c, 0, names[i]);
        command_run(&c, program, (const char *const[]){"report", "--", names[i], NULL});
        if (c.status > 1) /* without gnuplot 1: pictures are missing */
            fail_msg("%s: exit status %d: %s", names[i], c.status, c.error);
        assert_int_equal(access("pwned", F_OK), -1);
    }
    assert_int_equal(chdir(here), 0);
}

/* ---- Temporary files ---- */

/* What is new in the results while a report is written belongs to its writer alone: a gnuplot that looks. */
static void temporary_files_are_private(void **state)
{
    struct bench *b = *state;
    struct command c;
    char text[1024], listing[COMMAND_TEXT], path[4096];
    const char *tools = in_folder(b->folder, "tools");
    mkdir(tools, 0700);
    snprintf(path, sizeof path, "%s:%s", tools, getenv("PATH"));
    snprintf(text, sizeof text, "#!/bin/sh\nshift 4\nstat -c '%%a %%n' \"$1\" >> %s/listing\nexit 1\n", b->folder);
    file_write(in_folder(tools, "gnuplot"), text, 0755);
    char *before = strdup(getenv("PATH"));
    setenv("PATH", path, 1);
    GCSWEEP(&c, "report", b->whole);
    setenv("PATH", before, 1);
    free(before);
    read_back(open(in_folder(b->folder, "listing"), O_RDONLY), listing);
    assert_true(line_count(listing) > 0);
    for (char *line = strtok(listing, "\n"); line; line = strtok(NULL, "\n"))
        if (strncmp(line, "600 ", 4) != 0)
            fail_msg("others may read or write %s", line);
}

/* The files that stay are as the user's umask says. */
static void a_report_is_as_readable_as_its_user_wants(void **state)
{
    struct bench *b = *state;
    struct command c;
    for (int i = 0; i < 2; i++) {
        mode_t before = umask(i == 0 ? 077 : 022);
        GCSWEEP(&c, "report", "--no-pictures", b->whole);
        umask(before);
        struct stat status;
        assert_int_equal(stat(in_folder(b->whole, "report.html"), &status), 0);
        assert_int_equal(status.st_mode & 0777, i == 0 ? 0600 : 0644);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_reports_files_replace_links_and_do_not_follow_them),
        TEST(pictures_are_not_drawn_through_a_link),
        TEST(a_confirmation_is_not_kept_through_a_link),
        TEST(a_confirmation_does_not_go_on_through_a_link),
        TEST(only_a_plain_file_is_read_as_hyperfines),
        TEST(a_store_that_is_a_link_is_refused),
        TEST(the_files_beside_a_store_are_not_written_through_links),
        TEST(a_merge_is_not_written_through_links),
        TEST(a_results_folder_may_be_a_link),
        TEST(a_folders_name_is_no_command),
        TEST(temporary_files_are_private),
        TEST(a_report_is_as_readable_as_its_user_wants),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
