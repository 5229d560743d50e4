/* test_tools.c - the programs that gcsweep starts for pictures and second opinions: missing, failing, silent, talking
 * nonsense, hanging. Ours say so in one line, and the results stay. */
#include "tests/faults/small_sweep.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/host.h"

/* A folder in which alone programs are looked for: `name` is this shell script there; NULL: there is nothing. */
static void use_tool(const struct bench *b, const char *name, const char *script)
{
    char folder[PATH_MAX], text[1024];
    snprintf(folder, sizeof folder, "%s/tools", b->folder);
    mkdir(folder, 0700);
    unlink(in_folder(folder, name));
    if (script) {
        snprintf(text, sizeof text, "#!/bin/sh\nPATH=/usr/bin:/bin\n%s\n", script);
        file_write(in_folder(folder, name), text, 0755);
    }
    setenv("PATH", folder, 1);
}

static char former_path[4096];

static int open_tools(void **state)
{
    snprintf(former_path, sizeof former_path, "%s", getenv("PATH"));
    return bench_open(state);
}

static int close_tools(void **state)
{
    setenv("PATH", former_path, 1);
    return bench_close(state);
}

/* What others wrote reaches a terminal without control characters. */
static void is_plain(const char *text, const char *when)
{
    for (const char *s = text; *s; s++)
        if ((unsigned char)*s < ' ' && *s != '\n' && *s != '\t')
            fail_msg("%s: character %d in '%s'", when, *s, text);
}

static void results_are_whole(const struct bench *b, const char *when)
{
    struct runs given = runs_of(b->whole, false);
    are_the_same(&b->expected, &given, when);
    runs_free(&given);
}

/* ---- gnuplot ---- */

static void holds_no_pictures(const char *folder, const char *when)
{
    DIR *open = opendir(folder);
    struct dirent *entry;
    assert_non_null(open);
    while ((entry = readdir(open)))
        if (strstr(entry->d_name, ".svg") || strstr(entry->d_name, ".png"))
            fail_msg("%s: %s was left behind", when, entry->d_name);
    closedir(open);
}

static void a_report_without_pictures(const struct bench *b, const char *script, const char *said)
{
    struct command c;
    const char *when = script ? script : "no gnuplot";
    use_tool(b, "gnuplot", script);
    GCSWEEP(&c, "report", b->whole);
    says_one_line(&c, 1, when);
    is_plain(c.error, when);
    if (!strstr(c.error, "pictures are missing from the report") || !strstr(c.error, said))
        fail_msg("%s: '%s' does not say '%s'", when, c.error, said);
    assert_non_null(strstr(c.out, "report.html")); /* the table is there */
    assert_int_equal(access(in_folder(b->whole, "report.html"), R_OK), 0);
    holds_no_pictures(in_folder(b->whole, "plots"), when);
    results_are_whole(b, when);
}

