/* test_same_program.c - whatever a program does to the heap, the model counts as the real CPython does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/command.h"

/* Compared line by line, a seed each, so that a failure names the seed. */
static void assert_same_lines(char *model, char *cpython, size_t lines)
{
    assert_int_equal(line_count(model), lines);
    assert_int_equal(line_count(cpython), lines);
    for (char *m = strtok_r(model, "\n", &model), *c = strtok_r(cpython, "\n", &cpython); m && c;
         m = strtok_r(NULL, "\n", &model), c = strtok_r(NULL, "\n", &cpython))
        assert_string_equal(m, c);
}

static void run_both(const char *first_seed, const char *seeds, const char *operations)
{
    static struct command model, cpython;
    const char *const words[] = {first_seed, seeds, operations, NULL};
    command_run(&model, built("tests/random_program"), words);
    command_run(&cpython, built("tests/cpython/random_program"), words);
    assert_string_equal(model.error, "");
    assert_string_equal(cpython.error, "");
    assert_int_equal(model.status, 0);
    assert_int_equal(cpython.status, 0);
    assert_same_lines(model.out, cpython.out, strtoul(seeds, NULL, 10));
}

static void sixty_short_programs_are_counted_alike(void **state)
{
    (void)state;
    run_both("1", "60", "2000");
}

static void a_long_program_is_counted_alike(void **state)
{
    (void)state;
    run_both("1000", "1", "100000");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixty_short_programs_are_counted_alike),
        cmocka_unit_test(a_long_program_is_counted_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
