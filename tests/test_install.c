/* test_install.c - make install: what is installed works by itself, its man page reads well, and uninstall takes it
 * away. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/argp_rows.h"
#include "harness/cli/cli.h"
#include "tests/command.h"
#include "workloads/workload.h"

static char *folder; /* DESTDIR */

/* make TARGET into the folder, without building anything. */
static void make(struct command *c, const char *target)
{
    char build[PATH_MAX + 16], destination[PATH_MAX + 16], path[PATH_MAX];
    if (!realpath(built(""), path))
        abort();
    snprintf(build, sizeof build, "BUILD=%s", path);
    snprintf(destination, sizeof destination, "DESTDIR=%s", folder);
    command_run(c, "/usr/bin/env",
                (const char *const[]){"-u", "MAKEFLAGS", "-u", "MAKELEVEL", "make", "-s", "-o", "all", target, build,
                                      destination, "PREFIX=/usr", NULL});
}

static const char *installed(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "usr/%s", name);
    return in_folder(folder, path);
}

static int install_all(void **state)
{
    (void)state;
    struct command c;
    folder = folder_make();
    if (!folder)
        return -1;
    make(&c, "install");
    if (c.status != 0)
        fprintf(stderr, "make install: %s%s\n", c.out, c.error);
    return c.status;
}

static int drop_folder(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

/* ---- What is there ---- */

static void programs_page_and_completions_are_where_others_look_for_them(void **state)
{
    (void)state;
    static const char *const files[] = {
        "bin/gcsweep-worker",
        "share/man/man1/gcsweep.1",
        "share/bash-completion/completions/gcsweep",
        "share/zsh/site-functions/_gcsweep",
        "share/fish/vendor_completions.d/gcsweep.fish",
        "share/gcsweep/plots/report.css",
        "share/gcsweep/chain.py",
        "share/doc/gcsweep/README.md",
    };
    assert_int_equal(access(installed("bin/gcsweep"), X_OK), 0);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (access(installed(files[i]), R_OK) != 0)
            fail_msg("%s is missing", files[i]);
}

/* Its programs find the module that stands beside them, and leave nothing there. */
static void the_installed_doctor_measures_python(void **state)
{
    (void)state;
    struct command c;
    command_run(&c, "/usr/bin/env", (const char *const[]){"python3", "--version", NULL});
    if (c.status != 0)
        skip();
    command_run(&c, installed("bin/gcsweep"), (const char *const[]){"doctor", NULL});
    assert_int_equal(c.status, 0);
    if (!strstr(c.out, " for a program like chain") || !strstr(c.out, " for a program like short-lived"))
        fail_msg("it measured not both programs: %s", c.out);
    assert_int_equal(access(installed("share/gcsweep/__pycache__"), F_OK), -1);
}

static void what_is_installed_sweeps_reports_and_tunes(void **state)
{
    (void)state;
    struct command c;
    char out[PATH_MAX], tuned[PATH_MAX], page[PATH_MAX + 16];
    snprintf(out, sizeof out, "%s/results", folder);
    snprintf(tuned, sizeof tuned, "%s/tuned", folder);
    snprintf(page, sizeof page, "%s/report.html", out);
    command_run(&c, installed("bin/gcsweep"),
                (const char *const[]){"sweep", "--workload", "chain", "--param", "total_objects=2000", "--threshold0",
                                      "700,5000", "--rounds", "2", "--out", out, NULL});
    assert_int_equal(c.status, 0);
    command_run(&c, installed("bin/gcsweep"), (const char *const[]){"report", out, "--no-pictures", NULL});
    assert_int_equal(c.status, 0);
    assert_int_equal(access(page, R_OK), 0); /* its style sheet was found */
    command_run(&c, installed("bin/gcsweep"),
                (const char *const[]){"tune",
                                      "chain",
                                      "--param",
                                      "total_objects=2000",
                                      "--threshold0",
                                      "100,700,5000",
                                      "--threshold1",
                                      "10",
                                      "--threshold2",
                                      "10",
                                      "--allocator",
                                      "pymalloc",
                                      "--freeze",
                                      "no",
                                      "--grid",
                                      "--rounds",
                                      "6",
                                      "--out",
                                      tuned,
                                      NULL});
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "chain"));
}

/* ---- The man page ---- */

static char *page_text(void)
{
    FILE *f = fopen(installed("share/man/man1/gcsweep.1"), "r");
    assert_non_null(f);
    char *text = NULL;
    size_t size = 0;
    assert_true(getdelim(&text, &size, '\0', f) > 0);
    fclose(f);
    return text;
}

