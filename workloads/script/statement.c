#include <limits.h>
#include <string.h>

#include "workloads/script/parser.h"
#include "workloads/script/utf8.h"

enum {
    MOST_ITEMS_LOG2 = 40, /* memory decides; this keeps sums of sizes far from overflow */
    DEBUG_SAVEALL = 32,   /* Python's gc.DEBUG_SAVEALL */
};

static bool is_reserved(struct span word);

/* ---- Operands: names and places ---- */

/* A name that can be read or bound: not one of the words that make a value. */
static int parse_name(struct parser *p, const char *what, uint32_t *name, uint32_t *column)
{
    struct lexer *l = &p->lexer;
    struct span word = lex_peek_word(l);

    if (word.length == 0)
        return lex_expected(l, what);
    if (is_reserved(word))
        return lex_fail(l, l->at, "'%.*s' cannot be a name; expected %s", (int)word.length, word.start, what);
    *name = names_intern(&p->names, word.start, word.length);
    *column = lex_column(l, l->at);
    lex_word(l, false);
    return 0;
}

/* The same where `x[2]` and `x.key` cannot stand. */
static int parse_lone_name(struct parser *p, const char *what, uint32_t *name, uint32_t *column)
{
    struct lexer *l = &p->lexer;

    if (parse_name(p, what, name, column))
        return -1;
    if (l->at < l->line_end && (*l->at == '[' || *l->at == '.'))
        return lex_fail(l, l->at, "expected a name alone; give the item or key a name first (y = x[2])");
    return 0;
}

static int parse_index(struct parser *p, struct script_place *place)
{
    struct lexer *l = &p->lexer;
    int64_t index = 0;

    place->kind = SCRIPT_AT_ITEM;
    lex_peek(l);
    place->inner_column = lex_column(l, l->at);
    if (lex_integer(l, "an index", 0, INT64_MAX, &index))
        return -1;
    place->index = (uint64_t)index;
    return lex_take(l, ']') ? 0 : lex_expected(l, "']' after the index");
}

static int parse_key(struct parser *p, struct script_place *place)
{
    struct lexer *l = &p->lexer;
    struct span word = lex_peek_word(l);

    if (word.length == 0)
        return lex_expected(l, "a key after '.'");
    place->kind = SCRIPT_AT_KEY;
    place->key = names_intern(&p->names, word.start, word.length);
    place->inner_column = lex_column(l, l->at);
    lex_word(l, false);
    return 0;
}

static int parse_place(struct parser *p, const char *what, struct script_place *place)
{
    if (parse_name(p, what, &place->name, &place->column))
        return -1;
    if (lex_take(&p->lexer, '['))
        return parse_index(p, place);
    if (lex_take(&p->lexer, '.'))
        return parse_key(p, place);
    return 0;
}

static int target_name(struct parser *p, struct script_statement *s)
{
    return parse_lone_name(p, "a name", &s->target.name, &s->target.column);
}

static int target_place(struct parser *p, struct script_statement *s)
{
    return parse_place(p, "a name, an item as x[2] or a key as x.key", &s->target);
}

static int source_name(struct parser *p, struct script_statement *s)
{
    return parse_lone_name(p, "a name", &s->source.name, &s->source.column);
}

static int operand_names(struct parser *p, struct script_statement *s)
{
    struct script *script = p->script;

    s->operands = (uint32_t)script->operand_count;
    for (;;) {
        struct script_operand *o = &script->operands[script->operand_count];

        if (lex_gap(&p->lexer))
            return -1;
        if (lex_at_end(&p->lexer))
            return 0;
        if (parse_lone_name(p, "names", &o->name, &o->column))
            return -1;
        script->operand_count++;
        s->operand_count++;
    }
}

static int optional_resurrect(struct parser *p, struct script_statement *s)
{
    uint32_t column;
    struct span word = lex_peek_word(&p->lexer);

    if (lex_at_end(&p->lexer))
        return 0;
    if (word.length != strlen("resurrect") || memcmp(word.start, "resurrect", word.length) != 0)
        return lex_expected(&p->lexer, "'resurrect NAME' or nothing more");
    lex_word(&p->lexer, false);
    return parse_lone_name(p, "a name after 'resurrect'", &s->resurrect, &column);
}

