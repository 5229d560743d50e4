/* test_work.c - the cases of work_cases.h on the real CPython. */
#include "tests/work_cases.h"

int main(void)
{
    return cmocka_run_group_tests_name("work, on the real CPython", work_cases, NULL, NULL);
}
