/* test_completion.c - what a shell offers: every row, option and command, and through the shells themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "allocators/allocator.h"
#include "core/collectors/collector.h"
#include "harness/cli/argp_rows.h"
#include "harness/cli/choices.h"
#include "harness/cli/cli.h"
#include "harness/cli/completion.h"
#include "harness/cli/list_rows.h"
#include "harness/exporters/exporter.h"
#include "harness/store/store.h"
#include "harness/sweep/runtimes.h"
#include "harness/worker/tunings/tuning.h"
#include "tests/command.h"
#include "workloads/workload.h"

/* ---- Asking ---- */

static char offered[COMMAND_TEXT];

#define OFFER(...) offer((const char *const[]){__VA_ARGS__, NULL})

/* Keeps the candidates as lines, each behind and before a line feed. */
static void offer(const char *const *words)
{
    char *text = NULL;
    size_t size = 0;
    int count = 0;
    while (words[count])
        count++;
    FILE *f = open_memstream(&text, &size);
    assert_non_null(f);
    completion_write(count, words, f);
    fclose(f);
    strcpy(offered, "\n");
    for (char *line = text; *line; line += strcspn(line, "\n") + 1)
        sprintf(offered + strlen(offered), "%.*s\n", (int)strcspn(line, "\t\n"), line);
    free(text);
}

static bool is_offered(const char *word)
{
    char line[8192];
    snprintf(line, sizeof line, "\n%s\n", word);
    return strstr(offered, line) != NULL;
}

static size_t offered_count(void)
{
    return line_count(offered) - 1;
}

/* ---- Rows ---- */

static void every_command_and_every_option_is_offered(void **state)
{
    (void)state;
    for (unsigned i = 0; i < cli_command_count; i++) {
        struct argp_row rows[ARGP_ROWS_MOST];
        size_t count = argp_rows(cli_commands[i].argp, rows);
        OFFER("");
        assert_true(is_offered(cli_commands[i].name));
        OFFER(cli_commands[i].name, "--");
        for (size_t k = 0; k < count; k++) {
            char option[64];
            snprintf(option, sizeof option, "--%s", rows[k].option->name ? rows[k].option->name : "help");
            assert_true(is_offered(option));
        }
    }
}

static void every_row_is_offered_where_it_can_be_given(void **state)
{
    (void)state;
    for (size_t i = 0; i < workload_count; i++) {
        OFFER("run", "");
        assert_true(is_offered(workloads[i]->name));
        OFFER("sweep", "--workload", workloads[i]->name);
        assert_true(is_offered(workloads[i]->name));
    }
    OFFER("run", "chain", "--allocator", "");
    for (size_t i = 0; i < allocator_count; i++)
        assert_true(is_offered(allocators[i]->name));
    for (size_t i = 0; i < pool_row_count; i++)
        assert_true(is_offered(pool_rows[i].name));
    OFFER("run", "--collector", "");
    for (size_t i = 0; i < collector_count; i++)
        assert_true(is_offered(collectors[i]->name));
    OFFER("run", "--tuning", "");
    for (size_t i = 0; i < tuning_count; i++)
        assert_true(is_offered(tunings[i]->example));
    OFFER("script", "--runtime", "");
    for (size_t i = 0; i < runtime_row_count; i++)
        assert_true(is_offered(runtime_rows[i].name));
    OFFER("export", "--format", "");
    for (size_t i = 0; i < exporter_count; i++)
        assert_true(is_offered(exporters[i]->name));
    OFFER("list", "");
    for (size_t i = 0; list_rows[i].name; i++)
        assert_true(is_offered(list_rows[i].name));
}

/* Numbers, times, sizes, shares and words that a person makes up. */
static bool is_free(const char *argument)
{
    static const char *const free_ones[] = {"N",  "X",  "LIST", "TIME", "SIZE", "SHARE",
                                            "P%", "X%", "K/N",  "LINE", "WORDS"};
    for (size_t i = 0; i < sizeof free_ones / sizeof free_ones[0]; i++)
        if (strcmp(argument, free_ones[i]) == 0)
            return true;
    return false;
}

static void every_option_that_takes_a_name_or_a_path_has_values(void **state)
{
    (void)state;
    for (unsigned i = 0; i < cli_command_count; i++) {
        struct argp_row rows[ARGP_ROWS_MOST];
        size_t count = argp_rows(cli_commands[i].argp, rows);
        for (size_t k = 0; k < count; k++) {
            const struct argp_option *o = rows[k].option;
            if (!o->name || !o->arg || is_free(o->arg))
                continue;
            if (!completion_find_values(&cli_commands[i], o->name, o->arg))
                fail_msg("gcsweep %s --%s=%s completes nothing", cli_commands[i].name, o->name, o->arg);
        }
    }
}

