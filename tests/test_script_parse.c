/* test_script_parse.c - heap scripts: what each form of statement is parsed into. */
#include "tests/parsed_script.h"

#include "workloads/mutator.h"

static void parse(struct parsed *p, const char *text)
{
    parsed_open(p, text, strlen(text));
    if (p->result != 0)
        fail_msg("%u:%u: %s: in\n%s", p->error.line, p->error.column, p->error.message, text);
    assert_true(script_holds(&p->script));
}

/* The only statement of a script. */
static const struct script_statement *only(struct parsed *p, const char *text)
{
    parse(p, text);
    assert_int_equal(p->script.statement_count, 1);
    return &p->script.statements[0];
}

static const char *name(const struct parsed *p, uint32_t index)
{
    assert_true(index < p->script.name_count);
    return p->script.names[index].text;
}

static void assert_text(const struct script_text *text, const char *expected)
{
    assert_non_null(text->bytes);
    assert_int_equal(text->length, strlen(expected));
    assert_memory_equal(text->bytes, expected, text->length);
}

static void every_form_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum script_op op;
    } rows[] = {
        {"x = None", SCRIPT_NONE},
        {"x = int -5", SCRIPT_INT},
        {"x = float 1.5", SCRIPT_FLOAT},
        {"x = str \"text\"", SCRIPT_STR},
        {"x = intern \"text with blanks\"", SCRIPT_INTERN},
        {"x = bytes 100", SCRIPT_BYTES},
        {"x = list 3", SCRIPT_LIST},
        {"x = tuple a b c", SCRIPT_TUPLE},
        {"x = set a b", SCRIPT_SET},
        {"x = function a b", SCRIPT_FUNCTION},
        {"x = dict", SCRIPT_DICT},
        {"x = object", SCRIPT_OBJECT},
        {"x = slots 2", SCRIPT_SLOTTED},
        {"w = weakref x", SCRIPT_WEAKREF},
        {"w = weakref x \"label\"", SCRIPT_WEAKREF},
        {"x = deref w", SCRIPT_DEREF},
        {"x = y", SCRIPT_COPY},
        {"x = y[2]", SCRIPT_COPY},
        {"x = y.key", SCRIPT_COPY},
        {"x[2] = y", SCRIPT_STORE},
        {"x.key = y", SCRIPT_STORE},
        {"append x y", SCRIPT_APPEND},
        {"del x", SCRIPT_DELETE},
        {"del x[2]", SCRIPT_DELETE},
        {"del x.key", SCRIPT_DELETE},
        {"finalizer x \"label\"", SCRIPT_FINALIZER},
        {"finalizer x \"label\" resurrect y", SCRIPT_FINALIZER},
        {"frame\nend", SCRIPT_FRAME},
        {"repeat 3\nend", SCRIPT_REPEAT},
        {"gc.collect", SCRIPT_GC_COLLECT},
        {"gc.collect 0", SCRIPT_GC_COLLECT},
        {"gc.enable", SCRIPT_GC_ENABLE},
        {"gc.disable", SCRIPT_GC_DISABLE},
        {"gc.set_threshold 700 10 10", SCRIPT_GC_SET_THRESHOLD},
        {"gc.freeze", SCRIPT_GC_FREEZE},
        {"gc.unfreeze", SCRIPT_GC_UNFREEZE},
        {"gc.set_debug saveall", SCRIPT_GC_SET_DEBUG},
        {"gc.set_debug none", SCRIPT_GC_SET_DEBUG},
        {"print \"text\"", SCRIPT_PRINT_TEXT},
        {"print refcount x", SCRIPT_PRINT_REFCOUNT},
        {"print sizeof x", SCRIPT_PRINT_SIZEOF},
        {"print tracked x", SCRIPT_PRINT_TRACKED},
        {"print finalized x", SCRIPT_PRINT_FINALIZED},
        {"print alive w", SCRIPT_PRINT_ALIVE},
        {"print len x", SCRIPT_PRINT_LEN},
        {"print same x y", SCRIPT_PRINT_SAME},
        {"print gc.collect", SCRIPT_PRINT_GC_COLLECT},
        {"print gc.collect 1", SCRIPT_PRINT_GC_COLLECT},
        {"print gc.count", SCRIPT_PRINT_GC_COUNT},
        {"print gc.threshold", SCRIPT_PRINT_GC_THRESHOLD},
        {"print gc.stats", SCRIPT_PRINT_GC_STATS},
        {"print gc.garbage", SCRIPT_PRINT_GC_GARBAGE},
        {"print gc.frozen", SCRIPT_PRINT_GC_FROZEN},
        {"print gc.isenabled", SCRIPT_PRINT_GC_ISENABLED},
        {"print blocks", SCRIPT_PRINT_BLOCKS},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed p;
        parse(&p, rows[i].text);
        if (p.script.statements[0].op != rows[i].op)
            fail_msg("%s is parsed as form %d", rows[i].text, (int)p.script.statements[0].op);
        parsed_close(&p);
    }
}

