/* test_script_refusals.c - heap scripts that are not: where, and what was expected there. */
#include "tests/parsed_script.h"

struct refusal {
    const char *text;
    uint32_t line, column;
    const char *message; /* part of it, or all */
};

static void assert_refused(const char *text, size_t bytes, const struct refusal *r)
{
    struct parsed p;

    parsed_open(&p, text, bytes);
    if (p.result != -1)
        fail_msg("taken:\n%s", text);
    if (p.error.line != r->line || p.error.column != r->column || !strstr(p.error.message, r->message))
        fail_msg("%u:%u: %s: in\n%s", p.error.line, p.error.column, p.error.message, text);
    assert_true(is_one_printable_line(p.error.message));
    assert_true(position_holds(&p.error, p.text, bytes));
    parsed_close(&p);
}

static void assert_all_refused(const struct refusal *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_refused(rows[i].text, strlen(rows[i].text), &rows[i]);
}

#define ASSERT_ALL_REFUSED(rows) assert_all_refused(rows, sizeof(rows) / sizeof *(rows))

static void an_unknown_statement_is_refused_with_the_known_ones_named(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"fro x", 1, 1, "unknown statement 'fro'; expected NAME = ..., append, del, finalizer, frame, repeat, end,"},
        {"\n\n  x\n", 3, 3, "unknown statement 'x'"},
        {"x y", 1, 1, "unknown statement 'x'"},
        {"gc", 1, 1, "unknown statement 'gc'"},
        {"None", 1, 1, "unknown statement 'None'"},
        {"5 = x", 1, 1, "expected a statement, which begins with a word, found '5'"},
        {"= x", 1, 1, "found '='"},
        {"\"x\" = y", 1, 1, "found '\"x\"'"},
        {"\xC3\xA9 = y", 1, 1, "found '\xC3\xA9'"},
    };
    ASSERT_ALL_REFUSED(rows);
}

static void what_is_one_letter_off_is_suggested(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"fram", 1, 1, "'fram' (did you mean 'frame'?)"},
        {"repaet 3", 1, 1, "(did you mean 'repeat'?)"},
        {"apend x y", 1, 1, "(did you mean 'append'?)"},
        {"End", 1, 1, "(did you mean 'end'?)"},
        {"gc.colect", 1, 1, "'gc.colect' (did you mean 'gc.collect'?)"},
        {"x = lst 3", 1, 5, "(did you mean 'list'?)"},
        {"x = tuples a", 1, 5, "(did you mean 'tuple'?)"},
        {"print refcont x", 1, 7, "(did you mean 'refcount'?)"},
        {"print gc.Stats", 1, 7, "(did you mean 'gc.stats'?)"},
    };
    ASSERT_ALL_REFUSED(rows);
}

static void nothing_is_suggested_for_what_is_further_off(void **state)
{
    (void)state;
    static const char *const texts[] = {"rpaet 3", "x = lists3 4", "print count x", "fraim e", "x = l 3"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct parsed p;
        parsed_open(&p, texts[i], strlen(texts[i]));
        assert_int_equal(p.result, -1);
        if (strstr(p.error.message, "did you mean"))
            fail_msg("%s: %s", texts[i], p.error.message);
        parsed_close(&p);
    }
}

