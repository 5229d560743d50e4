/* test_verify_random.c - gcsweep verify --random, as it is typed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/other_workers.h"

#define RUN(c, program, ...) command_run((c), (program), (const char *const[]){__VA_ARGS__, NULL})

static void random_scripts_print_the_same_on_both_runtimes(void **state)
{
    (void)state;
    skip_without_cpython();
    static struct command c;
    char *folder = folder_make();
    GCSWEEP(&c, "verify", "--random", "40", "--seed", "2026", "--save", folder);
    if (c.status != 0)
        print_error("%s%s", c.out, c.error);
    folder_remove(folder);
    assert_int_equal(c.status, 0);
    assert_int_equal(line_count(c.out), 1);
    assert_ptr_equal(strstr(c.out, "40 of 40 scripts equal, "), c.out);
    assert_true(strtoul(c.out + strlen("40 of 40 scripts equal, "), NULL, 10) > 40 * 100);
    assert_string_equal(c.error, "");
}

/* The path of what was saved, from "..., in PATH" at the end of a line. */
static void find_saved(const char *out, char path[PATH_MAX])
{
    const char *in = strstr(out, " lines left, in ");
    assert_non_null(in);
    in += strlen(" lines left, in ");
    snprintf(path, PATH_MAX, "%.*s", (int)strcspn(in, "\n"), in);
}

static void read_text(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, size - 1, file)] = '\0';
    fclose(file);
}

/* One list fewer is kept for reuse than CPython keeps: script 8 of the seed
 * makes and drops enough of them. */
static void a_wrong_constant_is_found_shrunk_and_saved(void **state)
{
    (void)state;
    skip_without_cpython();
    static struct command c, other;
    char path[PATH_MAX], word[PATH_MAX + 16];
    static char text[65536];
    char *folder = folder_with_gcsweep();
    put_worker(folder, "gcsweep-worker", "free_lists=79");
    put_worker(folder, "gcsweep-worker-cpython", "");
    RUN(&c, in_folder(folder, "gcsweep"), "verify", "--random", "12", "--seed", "4", "--save", folder);
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.out, "DIFFERS  script "));
    assert_non_null(strstr(c.out, ": model '"));
    assert_null(strstr(c.out, "12 of 12 scripts equal"));
    assert_non_null(strstr(c.out, " of 12 scripts equal, "));

    find_saved(c.out, path);
    read_text(path, text, sizeof text);
    assert_in_range(line_count(text), 4, 40);
    assert_ptr_equal(strstr(text, "# Script "), text);
    assert_non_null(strstr(text, "of `gcsweep verify --random 12 --seed 4`, shrunk from "));
    assert_non_null(strstr(text, "gcsweep script FILE --runtime model"));

    snprintf(word, sizeof word, "script=%s", path);
    RUN(&c, in_folder(folder, "gcsweep-worker"), word);
    RUN(&other, in_folder(folder, "gcsweep-worker-cpython"), word);
    assert_int_equal(c.status, 0);
    assert_int_equal(other.status, 0);
    assert_string_not_equal(c.out, other.out);
    RUN(&c, built("gcsweep-worker"), word);
    assert_string_equal(c.out, other.out);
    folder_remove(folder);
}

static void a_worker_that_dies_is_no_equal_script(void **state)
{
    (void)state;
    skip_without_cpython();
    static struct command c;
    char *folder = folder_with_gcsweep();
    put_worker(folder, "gcsweep-worker", "");
    file_write(in_folder(folder, "gcsweep-worker-cpython"), "#!/bin/sh\nkill -SEGV $$\n", 0755);
    /* What is saved takes the place of a link, and does not go through it. */
    struct stat status;
    static char text[64];
    const char *saved = in_folder(folder, "gcsweep-random-1-1.heap"), *precious = in_folder(folder, "precious");
    file_write(precious, "precious", 0600);
    assert_int_equal(symlink(precious, saved), 0);
    RUN(&c, in_folder(folder, "gcsweep"), "verify", "--random", "1", "--seed", "1", "--save", folder);
    read_text(precious, text, sizeof text);
    assert_string_equal(text, "precious");
    assert_int_equal(lstat(saved, &status), 0);
    assert_true(S_ISREG(status.st_mode));
    folder_remove(folder);
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.out, "DIFFERS  script 1"));
    assert_non_null(strstr(c.out, "0 of 1 scripts equal"));
}

static void without_the_real_one_it_says_what_to_install(void **state)
{
    (void)state;
    static struct command c;
    char *folder = folder_with_gcsweep();
    put_worker(folder, "gcsweep-worker", "");
    RUN(&c, in_folder(folder, "gcsweep"), "verify", "--random", "1");
    folder_remove(folder);
    assert_refused(&c, "gcsweep-worker-cpython is not there; install the package python3-dev");
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    static struct command c;
    GCSWEEP(&c, "verify", "--random", "0");
    assert_refused(&c, "--random");
    GCSWEEP(&c, "verify", "--random", "many");
    assert_refused(&c, "--random");
    GCSWEEP(&c, "verify", "--random", "3", "chain");
    assert_refused(&c, "--random runs no workload");
    GCSWEEP(&c, "verify", "--random", "3", "--scale", "2");
    assert_refused(&c, "--random runs no workload");
    GCSWEEP(&c, "verify", "--random", "3", "--pool");
    assert_refused(&c, "only one of them");
    GCSWEEP(&c, "verify", "--random", "3", "--times");
    assert_refused(&c, "only one of them");
    GCSWEEP(&c, "verify", "--rounds", "3");
    assert_refused(&c, "--rounds goes with --times");
    GCSWEEP(&c, "verify", "--save", "/tmp");
    assert_refused(&c, "--save goes with --random");
    skip_without_cpython();
    GCSWEEP(&c, "verify", "--random", "3", "--save", "/nowhere\n/at all");
    assert_refused(&c, "/nowhere?/at all");
    GCSWEEP(&c, "verify", "--random", "3", "--save", built("gcsweep"));
    assert_refused(&c, "--save");
}

static void a_worker_takes_only_a_script_and_how_many_lists_it_keeps(void **state)
{
    (void)state;
    static struct command c;
    RUN(&c, built("gcsweep-worker"), "script=x", "seed=1");
    assert_refused(&c, "free_lists=NUMBER");
    RUN(&c, built("gcsweep-worker"), "script=x", "free_lists=");
    assert_refused(&c, "free_lists=NUMBER");
    RUN(&c, built("gcsweep-worker"), "script=x", "free_lists=99999999999");
    assert_refused(&c, "free_lists=NUMBER");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_scripts_print_the_same_on_both_runtimes),
        cmocka_unit_test(a_wrong_constant_is_found_shrunk_and_saved),
        cmocka_unit_test(a_worker_that_dies_is_no_equal_script),
        cmocka_unit_test(without_the_real_one_it_says_what_to_install),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_worker_takes_only_a_script_and_how_many_lists_it_keeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
