/* test_values.c - the cases of value_cases.h on the real CPython. */
#include "tests/value_cases.h"

int main(void)
{
    return cmocka_run_group_tests_name("values, on the real CPython", value_cases, NULL, NULL);
}