static void a_missing_operand_is_refused_with_what_it_is(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"x = list", 1, 9,
         "expected how many items, a whole number from 0 to 1099511627776, found the end of the line"},
        {"x = list  # three", 1, 11, "found the end of the line"},
        {"x = bytes", 1, 10, "expected how many bytes"},
        {"x = slots", 1, 10, "expected how many slots, a whole number from 0 to 64"},
        {"x = int", 1, 8, "expected an int"},
        {"x = float", 1, 10, "expected a number such as"},
        {"x = str", 1, 8, "expected a text in double quotes, found the end of the line"},
        {"x = intern", 1, 11, "expected a text in double quotes"},
        {"x = weakref", 1, 12, "expected a name, found the end of the line"},
        {"x = deref", 1, 10, "expected a name"},
        {"x =", 1, 4, "expected None, int, float, str"},
        {"x[2] =", 1, 7, "expected a name"},
        {"x[2", 1, 4, "expected ']' after the index, found the end of the line"},
        {"x[", 1, 3, "expected an index"},
        {"x.", 1, 3, "expected a key after '.'"},
        {"x[2]", 1, 5, "expected '=' after the item or key, found the end of the line"},
        {"x.key", 1, 6, "expected '=' after the item or key"},
        {"append", 1, 7, "expected a name"},
        {"append x", 1, 9, "expected a name"},
        {"del", 1, 4, "expected a name, an item as x[2] or a key as x.key"},
        {"finalizer", 1, 10, "expected a name"},
        {"finalizer x", 1, 12, "expected a label in double quotes"},
        {"finalizer x \"f\" resurrect", 1, 26, "expected a name after 'resurrect'"},
        {"repeat", 1, 7, "expected how many times, a whole number from 0 to 1099511627776"},
        {"gc.set_threshold", 1, 17, "expected three thresholds, a whole number from 0 to 2147483647"},
        {"gc.set_threshold 700 10", 1, 24, "expected three thresholds"},
        {"gc.set_debug", 1, 13, "expected saveall or none"},
        {"print", 1, 6, "cannot print the end of the line; expected \"text\", refcount"},
        {"print refcount", 1, 15, "expected a name"},
        {"print same x", 1, 13, "expected a name"},
    };
    ASSERT_ALL_REFUSED(rows);
}

static void a_wrong_operand_is_shown(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"x = list y", 1, 10, "found 'y'"},
        {"x = list -1", 1, 10, "found '-1'"},
        {"x = list 1099511627777", 1, 10, "found '1099511627777'"},
        {"x = bytes 1_000", 1, 11, "found '1_000'"},
        {"x = bytes 0x10", 1, 11, "found '0x10'"},
        {"x = slots 65", 1, 11, "found '65'"},
        {"x = int 9223372036854775808", 1, 9, "to 9223372036854775807, found '9223372036854775808'"},
        {"x = int -9223372036854775809", 1, 9, "from -9223372036854775808"},
        {"x = int 1.5", 1, 9, "found '1.5'"},
        {"x = int -", 1, 9, "found '-'"},
        {"x = int +5", 1, 9, "found '+5'"},
        {"x = int \"5\"", 1, 9, "found '\"5\"'"},
        {"x = float inf", 1, 11, "expected a number such as 1.5, -2 or 6.02e23, found 'inf'"},
        {"x = float nan", 1, 11, "found 'nan'"},
        {"x = float 1e", 1, 11, "found '1e'"},
        {"x = float 1e+", 1, 11, "found '1e+'"},
        {"x = float .5", 1, 11, "found '.5'"},
        {"x = float 5.", 1, 11, "found '5.'"},
        {"x = float 1,5", 1, 12, "expected nothing more, found ','"},
        {"x = float 1e309", 1, 11, "expected a float of at most 1.7976931348623157e308, found '1e309'"},
        {"x = float 0.12345678901234567890123456789012345678901", 1, 11, "expected at most 40 digits"},
        {"x = str text", 1, 9, "expected a text in double quotes, found 'text'"},
        {"x = str 'text'", 1, 9, "found '''"},
        {"x = weakref y label", 1, 15, "expected a label in double quotes or nothing more, found 'label'"},
        {"x[-1] = y", 1, 3, "expected an index, a whole number from 0 to 9223372036854775807, found '-1'"},
        {"x[i] = y", 1, 3, "found 'i'"},
        {"x[\"a\"] = y", 1, 3, "found '\"a\"'"},
        {"x[9223372036854775808] = y", 1, 3, "found '9223372036854775808'"},
        {"x[2) = y", 1, 4, "expected ']' after the index, found ')'"},
        {"x[1][2] = y", 1, 5, "expected '=' after the item or key, found '['"},
        {"x.2 = y", 1, 3, "expected a key after '.', found '2'"},
        {"x == y", 1, 4, "found '='"},
        {"x = 5", 1, 5, "or a name, found '5'"},
        {"x = \"a\"", 1, 5, "found '\"a\"'"},
        {"x = [1]", 1, 5, "found '['"},
        {"x[2] = None", 1, 8, "'None' cannot be a name; expected a name"},
        {"x[2] = y[3]", 1, 9, "expected a name alone"},
        {"append x y[2]", 1, 11, "expected a name alone; give the item or key a name first (y = x[2])"},
        {"print len x.key", 1, 12, "expected a name alone"},
        {"append x 5", 1, 10, "expected a name, found '5'"},
        {"x = tuple a 5", 1, 13, "expected names, found '5'"},
        {"x = tuple a, b", 1, 12, "expected a blank before ','"},
        {"x = tuple a None", 1, 13, "'None' cannot be a name"},
        {"list = dict", 1, 1, "'list' cannot be a name"},
        {"set.key = dict", 1, 1, "'set' cannot be a name"},
        {"finalizer x \"f\" resurect y", 1, 17, "expected 'resurrect NAME' or nothing more, found 'resurect'"},
        {"gc.collect 3", 1, 12, "expected a generation, a whole number from 0 to 2, found '3'"},
        {"gc.set_threshold 700 10 -1", 1, 25, "found '-1'"},
        {"gc.set_threshold 700, 10, 10", 1, 21, "expected a blank before ','"},
        {"gc.set_debug all", 1, 14, "expected saveall or none, found 'all'"},
        {"repeat -1", 1, 8, "found '-1'"},
        {"repeat 1099511627777", 1, 8, "found '1099511627777'"},
        {"print x", 1, 7, "cannot print 'x'; expected \"text\", refcount, sizeof"},
        {"print gc", 1, 7, "cannot print 'gc'"},
        {"print gc.collect 7", 1, 18, "expected a generation"},
    };
    ASSERT_ALL_REFUSED(rows);
}