static void what_is_completed_is_taken(void **state)
{
    (void)state;
    struct command c;
    for (size_t i = 0; run_formats[i]; i++) {
        GCSWEEP(&c, "run", "nothing-of-that-name", "--format", run_formats[i]);
        assert_null(strstr(c.error, "--format"));
    }
    for (size_t i = 0; recommend_formats[i]; i++) {
        GCSWEEP(&c, "recommend", "/nowhere", "--format", recommend_formats[i]);
        assert_null(strstr(c.error, "--format"));
    }
    GCSWEEP(&c, "run", "chain", "--format", "xml");
    assert_int_equal(c.status, 2);
    assert_string_equal(c.error, "gcsweep run: --format: 'xml' is none of human, json\n");
}

/* ---- Forms of words ---- */

static void a_value_may_stand_in_the_word_of_its_option(void **state)
{
    (void)state;
    OFFER("run", "--allocator=jem");
    assert_string_equal(offered, "\n--allocator=jemalloc\n");
    OFFER("run", "--allocator=pymalloc+jem");
    assert_string_equal(offered, "\n--allocator=pymalloc+jemalloc\n");
    OFFER("run", "--allocator", "pymalloc+jemalloc@MALLOC_");
    assert_string_equal(offered, "\npymalloc+jemalloc@MALLOC_CONF=\n");
    OFFER("compare", "--measure", "wall,ga");
    assert_int_equal(offered_count(), 0);
    OFFER("compare", "--measure", "wall,g");
    assert_string_equal(offered, "\nwall,gc\n");
}

static void parameters_are_those_of_the_workload_on_the_line(void **state)
{
    (void)state;
    OFFER("run", "chain", "--param", "");
    assert_true(is_offered("total_objects="));
    assert_false(is_offered("stretch_depth="));
    size_t of_one = offered_count();
    OFFER("sweep", "--param", "");
    assert_true(is_offered("stretch_depth="));
    assert_true(offered_count() > of_one);
}

static void an_options_value_is_no_argument(void **state)
{
    (void)state;
    OFFER("run", "--seed", "5", "gcb");
    assert_string_equal(offered, "\ngcbench\n");
    OFFER("run", "gcbench", "gcb"); /* there is one workload */
    assert_int_equal(offered_count(), 0);
    OFFER("verify", "gcbench", "cha"); /* there may be many */
    assert_true(is_offered("chain"));
    OFFER("run", "--", "gcb");
    assert_string_equal(offered, "\ngcbench\n");
}

static void what_is_unknown_completes_nothing(void **state)
{
    (void)state;
    OFFER("no-such-command", "");
    assert_int_equal(offered_count(), 0);
    OFFER("run", "--no-such-option", "--also-none=");
    assert_int_equal(offered_count(), 0);
    OFFER("report", "/nowhere/at/all/");
    assert_int_equal(offered_count(), 0);
    struct command c;
    GCSWEEP(&c, "complete");
    assert_int_equal(c.status, 0);
}

/* ---- Paths ---- */

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = folder_make();
    if (!folder)
        return -1;
    static const char *const folders[] = {"runs", "runs/one", "runs/two words", "runs/empty", "other"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        mkdir(in_folder(folder, folders[i]), 0777);
    file_write(in_folder(folder, "runs/one/" STORE_FILE), "", 0666);
    file_write(in_folder(folder, "runs/two words/" STORE_FILE), "", 0666);
    file_write(in_folder(folder, "a.heap"), "", 0666);
    file_write(in_folder(folder, "a.json"), "", 0666);
    file_write(in_folder(folder, "line\nfeed.heap"), "", 0666);
    return 0;
}

static int drop_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static void folders_lead_to_results_and_files_have_their_ending(void **state)
{
    (void)state;
    char start[512];
    snprintf(start, sizeof start, "%s/", folder);
    OFFER("report", start);
    assert_true(is_offered(in_folder(folder, "runs/")));
    assert_int_equal(offered_count(), 1); /* no results below the other one */
    OFFER("report", in_folder(folder, "runs/"));
    assert_true(is_offered(in_folder(folder, "runs/one")));
    assert_true(is_offered(in_folder(folder, "runs/two words")));
    assert_int_equal(offered_count(), 2);
    OFFER("graph", start);
    assert_true(is_offered(in_folder(folder, "a.heap")));
    assert_false(is_offered(in_folder(folder, "a.json")));
    assert_int_equal(offered_count(), 3); /* two folders; a line feed in a name is left out */
    OFFER("sweep", "--plan", in_folder(folder, "a"));
    assert_string_equal(offered + 1 + strlen(folder), "/a.json\n");
    snprintf(start, sizeof start, "script:%s/a", folder);
    OFFER("run", start);
    assert_int_equal(offered_count(), 1);
    assert_non_null(strstr(offered, "/a.heap\n"));
}

/* ---- The shells ---- */

static bool has_shell(const char *shell)
{
    struct command c;
    command_run(&c, "/usr/bin/env", (const char *const[]){shell, "-c", "true", NULL});
    if (c.status != 0)
        print_message("skipped: %s is not installed\n", shell);
    return c.status == 0;
}

