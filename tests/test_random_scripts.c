/* test_random_scripts.c - heap scripts made at random, and scripts made shorter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stress/script_executed.h"
#include "harness/stress/script_generate.h"
#include "harness/stress/script_shrink.h"
#include "workloads/script/script.h"

enum { SCRIPTS = 300, OPS = SCRIPT_PRINT_BLOCKS + 1 };

/* ---- The generator ---- */

static void parse(struct script *s, const char *text, size_t length, void **memory)
{
    struct script_error error;
    *memory = calloc(1, script_memory_bytes(length));
    assert_non_null(*memory);
    if (script_parse(s, text, length, *memory, &error) != 0)
        fail_msg("%u:%u: %s", error.line, error.column, error.message);
}

/* What of the language is not a statement of its own. */
struct reached {
    unsigned op[OPS];
    unsigned label, no_label, resurrect, item, key, global_item, nested, frame_in_repeat, index_in_text, saveall,
        collects_young, slots_0, empty_group, large_bytes;
    uint32_t deepest;
};

static void note_statement(struct reached *r, const struct script_statement *now)
{
    r->op[now->op]++;
    if (now->op == SCRIPT_WEAKREF)
        *(now->text.bytes ? &r->label : &r->no_label) += 1;
    r->resurrect += now->op == SCRIPT_FINALIZER && now->resurrect != SCRIPT_NO_NAME;
    r->item += now->op == SCRIPT_DELETE && now->target.kind == SCRIPT_AT_ITEM;
    r->key += now->op == SCRIPT_DELETE && now->target.kind == SCRIPT_AT_KEY;
    r->global_item += now->op == SCRIPT_COPY && now->source.kind == SCRIPT_AT_ITEM;
    r->index_in_text += now->text.has_index;
    r->saveall += now->op == SCRIPT_GC_SET_DEBUG && now->integer != 0;
    r->collects_young += now->op == SCRIPT_GC_COLLECT && now->integer < 2;
    r->slots_0 += now->op == SCRIPT_SLOTTED && now->integer == 0;
    r->empty_group += (now->op == SCRIPT_TUPLE || now->op == SCRIPT_SET) && now->operand_count == 0;
    r->large_bytes += now->op == SCRIPT_BYTES && now->integer > 512;
}

static void note(struct reached *r, const struct script *s)
{
    unsigned repeats = 0, is_repeat[SCRIPT_BLOCKS], deep = 0;
    for (size_t i = 0; i < s->statement_count; i++) {
        const struct script_statement *now = &s->statements[i];
        note_statement(r, now);
        if (now->op == SCRIPT_END) {
            repeats -= is_repeat[--deep];
        } else if (now->op == SCRIPT_REPEAT || now->op == SCRIPT_FRAME) {
            r->frame_in_repeat += now->op == SCRIPT_FRAME && repeats > 0;
            is_repeat[deep] = now->op == SCRIPT_REPEAT;
            r->nested += is_repeat[deep] && repeats > 0;
            repeats += is_repeat[deep++];
        }
    }
    if (s->deepest > r->deepest)
        r->deepest = s->deepest;
}

static void random_scripts_parse_and_use_the_whole_language(void **state)
{
    (void)state;
    static struct reached r;
    uint64_t executed = 0;
    for (uint64_t number = 1; number <= SCRIPTS; number++) {
        size_t length;
        uint64_t statements;
        void *memory;
        struct script s;
        char *text = script_generate(1, number, &length);
        parse(&s, text, length, &memory);
        note(&r, &s);
        assert_int_equal(script_executed(text, length, &statements), 0);
        executed += statements;
        free(memory);
        free(text);
    }
    for (size_t op = 0; op < OPS; op++)
        if (r.op[op] == 0)
            fail_msg("no script has a statement of form %zu", op);
    const unsigned others[] = {r.label,          r.no_label, r.resurrect,       r.item,          r.key,
                               r.global_item,    r.nested,   r.frame_in_repeat, r.index_in_text, r.saveall,
                               r.collects_young, r.slots_0,  r.empty_group,     r.large_bytes};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i] == 0)
            fail_msg("no script has what row %zu counts", i);
    assert_true(r.deepest >= 4);
    assert_in_range(executed / SCRIPTS, 300, 1500);
}

static void a_script_depends_on_seed_and_number_alone(void **state)
{
    (void)state;
    size_t a_length, b_length;
    char *a = script_generate(7, 12, &a_length), *other = script_generate(7, 13, &b_length);
    free(other);
    char *b = script_generate(7, 12, &b_length);
    assert_int_equal(a_length, strlen(a));
    assert_string_equal(a, b);
    free(b);
    b = script_generate(8, 12, &b_length);
    assert_string_not_equal(a, b);
    free(b);
    b = script_generate(12, 7, &b_length);
    assert_string_not_equal(a, b);
    free(b);
    free(a);
}

static void every_script_ends_with_what_all_must_show(void **state)
{
    (void)state;
    static const char end[] = "\nprint blocks\nprint gc.count\nprint gc.stats\n";
    for (uint64_t number = 1; number <= 50; number++) {
        size_t length;
        char *text = script_generate(3, number, &length);
        assert_string_equal(text + length - strlen(end), end);
        free(text);
    }
}

