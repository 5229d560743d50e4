/* What a report is made of: escaped texts, figures, and files that appear whole. */
#include <math.h>

#include "harness/report/escape.h"
#include "harness/report/format.h"
#include "harness/store/output.h"
#include "harness/sweep/line.h"
#include "harness/sweep/plan.h"
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

/* ---- The plan, as a reader takes it out of the report ---- */

#define PLAN_INTRODUCTION "where these results are not at hand:"

static void replace_all(char *text, const char *what, char by)
{
    for (char *at; (at = strstr(text, what)) != NULL;) {
        *at = by;
        memmove(at + 1, at + strlen(what), strlen(at + strlen(what)) + 1);
    }
}

static char *plan_of_the_page(void)
{
    char *text = read_file(folder, "report.html"), *start = strstr(text, PLAN_INTRODUCTION);

    assert_non_null(start);
    start = strstr(start, "<code>") + strlen("<code>");
    char *plan = strndup(start, (size_t)(strstr(start, "</code>") - start));
    replace_all(plan, "&quot;", '"');
    replace_all(plan, "&#39;", '\'');
    replace_all(plan, "&lt;", '<');
    replace_all(plan, "&gt;", '>');
    replace_all(plan, "&amp;", '&');
    free(text);
    return plan;
}

/* The indented lines. */
static char *plan_of_the_markdown(void)
{
    char *text = read_file(folder, "report.md"), *start = strstr(text, PLAN_INTRODUCTION), *plan = NULL;
    size_t size;

    assert_non_null(start);
    start = strstr(start, "\n\n") + 2;
    FILE *out = open_memstream(&plan, &size);
    for (; strncmp(start, "    ", 4) == 0; start = strchr(start, '\n') + 1)
        fprintf(out, "%.*s\n", (int)strcspn(start + 4, "\n"), start + 4);
    fclose(out);
    free(text);
    return plan;
}

/* Takes `read` over. */
static void is_the_plan(const char *plan, char *read)
{
    char error[400] = "", *again;
    struct plan p;

    if (plan_from_json(read, &p, error, sizeof error) != 0)
        fail_msg("%s: %s", error, read);
    again = plan_to_json(&p);
    assert_string_equal(again, plan);
    plan_free(&p);
    free(again);
    free(read);
}

static void the_plan_can_be_copied_out_of_the_report(void **state)
{
    struct result_set results = synthetic_results(&synthetic_bench);
    char error[400];
    struct plan p;
    (void)state;

    assert_int_equal(
        plan_from_json("{\"rounds\": 6, \"workloads\": [{\"name\": \"chain\", \"scale\": 0.5}, \"gcbench\"],"
                       "\"tunings\": [\"700,10,10\", \"2000,10,10\"]}",
                       &p, error, sizeof error),
        0);
    free(results.plan);
    results.plan = plan_to_json(&p);
    plan_free(&p);
    report_of(&results, false);
    is_the_plan(results.plan, plan_of_the_page());
    is_the_plan(results.plan, plan_of_the_markdown());
    synthetic_free(&results);
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
        TEST(the_plan_can_be_copied_out_of_the_report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
