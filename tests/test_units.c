/* test_units.c - durations, sizes and counts as people type them; one-line texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "harness/cli/command_line.h"
#include "harness/sweep/line.h"
#include "harness/sweep/units.h"

static void durations_are_read_in_every_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t ns;
    } rows[] = {
        {"90s", UINT64_C(90000000000)},
        {"10m", UINT64_C(600000000000)},
        {"1h", UINT64_C(3600000000000)},
        {"2.5ms", 2500000},
        {"7us", 7000},
        {"3ns", 3},
        {"0s", 0},
        {"0.1s", 100000000},
    };
    char error[200];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t ns = 1;
        assert_int_equal(units_parse_duration(rows[i].text, &ns, error, sizeof error), 0);
        assert_int_equal(ns, rows[i].ns);
    }
}

static void what_is_no_duration_is_refused_with_examples(void **state)
{
    (void)state;
    static const char *const texts[] = {"",   "10", "10x", "-1s", "1.2.3s", "s", "1e3s", "10 s", "99999999999999h",
                                        "nan"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char error[200] = "";
        uint64_t ns = 0;
        assert_int_equal(units_parse_duration(texts[i], &ns, error, sizeof error), -1);
        assert_non_null(strstr(error, "5ms, 90s, 10m"));
    }
}

static void sizes_are_powers_of_1024(void **state)
{
    (void)state;
    char error[200];
    uint64_t bytes = 0;
    assert_int_equal(units_parse_size("4G", &bytes, error, sizeof error), 0);
    assert_int_equal(bytes, UINT64_C(4294967296));
    assert_int_equal(units_parse_size("1.5K", &bytes, error, sizeof error), 0);
    assert_int_equal(bytes, 1536);
    assert_int_equal(units_parse_size("77", &bytes, error, sizeof error), 0);
    assert_int_equal(bytes, 77);
    assert_int_equal(units_parse_size("4X", &bytes, error, sizeof error), -1);
    assert_int_equal(units_parse_size("-4G", &bytes, error, sizeof error), -1);
}

static void a_written_duration_or_size_reads_back_as_itself(void **state)
{
    (void)state;
    static const uint64_t values[] = {0,           1,           999,           1000,
                                      60000000000, 90000000000, 5400000000000, 1234567891,
                                      4294967296,  1073741825,  1048576000,    500000000};
    char error[200], text[UNITS_TEXT_BYTES];
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        uint64_t back = 77;
        units_write_duration(values[i], text);
        assert_int_equal(units_parse_duration(text, &back, error, sizeof error), 0);
        assert_int_equal(back, values[i]);
        units_write_size(values[i], text);
        assert_int_equal(units_parse_size(text, &back, error, sizeof error), 0);
        assert_int_equal(back, values[i]);
    }
    units_write_duration(UINT64_C(60000000000), text);
    assert_string_equal(text, "1m");
}

static void a_shown_duration_has_the_digits_that_matter(void **state)
{
    (void)state;
    static const struct {
        uint64_t ns;
        const char *text;
    } rows[] = {
        {0, "0 ns"},
        {999, "999 ns"},
        {1500, "1.50 us"},
        {12345678, "12.3 ms"},
        {UINT64_C(1240000000), "1.24 s"},
        {UINT64_C(92000000000), "1m32s"},
        {UINT64_C(3720000000000), "1h02m"},
    };
    char text[UNITS_TEXT_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        units_show_duration(rows[i].ns, text);
        assert_string_equal(text, rows[i].text);
    }
}

static void counts_outside_their_range_are_refused(void **state)
{
    (void)state;
    char error[200];
    uint64_t n = 0;
    assert_int_equal(units_parse_count("--rounds", "6", 1, 10, &n, error, sizeof error), 0);
    assert_int_equal(n, 6);
    static const char *const texts[] = {"0", "11", "-1", "", "x", "1x", " 1", "99999999999999999999999"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(units_parse_count("--rounds", texts[i], 1, 10, &n, error, sizeof error), -1);
    assert_non_null(strstr(error, "--rounds is a whole number from 1 to 10"));
}

static void numbers_are_written_with_the_fewest_digits(void **state)
{
    (void)state;
    char text[UNITS_TEXT_BYTES];
    units_write_number(0.25, text);
    assert_string_equal(text, "0.25");
    units_write_number(0.1, text);
    assert_string_equal(text, "0.1");
    units_write_number(1, text);
    assert_string_equal(text, "1");
}

static void control_characters_never_reach_a_terminal(void **state)
{
    (void)state;
    char error[100];
    line_error(error, sizeof error, "a\nb\x1b[31mc\x7f\xc2\x9b\xff\xc3\xa9");
    assert_string_equal(error, "a?b?[31mc???"
                               "?"
                               "\xc3\xa9");
}

static void an_error_that_does_not_fit_is_cut(void **state)
{
    (void)state;
    char error[8];
    line_error(error, sizeof error, "%s", "a long, long line");
    assert_string_equal(error, "a long,");
    line_error(error, sizeof error, "abcdef\xc3\xa9"); /* the cut halves a character */
    assert_string_equal(error, "abcdef?");
}

static void the_last_line_is_the_last_that_is_not_blank(void **state)
{
    (void)state;
    char out[32];
    const char *text = "first\nthe end\n\n  \n";
    line_last(text, strlen(text), out, sizeof out);
    assert_string_equal(out, "the end");
    line_last("", 0, out, sizeof out);
    assert_string_equal(out, "");
}

static void words_are_quoted_so_that_a_shell_reads_them_back(void **state)
{
    (void)state;
    char line[100] = "gcsweep";
    command_line_add(line, sizeof line, "--out");
    command_line_add(line, sizeof line, "my results");
    command_line_add(line, sizeof line, "it's $(x)");
    command_line_add(line, sizeof line, "");
    assert_string_equal(line, "gcsweep --out 'my results' 'it'\\''s $(x)' ''");
}

static void percentages_are_read_with_their_sign(void **state)
{
    static const struct {
        const char *text;
        double share;
    } good[] = {{"5%", 0.05}, {"0.5%", 0.005}, {"0%", 0}, {"1000%", 10}};
    static const char *const bad[] = {"", "5", "%", "-1%", "1e3%", "0x5%", "5%%", "5 %", "1.2.3%", "1001%", "nan%"};
    char error[200];
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double share = -1;
        assert_int_equal(units_parse_percent(good[i].text, &share, error, sizeof error), 0);
        assert_true(share > good[i].share - 1e-12 && share < good[i].share + 1e-12);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double share = -1;
        assert_int_equal(units_parse_percent(bad[i], &share, error, sizeof error), -1);
        assert_true(share < 0);
        assert_non_null(strstr(error, "is not a percentage"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_read_in_every_unit),
        cmocka_unit_test(what_is_no_duration_is_refused_with_examples),
        cmocka_unit_test(sizes_are_powers_of_1024),
        cmocka_unit_test(a_written_duration_or_size_reads_back_as_itself),
        cmocka_unit_test(a_shown_duration_has_the_digits_that_matter),
        cmocka_unit_test(counts_outside_their_range_are_refused),
        cmocka_unit_test(numbers_are_written_with_the_fewest_digits),
        cmocka_unit_test(control_characters_never_reach_a_terminal),
        cmocka_unit_test(an_error_that_does_not_fit_is_cut),
        cmocka_unit_test(the_last_line_is_the_last_that_is_not_blank),
        cmocka_unit_test(words_are_quoted_so_that_a_shell_reads_them_back),
        cmocka_unit_test(percentages_are_read_with_their_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