static void trailing_words_are_refused(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"x = dict 3", 1, 10, "expected nothing more, found '3'"},
        {"x = None y", 1, 10, "expected nothing more, found 'y'"},
        {"x = y z", 1, 5, "'y' makes no value; expected None, int,"},
        {"x = y.key z", 1, 11, "expected nothing more, found 'z'"},
        {"x = y[1][2]", 1, 9, "expected nothing more, found '['"},
        {"x = list 3 4", 1, 12, "found '4'"},
        {"x = str \"a\" \"b\"", 1, 13, "found '\"b\"'"},
        {"x[1] = y z", 1, 10, "found 'z'"},
        {"append x y z", 1, 12, "found 'z'"},
        {"del x y", 1, 7, "found 'y'"},
        {"frame 3", 1, 7, "found '3'"},
        {"frame\nend frame", 2, 5, "found 'frame'"},
        {"repeat 3 times", 1, 10, "found 'times'"},
        {"gc.enable now", 1, 11, "found 'now'"},
        {"gc.collect 0 1", 1, 14, "found '1'"},
        {"print blocks x", 1, 14, "found 'x'"},
        {"print \"a\" x", 1, 11, "found 'x'"},
        {"x = int 5;", 1, 10, "found ';'"},
    };
    ASSERT_ALL_REFUSED(rows);
}

static void words_that_touch_are_refused(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"print\"a\"", 1, 6, "expected a blank before '\"a\"'"},
        {"x = int-5", 1, 8, "expected a blank before '-5'"},
        {"finalizer x \"a\"resurrect y", 1, 16, "expected a blank before 'resurrect'"},
        {"repeat(3)", 1, 7, "expected a blank before '('"},
    };
    ASSERT_ALL_REFUSED(rows);
}

