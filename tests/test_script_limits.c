/* test_script_limits.c - heap scripts: the memory and the work that the worst of them take, names, numbers. */
#include "tests/parsed_script.h"

#include <math.h>
#include <stdio.h>

#include "workloads/random.h"
#include "workloads/script/number.h"

/* A growing text, which the caller frees. */
struct growing {
    char *text;
    size_t length, room;
};

static void add(struct growing *g, const char *piece, size_t length)
{
    if (g->length + length > g->room) {
        g->room = 2 * (g->length + length);
        g->text = realloc(g->text, g->room);
        assert_non_null(g->text);
    }
    memcpy(g->text + g->length, piece, length);
    g->length += length;
}

static void add_text(struct growing *g, const char *piece)
{
    add(g, piece, strlen(piece));
}

/* The number as a name of letters, the shortest ones first; without t and N it is no reserved word. */
static void add_name(struct growing *g, uint64_t number)
{
    static const char letters[] = "abcdefghijklmnopqrsuvwxyzABCDEFGHIJKLMOPQRSTUVWXYZ_";

    do {
        add(g, &letters[number % 51], 1);
        number /= 51;
    } while (number > 0);
}

/* ---- The worst that can be written ---- */

typedef void writer(struct growing *g, size_t lines);

static void copies(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < lines; i++)
        add_text(g, i ? "\nx=y" : "x=y");
}

static void frames(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < lines; i++)
        add_text(g, i % 2 ? "end\n" : "frame\n");
    if (lines % 2)
        add_text(g, "end\n");
}

static void copies_of_new_names(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < 2 * lines; i++) {
        add_name(g, i);
        add_text(g, i % 2 ? "\n" : "=");
    }
}

static void keys_of_new_names(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < lines; i++) {
        add_name(g, 3 * i);
        add_text(g, ".");
        add_name(g, 3 * i + 1);
        add_text(g, "=");
        add_name(g, 3 * i + 2);
        add_text(g, "\n");
    }
}

static void operands(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < lines; i++) {
        add_text(g, "x=set");
        for (size_t k = 0; k < 2045; k++)
            add_text(g, " y");
        add_text(g, "\n");
    }
}

static void operands_of_new_names(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < lines; i++) {
        add_text(g, "x=set");
        for (size_t k = 0; k < 800; k++) {
            add_text(g, " ");
            add_name(g, 800 * i + k);
        }
        add_text(g, "\n");
    }
}

static void escaped_texts(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < lines; i++) {
        add_text(g, "x=str \"");
        for (size_t k = 0; k < 2000; k++)
            add_text(g, k ? "z" : "\\n");
        add_text(g, "\"\n");
    }
}

static void expressions(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < lines; i++) {
        add_text(g, "print len \t ");
        for (size_t k = 0; k < 4000; k++)
            add_text(g, "n");
        add_name(g, i);
        add_text(g, "\n");
    }
}

/* a, aa, aaa ...: each is the beginning of the next. */
static void names_within_names(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < lines; i++) {
        for (size_t k = 0; k <= i % 4000; k++)
            add_text(g, "a");
        add_text(g, "=b\n");
    }
}

/* Names that differ only after 4,000 letters, looked at by a short one each time. */
static void late_differences(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < lines; i++) {
        for (size_t k = 0; k < 4000; k++)
            add_text(g, "A");
        add_name(g, i);
        add_text(g, "=z\n");
    }
}

static void large_floats(struct growing *g, size_t lines)
{
    for (size_t i = 0; i < lines; i++)
        add_text(g, "x=float 1234567890123456789012345678901234567890e-361\n");
}

static const struct {
    writer *write;
    size_t lines;
} worst[] = {
    {copies, 1},
    {copies, 20000},
    {frames, 20001},
    {copies_of_new_names, 20000},
    {keys_of_new_names, 20000},
    {operands, 50},
    {operands_of_new_names, 50},
    {escaped_texts, 50},
    {expressions, 50},
    {names_within_names, 1000},
    {late_differences, 200},
    {large_floats, 2000},
};

enum { WORST = sizeof worst / sizeof *worst };

static void write_and_parse(struct parsed *p, writer *write, size_t lines)
{
    struct growing g = {NULL, 0, 0};

    write(&g, lines);
    parsed_open(p, g.text, g.length);
    free(g.text);
    if (p->result != 0)
        fail_msg("%u:%u: %s", p->error.line, p->error.column, p->error.message);
    assert_true(script_holds(&p->script));
}

/* The memory ends where it may: what is written beyond is seen by the address
 * sanitizer, and by this test where it lies within the next array. */