static void statements_are_counted_as_often_as_they_are_executed(void **state)
{
    (void)state;
    static const char text[] =
        "x = None\nrepeat 3\n  frame\n    y = x\n    repeat 4\n      z = y\n    end\n  end\nend\n";
    uint64_t executed;
    assert_int_equal(script_executed(text, strlen(text), &executed), 0);
    /* x, repeat, 3 times: frame, y, repeat, 4 times z */
    assert_int_equal(executed, 1 + 1 + 3 * (1 + 1 + 1 + 4));
    assert_int_equal(script_executed("x = ", 4, &executed), -1);
}

/* ---- The shrinker ---- */

struct fake {
    const char *needed[3]; /* texts that must all be there, NULL from the first that is not needed */
    bool balanced;         /* what was tried always was */
    unsigned tries;
};

static bool has_all(void *context, const char *text, size_t length)
{
    struct fake *f = context;
    struct script s;
    struct script_error error;
    void *memory = calloc(1, script_memory_bytes(length));
    f->tries++;
    assert_int_equal(length, strlen(text));
    if (script_parse(&s, text, length, memory, &error) != 0)
        f->balanced = false;
    free(memory);
    for (size_t i = 0; i < 3 && f->needed[i]; i++)
        if (!strstr(text, f->needed[i]))
            return false;
    return true;
}

static void assert_shrinks(const char *text, struct fake *f, const char *expected)
{
    f->balanced = true;
    f->tries = 0;
    char *shorter = script_shrink(text, strlen(text), has_all, f, 3000);
    assert_non_null(shorter);
    assert_string_equal(shorter, expected);
    assert_true(f->balanced);
    free(shorter);
}

static void lines_that_show_nothing_are_left_out(void **state)
{
    (void)state;
    struct fake f = {.needed = {"x = list 7", "print len x"}};
    assert_shrinks(
        "a = None\nx = list 7\nb = None\nframe\n  c = a\nend\nrepeat 2\n  append x a\nend\nprint len x\nd = a\n", &f,
        "x = list 7\nprint len x\n");
}

static void a_block_is_taken_from_around_its_lines(void **state)
{
    (void)state;
    struct fake f = {.needed = {"print blocks"}};
    assert_shrinks("x = None\nrepeat 9\n  frame\n    print blocks\n    x = None\n  end\nend\n", &f,
                   "    print blocks\n");
}

static void numbers_are_made_smaller(void **state)
{
    (void)state;
    struct fake f = {.needed = {"repeat", "bytes", "[0]"}};
    assert_shrinks("repeat 1000\n  x = bytes 600\n  y = x[37]\nend\n", &f,
                   "repeat 0\n  x = bytes 0\n  y = x[0]\nend\n");
}

static bool repeats_at_least_37(void *context, const char *text, size_t length)
{
    (void)context;
    (void)length;
    const char *repeat = strstr(text, "repeat ");
    return repeat && strtoul(repeat + strlen("repeat "), NULL, 10) >= 37;
}

static void a_number_ends_at_the_least_that_shows_it(void **state)
{
    (void)state;
    const char *text = "repeat 1000\n  x = None\nend\n";
    char *shorter = script_shrink(text, strlen(text), repeats_at_least_37, NULL, 3000);
    assert_string_equal(shorter, "repeat 37\nend\n");
    free(shorter);
}

static void operands_that_show_nothing_are_left_out(void **state)
{
    (void)state;
    struct fake f = {.needed = {"t = tuple", " a", " c"}};
    assert_shrinks("t = tuple b a b c b\n", &f, "t = tuple a c\n");
}

static void numbers_in_texts_names_and_floats_stay(void **state)
{
    (void)state;
    struct fake f = {.needed = {"str \"7 9\"", "x12 = float 7.5"}};
    assert_shrinks("s = str \"7 9\"\nx12 = float 7.5\n", &f, "s = str \"7 9\"\nx12 = float 7.5\n");
}

static void shrinking_ends_when_its_tries_are_used_up(void **state)
{
    (void)state;
    struct fake f = {.needed = {"print blocks"}, .balanced = true};
    char text[4096] = "";
    for (unsigned i = 0; i < 100; i++)
        strcat(text, "print blocks\n");
    char *shorter = script_shrink(text, strlen(text), has_all, &f, 3);
    assert_int_equal(f.tries, 3);
    assert_true(strlen(shorter) < strlen(text));
    assert_true(strlen(shorter) > strlen("print blocks\n"));
    free(shorter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_scripts_parse_and_use_the_whole_language),
        cmocka_unit_test(a_script_depends_on_seed_and_number_alone),
        cmocka_unit_test(every_script_ends_with_what_all_must_show),
        cmocka_unit_test(statements_are_counted_as_often_as_they_are_executed),
        cmocka_unit_test(lines_that_show_nothing_are_left_out),
        cmocka_unit_test(a_block_is_taken_from_around_its_lines),
        cmocka_unit_test(numbers_are_made_smaller),
        cmocka_unit_test(a_number_ends_at_the_least_that_shows_it),
        cmocka_unit_test(operands_that_show_nothing_are_left_out),
        cmocka_unit_test(numbers_in_texts_names_and_floats_stay),
        cmocka_unit_test(shrinking_ends_when_its_tries_are_used_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