static void a_bad_text_is_refused_where_it_goes_wrong(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"print \"abc", 1, 7, "the text has no closing quote"},
        {"print \"abc\\\"", 1, 7, "the text has no closing quote"},
        {"print \"abc\\", 1, 7, "the text has no closing quote"},
        {"print \"abc # no comment\nprint \"b\"", 1, 7, "the text has no closing quote"},
        {"x = str \"a\\q\"", 1, 11, "unknown escape; expected \\\", \\\\ or \\n"},
        {"x = str \"\xC3\xA4\\t\"", 1, 11, "unknown escape"},
    };
    ASSERT_ALL_REFUSED(rows);
}

static void an_end_without_a_block_names_the_block_that_ended(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"end", 1, 1, "'end' with no block open; expected a 'frame' or 'repeat' before it"},
        {"x = dict\nframe\n  end\n end\n", 4, 2, "the block of line 2 has ended on line 3"},
    };
    ASSERT_ALL_REFUSED(rows);
}

static void a_block_without_end_is_named(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"frame", 1, 6, "the 'frame' of line 1 is still open; expected 'end'"},
        {"x = dict\nrepeat 2\nframe\nend\n\n# over", 6, 7, "the 'repeat' of line 2 is still open"},
        {"repeat 2\nframe\nend\n", 3, 4, "the 'repeat' of line 1 is still open"},
    };
    ASSERT_ALL_REFUSED(rows);
}

static void what_is_no_text_file_is_refused(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"x = dict\n# \x01", 2, 3, "control character U+0001; expected none but tabs and line ends"},
        {"x = \rdict", 1, 5, "control character U+000D"},
        {"x\x7F", 1, 2, "control character U+007F"},
        {"\xFF", 1, 1, "byte 0xFF is not UTF-8 here; expected a text file in UTF-8"},
        {"# \xC3\xA4\xC3", 1, 4, "byte 0xC3 is not UTF-8"},
        {"# \xC0\x80", 1, 3, "byte 0xC0"},
        {"# \xE0\x9F\x80", 1, 3, "byte 0xE0"},
        {"# \xED\xA0\x80", 1, 3, "byte 0xED"},
        {"# \xF4\x90\x80\x80", 1, 3, "byte 0xF4"},
        {"# \xF0\x80\x80\x80", 1, 3, "byte 0xF0"},
        {"# \x80", 1, 3, "byte 0x80"},
        {"x = dict\n\xEF\xBB\xBFy = x", 2, 1, "found '?'"}, /* a byte order mark in the midst */
    };
    static const struct refusal nul = {"", 1, 6, "control character U+0000"};

    ASSERT_ALL_REFUSED(rows);
    assert_refused("x = d\0ict", 9, &nul);
}

static void what_is_shown_is_short_and_printable(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"x = list \xE2\x80\xAE", 1, 10, "found '?'"},     /* turns the direction of what follows */
        {"x = list \"\xC2\x85\"", 1, 10, "found '\"?\"'"}, /* a control character of Latin 1 */
        {"x = int \"0123456789012345678901234567890123456789012345678901234567890123456789\"", 1, 9, "123456..."},
        {"a012345678901234567890123456789012345678901234567890123456789012345678901234567890", 1, 1, "...'; expected"},
    };
    ASSERT_ALL_REFUSED(rows);
}

/* A text of `count` times `piece`, which the caller frees. */
static char *repeated(const char *piece, size_t count)
{
    size_t length = strlen(piece);
    char *text = malloc(count * length + 1);

    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * length, piece, length);
    text[count * length] = 0;
    return text;
}

static void a_line_of_more_than_4096_bytes_is_refused(void **state)
{
    (void)state;
    static const struct refusal too_long = {"", 1, 4097, "the line is too long; expected at most 4096 bytes"};
    static const struct refusal within_a_character = {"", 1, 2050, "the line is too long"};
    char *blanks = repeated(" ", 4097);
    char *letters = repeated("\xC3\xA4", 2049);
    struct parsed p;

    assert_refused(blanks, 4097, &too_long);
    letters[0] = '#', letters[1] = ' '; /* 2 characters and 2048 more: the last begins at byte 4096 */
    assert_refused(letters, 4098, &within_a_character);

    blanks[4096] = '\n';
    parsed_open(&p, blanks, 4097);
    assert_int_equal(p.result, 0);
    parsed_close(&p);
    free(blanks);
    free(letters);
}