/* ---- Operands: texts and numbers ---- */

static int parse_text(struct parser *p, const char *what, struct script_text *text)
{
    if (lex_text(&p->lexer, what, text))
        return -1;
    for (uint32_t i = 0; p->repeats > 0 && i + 2 < text->length; i++)
        text->has_index |= memcmp(text->bytes + i, "{i}", 3) == 0;
    return 0;
}

static int text(struct parser *p, struct script_statement *s)
{
    return parse_text(p, "a text in double quotes", &s->text);
}

static int label(struct parser *p, struct script_statement *s)
{
    return parse_text(p, "a label in double quotes", &s->text);
}

static int optional_label(struct parser *p, struct script_statement *s)
{
    return lex_at_end(&p->lexer) ? 0 : parse_text(p, "a label in double quotes or nothing more", &s->text);
}

static int integer(struct parser *p, struct script_statement *s)
{
    return lex_integer(&p->lexer, "an int", INT64_MIN, INT64_MAX, &s->integer);
}

static int number(struct parser *p, struct script_statement *s)
{
    return lex_float(&p->lexer, &s->number);
}

static int byte_count(struct parser *p, struct script_statement *s)
{
    return lex_integer(&p->lexer, "how many bytes", 0, INT64_C(1) << MOST_ITEMS_LOG2, &s->integer);
}

static int item_count(struct parser *p, struct script_statement *s)
{
    return lex_integer(&p->lexer, "how many items", 0, INT64_C(1) << MOST_ITEMS_LOG2, &s->integer);
}

static int slot_count(struct parser *p, struct script_statement *s)
{
    if (lex_integer(&p->lexer, "how many slots", 0, SCRIPT_SLOTS, &s->integer))
        return -1;
    p->script->uses_slots[s->integer] = true;
    return 0;
}

static int pass_count(struct parser *p, struct script_statement *s)
{
    return lex_integer(&p->lexer, "how many times", 0, (int64_t)SCRIPT_MOST_STATEMENTS, &s->integer);
}

static int optional_generation(struct parser *p, struct script_statement *s)
{
    s->integer = 2;
    return lex_at_end(&p->lexer) ? 0 : lex_integer(&p->lexer, "a generation", 0, 2, &s->integer);
}

static int thresholds(struct parser *p, struct script_statement *s)
{
    for (int i = 0; i < 3; i++) {
        int64_t threshold = 0;

        if (lex_gap(&p->lexer) || lex_integer(&p->lexer, "three thresholds", 0, INT_MAX, &threshold))
            return -1;
        s->threshold[i] = (int)threshold;
    }
    return 0;
}

/* ---- Forms ---- */

static int parse_operands(struct parser *p, struct script_statement *s, const struct form *form)
{
    s->op = form->op;
    for (int i = 0; i < KEYWORD_OPERANDS && form->operands[i]; i++)
        if (lex_gap(&p->lexer) || form->operands[i](p, s))
            return -1;
    return lex_at_end(&p->lexer) ? 0 : lex_expected(&p->lexer, "nothing more");
}

static const struct form debug_flags[] = {
    {"saveall", SCRIPT_GC_SET_DEBUG, {0}}, {"none", SCRIPT_GC_SET_DEBUG, {0}}, {0}};

static int debug_flag(struct parser *p, struct script_statement *s)
{
    const struct form *flag = keyword_find(debug_flags, lex_peek_word(&p->lexer));

    if (flag == NULL)
        return lex_expected(&p->lexer, "saveall or none");
    lex_word(&p->lexer, false);
    s->integer = flag == debug_flags ? DEBUG_SAVEALL : 0;
    return 0;
}