/* The word as roff has it. */
static bool has_word(const char *page, const char *word)
{
    char roff[512] = "";
    for (; *word; word++)
        sprintf(roff + strlen(roff), *word == '-' ? "\\-" : "%c", *word);
    return strstr(page, roff) != NULL;
}

static void the_man_page_has_every_command_option_and_workload(void **state)
{
    (void)state;
    char *page = page_text();
    static const char *const sections[] = {"NAME", "SYNOPSIS", "EXAMPLES", "EXIT STATUS", "ENVIRONMENT", "FILES"};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        char heading[64];
        snprintf(heading, sizeof heading, "\n.SH %s\n", sections[i]);
        assert_non_null(strstr(page, heading));
    }
    for (unsigned i = 0; i < cli_command_count; i++) {
        struct argp_row rows[ARGP_ROWS_MOST];
        size_t count = argp_rows(cli_commands[i].argp, rows);
        char heading[64];
        snprintf(heading, sizeof heading, "\n.SS gcsweep %s", cli_commands[i].name);
        assert_non_null(strstr(page, heading));
        for (size_t k = 0; k < count; k++)
            assert_true(!rows[k].option->name || has_word(page, rows[k].option->name));
    }
    for (size_t i = 0; i < workload_count; i++)
        assert_true(has_word(page, workloads[i]->name));
    free(page);
}

static void the_man_page_is_formatted_without_warnings(void **state)
{
    (void)state;
    struct command c;
    command_run(
        &c, "/usr/bin/env",
        (const char *const[]){"man", "--warnings", "-P", "cat", "-l", installed("share/man/man1/gcsweep.1"), NULL});
    if (c.status == 127) {
        print_message("skipped: man is not installed\n");
        skip();
    }
    assert_int_equal(c.status, 0);
    assert_string_equal(c.error, "");
}

static void mandoc_finds_nothing_wrong_with_the_man_page(void **state)
{
    (void)state;
    struct command c;
    command_run(
        &c, "/usr/bin/env",
        (const char *const[]){"mandoc", "-T", "lint", "-W", "warning", installed("share/man/man1/gcsweep.1"), NULL});
    if (c.status == 127) {
        print_message("skipped: mandoc is not installed\n");
        skip();
    }
    assert_string_equal(c.out, "");
    assert_int_equal(c.status, 0);
}

static void help_and_man_page_name_no_option_that_is_not_taken(void **state)
{
    (void)state;
    char *page = page_text();
    for (const char *at = page; (at = strstr(at, "\\-\\-")); at += 4) {
        char name[64] = "";
        for (const char *c = at + 4;
             strlen(name) < sizeof name - 1 && (*c >= 'a' ? *c <= 'z' : *c >= '0' && *c <= '9');) {
            sprintf(name + strlen(name), "%c", *c++);
            if (strncmp(c, "\\-", 2) == 0) {
                strcat(name, "-");
                c += 2;
            }
        }
        bool known = strcmp(name, "help") == 0;
        for (unsigned i = 0; i < cli_command_count && !known; i++)
            known = argp_find_option(cli_commands[i].argp, name, strlen(name)) != NULL;
        if (!known)
            fail_msg("--%s is in the man page and no command takes it", name);
    }
    free(page);
}

/* ---- And away again ---- */

static void uninstall_leaves_nothing_behind_but_others_files(void **state)
{
    (void)state;
    struct command c;
    file_write(installed("share/man/man1/other.1"), "", 0666);
    make(&c, "uninstall");
    assert_int_equal(c.status, 0);
    command_run(&c, "/usr/bin/find", (const char *const[]){installed(""), "-type", "f", NULL});
    assert_int_equal(line_count(c.out), 1);
    assert_non_null(strstr(c.out, "other.1"));
    assert_int_not_equal(access(installed("share/gcsweep"), F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_page_and_completions_are_where_others_look_for_them),
        cmocka_unit_test(what_is_installed_sweeps_reports_and_tunes),
        cmocka_unit_test(the_installed_doctor_measures_python),
        cmocka_unit_test(the_man_page_has_every_command_option_and_workload),
        cmocka_unit_test(the_man_page_is_formatted_without_warnings),
        cmocka_unit_test(mandoc_finds_nothing_wrong_with_the_man_page),
        cmocka_unit_test(help_and_man_page_name_no_option_that_is_not_taken),
        cmocka_unit_test(uninstall_leaves_nothing_behind_but_others_files),
    };
    return cmocka_run_group_tests(tests, install_all, drop_folder);
}