static void a_report_is_written_whatever_gnuplot_does(void **state)
{
    static const struct {
        const char *script, *said;
    } rows[] = {
        {NULL, "gnuplot was not found: install the package gnuplot-nox"},
        {"echo 'plot \033[31m x' >&2; echo '  ^' >&2; echo 'line 3: bad \033]0;title\007' >&2; exit 1", "line 3: bad"},
        {"kill -9 $$", "failed"},
        {"exit 0", "wrote no picture"},
        {"shift 4; head -c 100000 /dev/urandom > \"$1\"", "wrote no picture"},
        {"shift 4; rm -f \"$1\"", "wrote no picture"},
        {"head -c 3000000 /dev/zero >&2; exit 3", "failed"},
        {"head -c 3000000 /dev/zero; exit 3", "failed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        a_report_without_pictures(*state, rows[i].script, rows[i].said);
}

/* Half a minute, once: not one for each picture. */
static void a_gnuplot_that_hangs_is_waited_for_once(void **state)
{
    if (!all_faults())
        skip();
    uint64_t start = host_now_ns();
    a_report_without_pictures(*state, "exec sleep 1000", "not done after 30 s");
    assert_true(host_now_ns() - start < UINT64_C(60000000000));
}

/* A program that was copied without its plots folder. */
static void a_report_without_its_style_is_whole_and_says_so(void **state)
{
    const struct bench *b = *state;
    struct command c;
    const char *alone = in_folder(b->folder, "gcsweep");
    command_run(&c, "/bin/cp", (const char *const[]){built("gcsweep"), alone, NULL});
    assert_int_equal(c.status, 0);
    command_run(&c, alone, (const char *const[]){"report", "--no-pictures", b->whole, NULL});
    assert_int_equal(c.status, 1);
    assert_int_equal(line_count(c.error), 1);
    assert_non_null(strstr(c.error, "the page's style is missing from the report: the plots folder was not found"));
    command_run(&c, "/usr/bin/tail", (const char *const[]){"-n", "1", in_folder(b->whole, "report.html"), NULL});
    assert_string_equal(c.out, "</html>\n");
    results_are_whole(b, "no style");
}

/* ---- hyperfine ---- */

/* Whatever the times: the default pauses for longer than that, who never collects does not, so that there is something
 * to compare. */
#define ADVICE "--with-disabled", "--max-pause", "1us", "--hyperfine"

static void advice_is_given_whatever_hyperfine_does(void **state)
{
    static const struct {
        const char *script, *said;
    } rows[] = {
        {"echo 'no \033[31m way' >&2; exit 1", "hyperfine: no ?[31m way"},
        {"kill -9 $$", "signal 9"},
        {"exit 0", "hyperfine.json"},
        {"for a; do case $a in --export-json=*) echo '{\"results\": [' > ${a#*=};; esac; done", "hyperfine.json"},
        {"for a; do case $a in --export-json=*) head -c 9999 /dev/urandom > ${a#*=};; esac; done", "hyperfine.json"},
        {"for a; do case $a in --export-json=*) rm ${a#*=};; esac; done", "hyperfine.json"},
    };
    static const char *const known[] = {STORE_FILE, "hyperfine.json", NULL};
    struct bench *b = *state;
    struct command c;
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", in_folder(b->folder, "advised"));
    GCSWEEP(&c, "sweep", "--workload", "chain", "--scale", "0.002", "--tuning", "700,10,10", "--tuning", "disabled",
            "--rounds", "6", "--seed", "5", "--out", folder);
    must_end_with(&c, 0, "undisturbed");
    struct runs expected = runs_of(folder, true);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unlink(in_folder(folder, "hyperfine.json"));
        use_tool(b, "hyperfine", rows[i].script);
        GCSWEEP(&c, "recommend", folder, ADVICE);
        assert_true(c.status == 0 || c.status == 1);
        is_plain(c.error, rows[i].script);
        if (!strstr(c.error, rows[i].said))
            fail_msg("%s: '%s' does not say '%s'", rows[i].script, c.error, rows[i].said);
        assert_int_equal(line_count(c.error), 2); /* that it was started, and how it went */
        assert_non_null(strstr(c.out, "gc.disable()"));
        holds_nothing_but(folder, known, rows[i].script);
        struct runs given = runs_of(folder, true);
        are_the_same(&expected, &given, rows[i].script);
        runs_free(&given);
    }
    runs_free(&expected);
}

static void a_kill_while_hyperfine_runs_leaves_the_former_figures(void **state)
{
    struct bench *b = *state;
    struct command c, kept;
    const char *folder = in_folder(b->folder, "killed"), *json = in_folder(folder, "hyperfine.json");
    GCSWEEP(&c, "sweep", "--workload", "chain", "--scale", "0.002", "--tuning", "700,10,10", "--tuning", "disabled",
            "--rounds", "6", "--out", folder);
    must_end_with(&c, 0, "undisturbed");
    file_write(json, "the former ones", 0644);
    use_tool(b, "hyperfine",
             "for a; do case $a in --export-json=*) echo half > ${a#*=};; esac; done; kill -9 $PPID; sleep 1");
    GCSWEEP(&c, "recommend", folder, ADVICE);
    assert_true(c.status != 0);
    read_back(open(json, O_RDONLY), kept.out);
    assert_string_equal(kept.out, "the former ones");
    DIR *open = opendir(folder);
    size_t left = 0;
    for (struct dirent *entry; (entry = readdir(open)) != NULL;)
        if (strncmp(entry->d_name, ".hyperfine.json.", 16) == 0)
            left++;
        else if (entry->d_name[0] != '.' && strcmp(entry->d_name, STORE_FILE) != 0 &&
                 strcmp(entry->d_name, "hyperfine.json") != 0)
            fail_msg("%s was left behind", entry->d_name);
    closedir(open);
    assert_int_equal(left, 1);
}

/* ---- Graphviz ---- */

static void a_picture_of_a_heap_is_whole_or_not_there(void **state)
{
    static const struct {
        const char *script, *said;
        int status;
    } rows[] = {
        {NULL, "install the package graphviz", 2},
        {"exit 1", "dot could not draw the graph", 1},
        {"kill -9 $$", "dot could not draw the graph", 1},
        {"exit 0", "dot wrote nothing", 1},
        {"cat > /dev/null; head -c 5000 /dev/urandom", "dot wrote something else than a picture", 1},
        {"exec sleep 1000", "dot was not done after 60 s", 1},
    };
    struct bench *b = *state;
    const char *script = in_folder(b->folder, "pair.heap"), *svg = in_folder(b->folder, "pair.svg");
    file_write(script, "x = list 1\nx[0] = x\n", 0600);
    for (size_t i = 0; i < sizeof rows / sizeof *rows - !all_faults(); i++) {
        struct command c;
        const char *when = rows[i].script ? rows[i].script : "no dot";
        use_tool(b, "dot", rows[i].script);
        file_write(svg, "the former one", 0600);
        GCSWEEP(&c, "graph", script, "--svg", "--out", svg);
        says_one_line(&c, rows[i].status, when);
        if (!strstr(c.error, rows[i].said))
            fail_msg("%s: '%s' does not say '%s'", when, c.error, rows[i].said);
        struct command kept = {.out = ""};
        read_back(open(svg, O_RDONLY), kept.out);
        assert_string_equal(kept.out, "the former one");
        GCSWEEP(&c, "graph", script, "--svg");
        assert_string_equal(c.out, "");
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_tools, close_tools)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_report_is_written_whatever_gnuplot_does),
        TEST(a_gnuplot_that_hangs_is_waited_for_once),
        TEST(a_report_without_its_style_is_whole_and_says_so),
        TEST(advice_is_given_whatever_hyperfine_does),
        TEST(a_kill_while_hyperfine_runs_leaves_the_former_figures),
        TEST(a_picture_of_a_heap_is_whole_or_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