static void the_worst_scripts_stay_within_the_memory_stated(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORST; i++) {
        struct parsed p;
        write_and_parse(&p, worst[i].write, worst[i].lines);

        const struct script *s = &p.script;
        const char *end = (const char *)p.memory + script_memory_bytes(p.bytes);
        assert_true((const char *)(s->statements + s->statement_count) <= (const char *)s->operands);
        assert_true((const char *)(s->operands + s->operand_count) <= (const char *)s->names);
        assert_true((const char *)(s->names + s->name_count) <= (const char *)p.parser.names.nodes);
        if (s->name_count > 0)
            assert_true((const char *)(p.parser.names.nodes + s->name_count) <= s->names[0].text);
        assert_true(p.parser.names.characters <= end - p.bytes);
        assert_true(p.parser.lexer.characters <= end);
        parsed_close(&p);
    }
}

static void the_work_is_bounded_by_the_size_of_the_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORST; i++) {
        struct parsed p;
        write_and_parse(&p, worst[i].write, worst[i].lines);
        assert_true(p.parser.lexer.steps <= 2 * p.bytes);
        /* a name of n bytes: 8 (n + 1) nodes twice, its n + 1 bytes once */
        assert_true(p.parser.names.steps <= 34 * p.bytes);
        parsed_close(&p);
    }
}

static void twice_the_text_takes_little_more_than_twice_the_work(void **state)
{
    (void)state;
    for (size_t i = 0; i < WORST; i++) {
        struct parsed once, twice;
        write_and_parse(&once, worst[i].write, worst[i].lines);
        write_and_parse(&twice, worst[i].write, 2 * worst[i].lines);

        double bytes = (double)twice.bytes / (double)once.bytes;
        double steps_once = (double)(once.parser.names.steps + once.parser.lexer.steps);
        double steps_twice = (double)(twice.parser.names.steps + twice.parser.lexer.steps);
        assert_true(steps_twice <= 1.25 * bytes * steps_once + 16);
        parsed_close(&once);
        parsed_close(&twice);
    }
}

/* ---- Names ---- */

static void a_hundred_thousand_names_are_found_again(void **state)
{
    (void)state;
    enum { COUNT = 100000 };
    struct growing g = {NULL, 0, 0};
    struct parsed p;

    for (int pass = 0; pass < 2; pass++)
        for (uint64_t i = 0; i < COUNT; i++) {
            add_text(&g, "del ");
            add_name(&g, i * 7919 % COUNT);
            add_text(&g, "\n");
        }
    parsed_open(&p, g.text, g.length);
    assert_int_equal(p.result, 0);
    assert_int_equal(p.script.name_count, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(p.script.statements[i].target.name, i);
        assert_int_equal(p.script.statements[COUNT + i].target.name, i);
    }
    parsed_close(&p);
    free(g.text);
}

/* ---- Numbers ---- */

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static void assert_float(const char *text)
{
    double read = 0;
    enum number_result result = number_read_float(text, strlen(text), &read);
    double expected = strtod(text, NULL);

    if (result != (isinf(expected) ? NUMBER_TOO_LARGE : NUMBER_OK) ||
        (!isinf(expected) && bits_of(read) != bits_of(expected)))
        fail_msg("%s is read as %a, result %d; expected %a", text, read, (int)result, expected);
}

static void floats_are_the_nearest_doubles(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0",
        "-0",
        "0.0e5",
        "1",
        "-1.5",
        "0.1",
        "0.3",
        "1e22",
        "1e23",
        "123456789012345678",
        "9007199254740993",
        "9007199254740992.5",
        "9007199254740995",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1e309",
        "1e99999999999",
        "1e-99999999999",
        "0e99999999999",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1e-323",
        "1e-400",
        "1234567890123456789012345678901234567890e-361",
        "0000.0000001E+7",
        "1.00000000000000011102230246251565",
        "1.000000000000000111022302462515654042363",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_float(texts[i]);
}

static void random_floats_are_the_nearest_doubles(void **state)
{
    (void)state;
    struct random r;

    random_seed(&r, 3);
    for (int i = 0; i < 20000; i++) {
        char text[80];
        uint64_t bits = random_next(&r);
        double x;
        memcpy(&x, &bits, sizeof x);
        if (isnan(x) || isinf(x))
            continue;
        snprintf(text, sizeof text, "%.*e", (int)random_next_below(&r, 39), x);
        assert_float(text);
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)random_next(&r),
                 (unsigned long long)random_next_below(&r, 1000000), (int)random_next_below(&r, 700) - 350);
        assert_float(text);
    }
}

static void the_locale_of_numbers_does_not_matter(void **state)
{
    (void)state;
    double read;

    assert_int_equal(number_read_float("1,5", 3, &read), NUMBER_MALFORMED);
    assert_int_equal(number_read_float("1.5", 3, &read), NUMBER_OK);
    assert_true(bits_of(read) == bits_of(1.5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_scripts_stay_within_the_memory_stated),
        cmocka_unit_test(the_work_is_bounded_by_the_size_of_the_text),
        cmocka_unit_test(twice_the_text_takes_little_more_than_twice_the_work),
        cmocka_unit_test(a_hundred_thousand_names_are_found_again),
        cmocka_unit_test(floats_are_the_nearest_doubles),
        cmocka_unit_test(random_floats_are_the_nearest_doubles),
        cmocka_unit_test(the_locale_of_numbers_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