static void an_empty_script_and_one_of_comments_have_no_statements(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n", "# only this", "  \t \n\n#\n", "\xEF\xBB\xBF", "\r\n"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct parsed p;
        parse(&p, texts[i]);
        assert_int_equal(p.script.statement_count, 0);
        parsed_close(&p);
    }
}

static void numbers_are_kept_as_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t integer;
    } rows[] = {
        {"x = int 0", 0},
        {"x = int -5", -5},
        {"x = int 007", 7},
        {"x = int 9223372036854775807", INT64_MAX},
        {"x = int -9223372036854775808", INT64_MIN},
        {"x = list 0", 0},
        {"x = list 1099511627776", INT64_C(1) << 40},
        {"x = bytes 1099511627776", INT64_C(1) << 40},
        {"x = slots 64", 64},
        {"gc.collect 0", 0},
        {"gc.collect", 2},
        {"print gc.collect", 2},
        {"print gc.collect 1", 1},
        {"gc.set_debug none", 0},
        {"gc.set_debug saveall", RUNTIME_DEBUG_SAVEALL},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct parsed p;
        if (only(&p, rows[i].text)->integer != rows[i].integer)
            fail_msg("%s", rows[i].text);
        parsed_close(&p);
    }
}

static void thresholds_are_three_numbers(void **state)
{
    (void)state;
    struct parsed p;
    const struct script_statement *s = only(&p, "gc.set_threshold 700 0 2147483647");

    assert_int_equal(s->threshold[0], 700);
    assert_int_equal(s->threshold[1], 0);
    assert_int_equal(s->threshold[2], INT32_MAX);
    parsed_close(&p);
}

static void places_know_where_their_parts_stand(void **state)
{
    (void)state;
    struct parsed p;
    const struct script_statement *s = only(&p, "  thing [ 12 ] = other  # why");

    assert_int_equal(s->column, 3);
    assert_string_equal(name(&p, s->target.name), "thing");
    assert_int_equal(s->target.kind, SCRIPT_AT_ITEM);
    assert_int_equal(s->target.index, 12);
    assert_int_equal(s->target.column, 3);
    assert_int_equal(s->target.inner_column, 11);
    assert_string_equal(name(&p, s->source.name), "other");
    assert_int_equal(s->source.column, 18);
    parsed_close(&p);

    s = only(&p, "x = y.list");
    assert_int_equal(s->source.kind, SCRIPT_AT_KEY);
    assert_string_equal(name(&p, s->source.key), "list");
    assert_int_equal(s->source.column, 5);
    assert_int_equal(s->source.inner_column, 7);
    parsed_close(&p);
}

static void columns_count_characters(void **state)
{
    (void)state;
    struct parsed p;
    const struct script_statement *s =
        only(&p, "finalizer x \"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\" resurrect y # \xC3\xA4");

    assert_int_equal(s->text.length, 9);
    assert_string_equal(name(&p, s->resurrect), "y");
    parsed_close(&p);

    parsed_open(&p, "print \"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\" x", 19);
    assert_int_equal(p.result, -1);
    assert_int_equal(p.error.column, 13);
    parsed_close(&p);
}

