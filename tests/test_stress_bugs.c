/* test_stress_bugs.c - stress finds each of the deliberate bugs in tests/data/bugs (bugs.sh). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/command.h"

/* Some bugs take a heap of another kind, or what a finalizer does meanwhile. */
enum { SHOWN_BY_SCRIPTS = 6 };

static void every_deliberate_bug_is_found_and_shrunk(void **state)
{
    (void)state;
#if defined GCSWEEP_SANITIZED || defined GCSWEEP_DEBUG_HEAP
    print_message("a sanitizer or the debug heap would find or hide them, not stress\n");
    skip();
#else
    struct command c;
    command_run(&c, "tests/bugs.sh", (const char *const[]){NULL});
    if (c.status != 0)
        print_message("%s%s", c.out, c.error);
    assert_int_equal(c.status, 0);
    assert_true(line_count(c.out) >= 12);
    assert_null(strstr(c.out, "NOT FOUND"));
    const char *end = strstr(c.out, " bugs found, ");
    assert_non_null(end);
    assert_true(atoi(end + strlen(" bugs found, ")) >= SHOWN_BY_SCRIPTS);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_deliberate_bug_is_found_and_shrunk)};
    return cmocka_run_group_tests_name("stress bugs", tests, NULL, NULL);
}
