/* test_tuning.c - tunings from text: their canonical form, and what is refused. */
#include "harness/worker/tunings/tuning.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

struct parsed {
    struct tuning_setting setting;
    char canonical[128], error[512];
    int result;
};

static struct parsed parse(const char *text)
{
    struct parsed p = {.result = 0};
    p.result = tuning_parse(text, &p.setting, p.canonical, sizeof p.canonical, p.error, sizeof p.error);
    return p;
}

static void a_tuning_has_one_canonical_text(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"700,10,10", "700,10,10"},
        {"700", "700,10,10"},
        {"700,10", "700,10,10"},
        {"2000,5", "2000,5,10"},
        {" 700 , 10,\t10 ", "700,10,10"},
        {"0700,010,10", "700,10,10"},
        {"0", "0,10,10"},
        {"2147483647,2147483647,2147483647", "2147483647,2147483647,2147483647"},
        {"disabled", "disabled"},
        {"freeze+700", "freeze+700,10,10"},
        {"freeze + 700,10,10", "freeze+700,10,10"},
        {"manual:100", "manual:100"},
        {"manual:0100", "manual:100"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct parsed p = parse(pairs[i][0]);
        assert_int_equal(p.result, 0);
        assert_string_equal(p.canonical, pairs[i][1]);
    }
}

static void a_canonical_text_reads_as_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < tuning_count; i++) {
        struct parsed p = parse(tunings[i]->example);
        assert_int_equal(p.result, 0);
        assert_string_equal(p.canonical, tunings[i]->example);
        assert_ptr_equal(p.setting.tuning, tunings[i]);
    }
}

static void a_setting_says_what_it_sets(void **state)
{
    (void)state;
    struct parsed p = parse("1,2,3");
    assert_int_equal(p.setting.threshold[0], 1);
    assert_int_equal(p.setting.threshold[1], 2);
    assert_int_equal(p.setting.threshold[2], 3);
    assert_false(p.setting.disabled || p.setting.freeze || p.setting.every);
    p = parse("freeze+7");
    assert_true(p.setting.freeze && !p.setting.disabled);
    assert_int_equal(p.setting.threshold[0], 7);
    p = parse("disabled");
    assert_true(p.setting.disabled && !p.setting.freeze);
    p = parse("manual:5");
    assert_true(p.setting.disabled);
    assert_int_equal(p.setting.every, 5);
    p = parse("2147483647");
    assert_int_equal(p.setting.threshold[0], INT_MAX);
}

static void what_is_wrong_is_named_with_what_is_allowed(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"-5,10,10", "tuning '-5,10,10': threshold 0 must be a whole number from 0 to 2147483647, not '-5'"},
        {"700,-1,10", "tuning '700,-1,10': threshold 1 must be a whole number from 0 to 2147483647, not '-1'"},
        {"1,2,3,4", "tuning '1,2,3,4': has 4 thresholds; allowed are 1 to 3: T0,T1,T2"},
        {"700,x,10", "tuning '700,x,10': threshold 1 must be a whole number from 0 to 2147483647, not 'x'"},
        {"7e2", "tuning '7e2': threshold 0 must be a whole number from 0 to 2147483647, not '7e2'"},
        {"+7", "tuning '+7': threshold 0 must be a whole number from 0 to 2147483647, not '+7'"},
        {"1.5", "tuning '1.5': threshold 0 must be a whole number from 0 to 2147483647, not '1.5'"},
        {"700,,10", "tuning '700,,10': threshold 1 must be a whole number from 0 to 2147483647, not ''"},
        {"700,", "tuning '700,': threshold 1 must be a whole number from 0 to 2147483647, not ''"},
        {"2147483648",
         "tuning '2147483648': threshold 0 must be a whole number from 0 to 2147483647, not '2147483648'"},
        {"99999999999999999999",
         "tuning '99999999999999999999': threshold 0 must be a whole number from 0 to 2147483647, not "
         "'99999999999999999999'"},
        {"freeze", "tuning 'freeze': must be freeze+T0,T1,T2, such as freeze+700,10,10"},
        {"freeze+x", "tuning 'freeze+x': threshold 0 must be a whole number from 0 to 2147483647, not 'x'"},
        {"manual", "tuning 'manual': must be manual:N, such as manual:100"},
        {"manual:0", "tuning 'manual:0': N must be a whole number from 1 to 1000000000000, not '0'"},
        {"manual:", "tuning 'manual:': N must be a whole number from 1 to 1000000000000, not ''"},
        {"", "the tuning is empty; known are T0,T1,T2, disabled, freeze+T0,T1,T2, manual:N"},
        {"  ", "the tuning is empty; known are T0,T1,T2, disabled, freeze+T0,T1,T2, manual:N"},
        {"off", "unknown tuning 'off'; known are T0,T1,T2, disabled, freeze+T0,T1,T2, manual:N"},
        {"Disabled", "unknown tuning 'Disabled'; known are T0,T1,T2, disabled, freeze+T0,T1,T2, manual:N"},
        {"x\x1b[1m", "unknown tuning 'x?[1m'; known are T0,T1,T2, disabled, freeze+T0,T1,T2, manual:N"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct parsed p = parse(table[i][0]);
        assert_int_equal(p.result, -1);
        assert_string_equal(p.error, table[i][1]);
    }
}

static void a_text_that_never_ends_is_refused(void **state)
{
    (void)state;
    char text[1000];
    memset(text, '9', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct parsed p = parse(text);
    assert_int_equal(p.result, -1);
    assert_non_null(strstr(p.error, "longer than 127 bytes"));
}

static void every_tuning_describes_itself(void **state)
{
    (void)state;
    for (size_t i = 0; i < tuning_count; i++) {
        assert_true(tunings[i]->name[0] && tunings[i]->form[0] && tunings[i]->summary[0]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(tunings[i]->name, tunings[k]->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tuning_has_one_canonical_text),
        cmocka_unit_test(a_canonical_text_reads_as_itself),
        cmocka_unit_test(a_setting_says_what_it_sets),
        cmocka_unit_test(what_is_wrong_is_named_with_what_is_allowed),
        cmocka_unit_test(a_text_that_never_ends_is_refused),
        cmocka_unit_test(every_tuning_describes_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