static void operands_are_names_in_order(void **state)
{
    (void)state;
    struct parsed p;

    parse(&p, "t = tuple a b a\ns = set\nf = function s  t\n");
    const struct script_statement *s = p.script.statements;
    assert_int_equal(s[0].operand_count, 3);
    assert_int_equal(s[1].operand_count, 0);
    assert_int_equal(s[2].operand_count, 2);
    const struct script_operand *of_tuple = &p.script.operands[s[0].operands];
    const struct script_operand *of_function = &p.script.operands[s[2].operands];
    assert_string_equal(name(&p, of_tuple[1].name), "b");
    assert_int_equal(of_tuple[0].name, of_tuple[2].name);
    assert_int_equal(of_tuple[2].column, 15);
    assert_string_equal(name(&p, of_function[1].name), "t");
    assert_int_equal(of_function[1].column, 17);
    parsed_close(&p);
}

static void names_are_kept_once_in_the_order_first_seen(void **state)
{
    (void)state;
    static const char *const expected[] = {"x", "y", "key", "_", "keys", "ke"};
    struct parsed p;

    parse(&p, "x = y.key\n_ = x\nkeys = ke\nx.keys = key\n");
    assert_int_equal(p.script.name_count, 6);
    for (uint32_t i = 0; i < 6; i++)
        assert_string_equal(name(&p, i), expected[i]);
    parsed_close(&p);
}

static void every_word_but_those_that_make_values_can_be_a_name(void **state)
{
    (void)state;
    struct parsed p;

    parse(&p, "end = list 1\n"
              "frame = dict\n"
              "append = end\n"
              "append append end\n"
              "del = append[0]\n"
              "del del\n"
              "repeat = object\n"
              "repeat.end = frame\n"
              "del[2] = x\n"
              "gc = dict\n"
              "gc.collect = gc\n"
              "x = gc.collect\n"
              "gc.collect\n"
              "print = resurrect\n"
              "print same same same\n"
              "finalizer repeat \"r\" resurrect resurrect\n");
    static const enum script_op ops[] = {
        SCRIPT_LIST,       SCRIPT_DICT,  SCRIPT_COPY,       SCRIPT_APPEND,    SCRIPT_COPY,  SCRIPT_DELETE,
        SCRIPT_OBJECT,     SCRIPT_STORE, SCRIPT_STORE,      SCRIPT_DICT,      SCRIPT_STORE, SCRIPT_COPY,
        SCRIPT_GC_COLLECT, SCRIPT_COPY,  SCRIPT_PRINT_SAME, SCRIPT_FINALIZER,
    };
    assert_int_equal(p.script.statement_count, sizeof ops / sizeof *ops);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        assert_int_equal(p.script.statements[i].op, ops[i]);
    parsed_close(&p);
}

static void escapes_are_undone(void **state)
{
    (void)state;
    struct parsed p;

    parse(&p, "x = str \"a\\\"b\\\\c\\nd#e\"\ny = str \"\"\nz = str \"\\\\n\"\n");
    assert_text(&p.script.statements[0].text, "a\"b\\c\nd#e");
    assert_text(&p.script.statements[1].text, "");
    assert_text(&p.script.statements[2].text, "\\n");
    parsed_close(&p);
}

static void a_text_knows_whether_it_is_like_an_identifier(void **state)
{
    (void)state;
    struct parsed p;

    parse(&p,
          "x = str \"aZ_09\"\nx = str \"a b\"\nx = str \"\xC3\xA4\"\nx = str \"9\"\nrepeat 1\nx = str \"a{i}\"\nend\n");
    assert_true(p.script.statements[0].text.is_identifier);
    assert_false(p.script.statements[1].text.is_identifier);
    assert_false(p.script.statements[2].text.is_identifier);
    assert_true(p.script.statements[3].text.is_identifier);
    assert_false(p.script.statements[5].text.is_identifier);
    parsed_close(&p);
}

static void an_index_stands_for_something_only_in_a_repeat(void **state)
{
    (void)state;
    struct parsed p;

    parse(&p, "print \"{i}\"\n"
              "repeat 2\n"
              "frame\n"
              "print \"{i}\"\n"
              "print \"{j} i} {i\"\n"
              "finalizer x \"f {i}{i}\"\n"
              "end\n"
              "w = weakref x \"{i}\"\n"
              "end\n"
              "x = str \"{i}\"\n");
    static const bool has_index[] = {false, false, false, true, false, true, false, true, false, false};
    for (size_t i = 0; i < sizeof has_index / sizeof *has_index; i++)
        assert_int_equal(p.script.statements[i].text.has_index, has_index[i]);
    assert_text(&p.script.statements[5].text, "f {i}{i}");
    parsed_close(&p);
}