/* Runs a script of `shell` with gcsweep first in PATH, below the folder. */
static void in_shell(struct command *c, const char *shell, const char *script)
{
    char text[4 * PATH_MAX], program[PATH_MAX], share[PATH_MAX];
    if (!realpath(built("gcsweep"), program) || !realpath("share/completion", share))
        fail_msg("no program or no share/completion");
    *strrchr(program, '/') = '\0';
    snprintf(text, sizeof text, "PATH=%s:$PATH\nshare=%s\ncd %s\n%s", program, share, folder, script);
    if (strcmp(shell, "fish") == 0)
        snprintf(text, sizeof text, "set -x HOME %s\nset -x PATH %s $PATH\ncd %s\nsource %s/gcsweep.fish\n%s", folder,
                 program, folder, share, script);
    command_run(c, "/usr/bin/env", (const char *const[]){shell, "-c", text, NULL});
}

/* COMP_WORDS as bash cuts them. */
#define BASH_TRY                                                                                 \
    "source $share/gcsweep\n"                                                               \
    "try() { COMP_LINE=$1 COMP_POINT=${#1}; shift; COMP_WORDS=(\"$@\") COMP_CWORD=$(($# - 1))\n" \
    "_gcsweep gcsweep; printf '[%s]\\n' \"${COMPREPLY[@]}\"; }\n"

static void bash_offers_what_gcsweep_says(void **state)
{
    (void)state;
    struct command c;
    if (!has_shell("bash"))
        skip();
    in_shell(&c, "bash",
             BASH_TRY "try 'gcsweep recom' gcsweep recom\n"
                      "try 'gcsweep run --allocator=jem' gcsweep run --allocator = jem\n"
                      "try 'gcsweep run --allocator jemalloc@' gcsweep run --allocator jemalloc @\n"
                      "try 'gcsweep run script:a.h' gcsweep run script : a.h\n"
                      "try 'gcsweep report runs/tw' gcsweep report runs/tw\n"
                      "try 'gcsweep report runs/two\\ w' gcsweep report 'runs/two\\ w'\n"
                      "try 'gcsweep report \"runs/two w' gcsweep report '\"runs/two w'\n");
    assert_string_equal(c.error, "");
    assert_string_equal(c.out, "[recommend]\n[jemalloc]\n[MALLOC_CONF=]\n[a.heap]\n[runs/two\\ words]\n"
                               "[runs/two\\ words]\n[runs/two words]\n");
}

static void bash_runs_nothing_that_a_file_name_says(void **state)
{
    (void)state;
    struct command c;
    if (!has_shell("bash"))
        skip();
    file_write(in_folder(folder, "$(touch oops).heap"), "", 0666);
    in_shell(&c, "bash", BASH_TRY "try 'gcsweep graph \\$' gcsweep graph '\\$'; eval \"echo ${COMPREPLY[0]}\"\n");
    unlink(in_folder(folder, "$(touch oops).heap"));
    assert_string_equal(c.out, "[\\$\\(touch\\ oops\\).heap]\n$(touch oops).heap\n");
    assert_int_not_equal(access(in_folder(folder, "oops"), F_OK), 0);
}

static void zsh_offers_what_gcsweep_says(void **state)
{
    (void)state;
    struct command c;
    if (!has_shell("zsh"))
        skip();
    /* compadd of a shell without a line editor: its candidates, printed. */
    in_shell(
        &c, "zsh",
        "compadd() { shift ${@[(i)--]}; print -rl -- \"$@\" }\n"
        "try() { words=(\"$@\") CURRENT=$# PREFIX=${@[-1]}; source $share/_gcsweep }\n"
        "try gcsweep recom; try gcsweep run --allocator=jem; try gcsweep report runs/tw; try gcsweep no-such ''\n");
    assert_string_equal(c.error, "");
    assert_string_equal(c.out, "recommend\n--allocator=jemalloc\nruns/two\\ words\n");
}

static void fish_offers_what_gcsweep_says(void **state)
{
    (void)state;
    struct command c;
    if (!has_shell("fish"))
        skip();
    in_shell(&c, "fish",
             "complete -C'gcsweep recom'; complete -C'gcsweep run --allocator jem'; complete -C'gcsweep "
             "report runs/tw'");
    assert_non_null(strstr(c.out, "recommend\tthe setting"));
    assert_non_null(strstr(c.out, "jemalloc\t"));
    assert_non_null(strstr(c.out, "runs/two words\tresults"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_and_every_option_is_offered),
        cmocka_unit_test(every_row_is_offered_where_it_can_be_given),
        cmocka_unit_test(every_option_that_takes_a_name_or_a_path_has_values),
        cmocka_unit_test(what_is_completed_is_taken),
        cmocka_unit_test(a_value_may_stand_in_the_word_of_its_option),
        cmocka_unit_test(parameters_are_those_of_the_workload_on_the_line),
        cmocka_unit_test(an_options_value_is_no_argument),
        cmocka_unit_test(what_is_unknown_completes_nothing),
        cmocka_unit_test(folders_lead_to_results_and_files_have_their_ending),
        cmocka_unit_test(bash_offers_what_gcsweep_says),
        cmocka_unit_test(bash_runs_nothing_that_a_file_name_says),
        cmocka_unit_test(zsh_offers_what_gcsweep_says),
        cmocka_unit_test(fish_offers_what_gcsweep_says),
    };
    return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
