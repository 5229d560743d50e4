/* test_interpreter.c - how much slower Python's mutator is, by an interpreter whose times are known. */
#include "harness/sweep/interpreter.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/command.h"

static char *folder;

static int open_folder(void **state)
{
    (void)state;
    folder = folder_make();
    return folder ? 0 : -1;
}

static int drop_folder(void **state)
{
    (void)state;
    unsetenv("PYTHON");
    folder_remove(folder);
    return 0;
}

/* A program that is asked for by PYTHON and runs `body`. */
static void be_python(const char *body)
{
    char path[512];
    snprintf(path, sizeof path, "%s/python", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\n%s\n", body);
    fclose(f);
    assert_int_equal(chmod(path, 0700), 0);
    setenv("PYTHON", path, 1);
}

static void work_is_what_python_takes_longer(void **state)
{
    (void)state;
    assert_int_equal(interpreter_work_ns(172.4, 50), 122);
    assert_int_equal(interpreter_work_ns(172.6, 50), 123);
    assert_int_equal(interpreter_work_ns(50, 50), 0);
    assert_int_equal(interpreter_work_ns(10, 50), 0);
    assert_int_equal(interpreter_work_ns(NAN, 50), 0);
}

static void a_line_of_times_is_read_and_any_other_refused(void **state)
{
    (void)state;
    double mutator = 0, gc = 0;
    assert_int_equal(interpreter_parse("mutator_ns=20423480 gc_ns=67908188\n", &mutator, &gc), 0);
    assert_true(fabs(mutator - 20423480) < 0.5 && fabs(gc - 67908188) < 0.5);
    static const char *const bad[] = {"",
                                      "mutator_ns=1",
                                      "mutator_ns=x gc_ns=1",
                                      "mutator_ns=0 gc_ns=1",
                                      "mutator_ns=1 gc_ns=2 more",
                                      "Traceback (most recent call last):"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(interpreter_parse(bad[i], &mutator, &gc), -1);
}

static void python_is_found_by_its_variable_or_in_path(void **state)
{
    (void)state;
    char path[512], error[512];
    be_python("exit 0");
    assert_int_equal(interpreter_find(path, sizeof path, error, sizeof error), 0);
    assert_string_equal(path, getenv("PYTHON"));
    setenv("PYTHON", "no-such-python", 1);
    assert_int_equal(interpreter_find(path, sizeof path, error, sizeof error), -1);
    assert_non_null(strstr(error, "no-such-python"));
    assert_non_null(strstr(error, "PYTHON=PATH"));
    setenv("PYTHON", "sh", 1);
    assert_int_equal(interpreter_find(path, sizeof path, error, sizeof error), 0);
    assert_int_equal(path[0], '/');
}

/* 300,000 nodes, 3,000 witnesses and their counts, and the list: 306,001 allocations of 1,000 ns. */
static void the_doctor_measures_work_for_each_allocation(void **state)
{
    (void)state;
    struct command c;
    be_python("echo mutator_ns=306001000 gc_ns=306001000");
    GCSWEEP(&c, "doctor");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "Python 1000 ns an allocation (50 % in collections), the model "));
    const char *pacing = strstr(c.out, "\npacing ");
    assert_non_null(pacing);
    assert_non_null(strstr(pacing, "--param work_ns="));
    assert_non_null(strstr(pacing, " for a program like chain"));
    assert_non_null(strstr(c.out, "hardware counters "));
}

static void a_python_that_fails_is_said_and_the_doctor_goes_on(void **state)
{
    (void)state;
    struct command c;
    be_python("echo 'ModuleNotFoundError: no gc here' >&2; exit 1");
    GCSWEEP(&c, "doctor");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "ModuleNotFoundError: no gc here"));
    assert_null(strstr(c.out, "--param work_ns="));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_folder, drop_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(work_is_what_python_takes_longer),
        TEST(a_line_of_times_is_read_and_any_other_refused),
        TEST(python_is_found_by_its_variable_or_in_path),
        TEST(the_doctor_measures_work_for_each_allocation),
        TEST(a_python_that_fails_is_said_and_the_doctor_goes_on),
    };
    return cmocka_run_group_tests_name("interpreter", tests, NULL, NULL);
}
