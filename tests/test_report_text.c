/* What a report is made of: escaped texts, figures, and files that appear whole. */
#include <math.h>

#include "harness/report/escape.h"
#include "harness/report/format.h"
#include "harness/report/output.h"
#include "harness/sweep/line.h"
#include "tests/report_folder.h"

typedef void escaper(FILE *, const char *);

static void escapes_to(escaper *escape, const char *text, const char *expected)
{
    char *out = NULL;
    size_t size;
    FILE *f = open_memstream(&out, &size);

    escape(f, text);
    fclose(f);
    assert_string_equal(out, expected);
    free(out);
}

static void html_has_no_markup_left(void **state)
{
    (void)state;
    escapes_to(escape_html, "<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    escapes_to(escape_html, "a & \"b\" `c`", "a &amp; &quot;b&quot; &#96;c&#96;");
    escapes_to(escape_html, "é µ 日", "é µ 日");
}

static void characters_that_end_a_line_or_turn_its_direction_do_not_act(void **state)
{
    (void)state;
    escapes_to(escape_plain,
               "a\xe2\x80\xae"
               "b\xe2\x80\xa8\xef\xbb\xbf",
               "a\xef\xbf\xbd"
               "b\xef\xbf\xbd\xef\xbf\xbd");
    escapes_to(escape_html, "\xf0\x8a\x8a\x8a", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* overlong */

    char line[] = "a\xe2\x80\xae"
                  "b\xf0\x8a\x8a\x8a\x1b\xc2\x85\xc3\xa9\xff";
    line_clean(line);
    assert_string_equal(line, "a???b???????\xc3\xa9?");
}

static void markdown_cannot_leave_its_cell_or_open_markup(void **state)
{
    (void)state;
    escapes_to(escape_markdown, "a|b", "a&#124;b");
    escapes_to(escape_markdown, "[x](javascript:y)", "\\[x\\](javascript:y)");
    escapes_to(escape_markdown, "![x]<b>`c`\\|*_", "\\!\\[x\\]&lt;b&gt;&#96;c&#96;\\\\&#124;\\*\\_");
    escapes_to(escape_markdown, "a\nb",
               "a\xe2\x90\x8a"
               "b");
}

static void csv_is_quoted_as_rfc_4180_has_it(void **state)
{
    (void)state;
    escapes_to(escape_csv, "plain", "plain");
    escapes_to(escape_csv, "700,10,10", "\"700,10,10\"");
    escapes_to(escape_csv, "say \"x\"", "\"say \"\"x\"\"\"");
    escapes_to(escape_csv, "=1+1", "\"'=1+1\"");
    escapes_to(escape_csv, "", "");
}

static void tsv_has_neither_tab_nor_double_quote_and_is_never_empty(void **state)
{
    (void)state;
    escapes_to(escape_tsv, "a\tb\"c\n",
               "a\xe2\x90\x89"
               "b''c\xe2\x90\x8a");
    escapes_to(escape_tsv, "", "-");
}

static void control_characters_and_broken_bytes_become_visible(void **state)
{
    (void)state;
    escapes_to(escape_plain, "\x1b[31m", "\xe2\x90\x9b[31m");
    escapes_to(escape_plain, "\x7f", "\xe2\x90\xa1");
    escapes_to(escape_plain, "\xc2\x9b", "\xef\xbf\xbd");             /* a control character of the second set */
    escapes_to(escape_plain, "\xff", "\xef\xbf\xbd");                 /* no UTF-8 */
    escapes_to(escape_plain, "\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"); /* an overlong form */
    escapes_to(escape_plain, "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"); /* cut short */
}

static void figures_have_three_digits_and_a_unit(void **state)
{
    static const struct {
        formatter *format;
        double value;
        const char *text;
    } rows[] = {
        {format_duration, 0, "none"},
        {format_duration, 999, "999 ns"},
        {format_duration, 999.6, "1.00 µs"},
        {format_duration, 12345, "12.3 µs"},
        {format_duration, 1.5e9, "1.50 s"},
        {format_duration, 2e12, "2000 s"},
        {format_duration, NAN, "-"},
        {format_bytes, 1536, "1.50 KiB"},
        {format_bytes, 43.21 * 1048576, "43.2 MiB"},
        {format_rate, 501234, "501 k/s"},
        {format_share, 0.1234, "12.3 %"},
        {format_count, 2332, "2332"},
        {format_count, NAN, "-"},
    };
    char text[FORMAT_BYTES];
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rows[i].format(rows[i].value, text, sizeof text);
        assert_string_equal(text, rows[i].text);
    }
}

static void an_output_that_is_abandoned_leaves_nothing(void **state)
{
    struct output out;
    char error[300];
    (void)state;

    assert_int_equal(output_open(folder, "x.txt", &out, error, sizeof error), 0);
    fputs("half", out.file);
    assert_null(read_file(folder, "x.txt")); /* not there before it is whole */
    output_abandon(&out);
    assert_int_not_equal(access(out.temporary, F_OK), 0);
    assert_int_equal(output_open(folder, "x.txt", &out, error, sizeof error), 0);
    fputs("whole", out.file);
    assert_int_equal(output_commit(&out, error, sizeof error), 0);
    file_holds("x.txt", "whole");
    assert_int_equal(output_open("/proc/no-such-folder", "x", &out, error, sizeof error), -1);
    assert_non_null(strstr(error, "/proc/no-such-folder/x: cannot write"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(html_has_no_markup_left),
        TEST(characters_that_end_a_line_or_turn_its_direction_do_not_act),
        TEST(markdown_cannot_leave_its_cell_or_open_markup),
        TEST(csv_is_quoted_as_rfc_4180_has_it),
        TEST(tsv_has_neither_tab_nor_double_quote_and_is_never_empty),
        TEST(control_characters_and_broken_bytes_become_visible),
        TEST(figures_have_three_digits_and_a_unit),
        TEST(an_output_that_is_abandoned_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