static void a_script_of_more_than_64_mib_is_refused_untouched(void **state)
{
    (void)state;
    struct script s;
    struct script_error error;
    size_t bytes = (size_t)SCRIPT_MOST_BYTES + 1;

    assert_int_equal(script_memory_bytes(bytes), 0);
    assert_int_equal(script_parse(&s, "", bytes, NULL, &error), -1);
    assert_int_equal(error.line, 1);
    assert_int_equal(error.column, 1);
    assert_string_equal(error.message, "the script has 67108865 bytes; expected at most 67108864");
}

static void blocks_nest_256_deep_and_no_deeper(void **state)
{
    (void)state;
    static const struct refusal too_deep = {"", 257, 1, "'frame' within 256 blocks; expected at most 256"};
    char *frames = repeated("frame\n", 257);
    char *both = repeated("frame\n", 256 + 256);
    struct parsed p;

    assert_refused(frames, strlen(frames), &too_deep);
    for (size_t i = 256; i < 512; i++)
        memcpy(both + 6 * i, "end  \n", 6);
    parsed_open(&p, both, strlen(both));
    assert_int_equal(p.result, 0);
    assert_int_equal(p.script.deepest, 256);
    assert_true(script_holds(&p.script));
    parsed_close(&p);
    free(frames);
    free(both);
}

static void more_than_2_to_the_40_statements_are_refused_at_the_repeat(void **state)
{
    (void)state;
    static const struct refusal rows[] = {
        {"repeat 1048576\nrepeat 1048576\nend\nend\n", 1, 1,
         "from here on more than 1099511627776 statements would run; expected fewer repeats"},
        {"repeat 549755813888\nx = y\nend\n", 1, 1, "statements would run"},
        {"x = y\nrepeat 1099511627775\nend\n", 2, 1, "statements would run"},
        {"repeat 1099511627776\nend\n", 1, 1, "statements would run"},
        {"repeat 0\n repeat 1099511627776\nx = y\nend\nend\n", 2, 2, "statements would run"},
        {"repeat 1099511627775\nend\nx = y", 3, 1, "statements would run"},
    };
    static const char *const taken[] = {
        "repeat 0\nend\n",
        "repeat 1099511627775\nend\n",
        "repeat 549755813887\nx = y\nend\n",
        "repeat 0\nrepeat 1099511627774\nend\nend\n",
    };

    ASSERT_ALL_REFUSED(rows);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        struct parsed p;
        parsed_open(&p, taken[i], strlen(taken[i]));
        if (p.result != 0)
            fail_msg("%s: %s", taken[i], p.error.message);
        parsed_close(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_statement_is_refused_with_the_known_ones_named),
        cmocka_unit_test(what_is_one_letter_off_is_suggested),
        cmocka_unit_test(nothing_is_suggested_for_what_is_further_off),
        cmocka_unit_test(a_missing_operand_is_refused_with_what_it_is),
        cmocka_unit_test(a_wrong_operand_is_shown),
        cmocka_unit_test(trailing_words_are_refused),
        cmocka_unit_test(words_that_touch_are_refused),
        cmocka_unit_test(a_bad_text_is_refused_where_it_goes_wrong),
        cmocka_unit_test(an_end_without_a_block_names_the_block_that_ended),
        cmocka_unit_test(a_block_without_end_is_named),
        cmocka_unit_test(what_is_no_text_file_is_refused),
        cmocka_unit_test(what_is_shown_is_short_and_printable),
        cmocka_unit_test(a_line_of_more_than_4096_bytes_is_refused),
        cmocka_unit_test(a_script_of_more_than_64_mib_is_refused_untouched),
        cmocka_unit_test(blocks_nest_256_deep_and_no_deeper),
        cmocka_unit_test(more_than_2_to_the_40_statements_are_refused_at_the_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