static const struct form prints[] = {
    {"refcount", SCRIPT_PRINT_REFCOUNT, {source_name}},
    {"sizeof", SCRIPT_PRINT_SIZEOF, {source_name}},
    {"tracked", SCRIPT_PRINT_TRACKED, {source_name}},
    {"finalized", SCRIPT_PRINT_FINALIZED, {source_name}},
    {"alive", SCRIPT_PRINT_ALIVE, {source_name}},
    {"len", SCRIPT_PRINT_LEN, {source_name}},
    {"same", SCRIPT_PRINT_SAME, {source_name, target_name}},
    {"gc.collect", SCRIPT_PRINT_GC_COLLECT, {optional_generation}},
    {"gc.count", SCRIPT_PRINT_GC_COUNT, {0}},
    {"gc.threshold", SCRIPT_PRINT_GC_THRESHOLD, {0}},
    {"gc.stats", SCRIPT_PRINT_GC_STATS, {0}},
    {"gc.garbage", SCRIPT_PRINT_GC_GARBAGE, {0}},
    {"gc.frozen", SCRIPT_PRINT_GC_FROZEN, {0}},
    {"gc.isenabled", SCRIPT_PRINT_GC_ISENABLED, {0}},
    {"blocks", SCRIPT_PRINT_BLOCKS, {0}},
    {0},
};

/* What was read from `start` up to here, with one blank for each run of them. */
static struct script_text expression_text(struct parser *p, const char *start, const char *end)
{
    struct lexer *l = &p->lexer;
    struct script_text text = {.bytes = l->characters};

    while (char_is_blank(end[-1]))
        end--;
    for (const char *from = start; from < end; from++)
        if (!char_is_blank(*from))
            l->characters[text.length++] = *from;
        else if (!char_is_blank(from[1]))
            l->characters[text.length++] = ' ';
    l->characters += text.length;
    return text;
}

static int print_operand(struct parser *p, struct script_statement *s)
{
    struct lexer *l = &p->lexer;
    char shown[LEX_SHOWN_BYTES], hint[KEYWORD_HINT_BYTES];

    if (lex_peek(l) == '"')
        return text(p, s);

    const char *start = l->at;
    struct span word = lex_word(l, true);
    const struct form *form = keyword_find(prints, word);
    if (form == NULL)
        return lex_fail(l, start,
                        "cannot print %s%s; expected \"text\", refcount, sizeof, tracked, finalized, alive, len, same, "
                        "blocks, gc.collect, .count, .threshold, .stats, .garbage, .frozen or .isenabled",
                        lex_show(l, start, shown), keyword_hint(prints, word, hint));
    if (parse_operands(p, s, form))
        return -1;
    s->text = expression_text(p, start, l->at);
    return 0;
}

static const struct form statements[] = {
    {"append", SCRIPT_APPEND, {target_name, source_name}},
    {"del", SCRIPT_DELETE, {target_place}},
    {"finalizer", SCRIPT_FINALIZER, {target_name, label, optional_resurrect}},
    {"frame", SCRIPT_FRAME, {0}},
    {"repeat", SCRIPT_REPEAT, {pass_count}},
    {"end", SCRIPT_END, {0}},
    {"print", SCRIPT_PRINT_TEXT, {print_operand}},
    {"gc.collect", SCRIPT_GC_COLLECT, {optional_generation}},
    {"gc.enable", SCRIPT_GC_ENABLE, {0}},
    {"gc.disable", SCRIPT_GC_DISABLE, {0}},
    {"gc.set_threshold", SCRIPT_GC_SET_THRESHOLD, {thresholds}},
    {"gc.freeze", SCRIPT_GC_FREEZE, {0}},
    {"gc.unfreeze", SCRIPT_GC_UNFREEZE, {0}},
    {"gc.set_debug", SCRIPT_GC_SET_DEBUG, {debug_flag}},
    {0},
};