static void a_weak_reference_without_label_has_no_text(void **state)
{
    (void)state;
    struct parsed p;

    parse(&p, "w = weakref x # \"no label\"\nw = weakref x \"\"\nw = weakref x \"label\"");
    assert_null(p.script.statements[0].text.bytes);
    assert_text(&p.script.statements[1].text, "");
    assert_text(&p.script.statements[2].text, "label");
    assert_int_equal(p.script.statements[2].resurrect, SCRIPT_NO_NAME);
    parsed_close(&p);
}

static void a_printed_expression_is_its_source_with_single_blanks(void **state)
{
    (void)state;
    struct parsed p;

    parse(&p, "print refcount x\n"
              "\tprint \t same   x\ty  # equal\n"
              "print gc.collect\n"
              "print  gc.collect  0\r\n"
              "print blocks#\n"
              "print \"two  blanks\"\n");
    assert_text(&p.script.statements[0].text, "refcount x");
    assert_text(&p.script.statements[1].text, "same x y");
    assert_text(&p.script.statements[2].text, "gc.collect");
    assert_text(&p.script.statements[3].text, "gc.collect 0");
    assert_text(&p.script.statements[4].text, "blocks");
    assert_text(&p.script.statements[5].text, "two  blanks");
    assert_string_equal(name(&p, p.script.statements[1].source.name), "x");
    assert_string_equal(name(&p, p.script.statements[1].target.name), "y");
    parsed_close(&p);
}

static void blocks_know_their_other_end(void **state)
{
    (void)state;
    struct parsed p;

    parse(&p, "repeat 3\nframe\nx = dict\nend\nrepeat 0\nend\nend\n");
    static const uint32_t other[] = {6, 3, 0, 1, 5, 4, 0};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_int_equal(p.script.statements[i].other, other[i]);
    assert_int_equal(p.script.deepest, 2);
    assert_int_equal(p.script.statements[0].integer, 3);
    parsed_close(&p);
}

static void line_ends_of_windows_and_a_byte_order_mark_are_accepted(void **state)
{
    (void)state;
    struct parsed p;

    parse(&p, "\xEF\xBB\xBFx = str \"a\"\r\n\r\n\tprint len x\r\n");
    assert_int_equal(p.script.statement_count, 2);
    assert_int_equal(p.script.statements[0].column, 1);
    assert_int_equal(p.script.statements[1].line, 3);
    assert_int_equal(p.script.statements[1].column, 2);
    assert_text(&p.script.statements[0].text, "a");
    parsed_close(&p);
}

static void slot_counts_in_use_are_noted(void **state)
{
    (void)state;
    struct parsed p;

    parse(&p, "x = slots 0\nx = slots 2\nx = slots 64\n");
    for (int i = 0; i <= SCRIPT_SLOTS; i++)
        assert_int_equal(p.script.uses_slots[i], i == 0 || i == 2 || i == 64);
    parsed_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_is_known),
        cmocka_unit_test(an_empty_script_and_one_of_comments_have_no_statements),
        cmocka_unit_test(numbers_are_kept_as_written),
        cmocka_unit_test(thresholds_are_three_numbers),
        cmocka_unit_test(places_know_where_their_parts_stand),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(operands_are_names_in_order),
        cmocka_unit_test(names_are_kept_once_in_the_order_first_seen),
        cmocka_unit_test(every_word_but_those_that_make_values_can_be_a_name),
        cmocka_unit_test(escapes_are_undone),
        cmocka_unit_test(a_text_knows_whether_it_is_like_an_identifier),
        cmocka_unit_test(an_index_stands_for_something_only_in_a_repeat),
        cmocka_unit_test(a_weak_reference_without_label_has_no_text),
        cmocka_unit_test(a_printed_expression_is_its_source_with_single_blanks),
        cmocka_unit_test(blocks_know_their_other_end),
        cmocka_unit_test(line_ends_of_windows_and_a_byte_order_mark_are_accepted),
        cmocka_unit_test(slot_counts_in_use_are_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