/* These words are reserved: none is a name, since `x = dict` could then mean two things. */
static const struct form makers[] = {
    {"None", SCRIPT_NONE, {0}},
    {"int", SCRIPT_INT, {integer}},
    {"float", SCRIPT_FLOAT, {number}},
    {"str", SCRIPT_STR, {text}},
    {"intern", SCRIPT_INTERN, {text}},
    {"bytes", SCRIPT_BYTES, {byte_count}},
    {"list", SCRIPT_LIST, {item_count}},
    {"tuple", SCRIPT_TUPLE, {operand_names}},
    {"set", SCRIPT_SET, {operand_names}},
    {"function", SCRIPT_FUNCTION, {operand_names}},
    {"dict", SCRIPT_DICT, {0}},
    {"object", SCRIPT_OBJECT, {0}},
    {"slots", SCRIPT_SLOTTED, {slot_count}},
    {"weakref", SCRIPT_WEAKREF, {source_name, optional_label}},
    {"deref", SCRIPT_DEREF, {source_name}},
    {0},
};

static bool is_reserved(struct span word)
{
    return keyword_find(makers, word) != NULL;
}

/* ---- Statements ---- */

#define VALUES "None, int, float, str, intern, bytes, list, tuple, set, function, dict, object, slots, weakref, deref"

/* After `x =`. */
static int parse_made(struct parser *p, struct script_statement *s)
{
    struct lexer *l = &p->lexer;
    struct span word = lex_peek_word(l);
    char shown[LEX_SHOWN_BYTES], hint[KEYWORD_HINT_BYTES];
    const struct form *form = keyword_find(makers, word);

    if (word.length == 0)
        return lex_expected(l, VALUES " or a name");
    if (form) {
        lex_word(l, false);
        return parse_operands(p, s, form);
    }
    s->op = SCRIPT_COPY;
    if (parse_place(p, "a name", &s->source))
        return -1;
    if (lex_at_end(l))
        return 0;
    if (s->source.kind != SCRIPT_AT_NAME)
        return lex_expected(l, "nothing more");
    return lex_fail(l, word.start, "%s makes no value%s; expected " VALUES ", or a name and nothing more",
                    lex_show(l, word.start, shown), keyword_hint(makers, word, hint));
}

static int parse_assignment(struct parser *p, struct script_statement *s)
{
    struct lexer *l = &p->lexer;

    if (target_place(p, s))
        return -1;
    if (!lex_take(l, '='))
        return lex_expected(l, "'=' after the item or key");
    if (s->target.kind == SCRIPT_AT_NAME)
        return parse_made(p, s);

    s->op = SCRIPT_STORE;
    if (source_name(p, s))
        return -1;
    return lex_at_end(l) ? 0 : lex_expected(l, "nothing more");
}

static int refuse_statement(struct parser *p, struct span word)
{
    char shown[LEX_SHOWN_BYTES], hint[KEYWORD_HINT_BYTES];

    return lex_fail(&p->lexer, word.start,
                    "unknown statement %s%s; expected NAME = ..., append, del, finalizer, frame, repeat, end, print, "
                    "gc.collect, .enable, .disable, .set_threshold, .freeze, .unfreeze or .set_debug",
                    lex_show(&p->lexer, word.start, shown), keyword_hint(statements, word, hint));
}

/* Every word but the makers' can be a name: what follows it tells. */
int statement_parse(struct parser *p, struct script_statement *s)
{
    struct lexer *l = &p->lexer;
    struct span name = lex_peek_word(l);

    if (name.length == 0)
        return lex_expected(l, "a statement, which begins with a word");

    struct span word = lex_word(l, true);
    const struct form *form = keyword_find(statements, word);
    bool adjoins_bracket = l->at < l->line_end && *l->at == '[';
    char next = lex_peek(l);
    bool is_gc = name.length == 2 && memcmp(name.start, "gc", 2) == 0;
    bool is_place = next == '[' || next == '.' || (word.length > name.length && !is_gc);

    l->at = word.start + word.length;
    if (form && next != '=' && !adjoins_bracket)
        return parse_operands(p, s, form);
    if (next != '=' && !is_place)
        return refuse_statement(p, word);
    l->at = name.start;
    return parse_assignment(p, s);
}
