/* script_holds.h - what holds for every heap script that the parser takes, and
 * for every refusal: for the tests and the fuzzers. */
#ifndef GCSWEEP_TESTS_SCRIPT_HOLDS_H
#define GCSWEEP_TESTS_SCRIPT_HOLDS_H

#include <string.h>

#include "workloads/script/script.h"
#include "workloads/script/utf8.h"

/* ---- What holds for every script that was taken ---- */

static inline bool place_holds(const struct script *s, const struct script_place *place)
{
    return place->name < s->name_count && place->key < s->name_count && place->index <= INT64_MAX &&
           place->kind <= SCRIPT_AT_KEY;
}

static inline bool text_holds(const struct script_text *text)
{
    return text->bytes != NULL || text->length == 0;
}

static inline bool block_holds(const struct script *s, size_t at, size_t *open, size_t *depth)
{
    const struct script_statement *statement = &s->statements[at];

    if (statement->op == SCRIPT_FRAME || statement->op == SCRIPT_REPEAT) {
        open[(*depth)++] = at;
        return *depth <= s->deepest && statement->other > at && statement->other < s->statement_count;
    }
    if (statement->op != SCRIPT_END)
        return true;
    if (*depth == 0)
        return false;
    size_t begin = open[--*depth];
    return statement->other == begin && s->statements[begin].other == at;
}

static inline bool statement_holds(const struct script *s, size_t at)
{
    const struct script_statement *t = &s->statements[at];
    size_t end = (size_t)t->operands + t->operand_count;
    bool slots_are_noted =
        t->op != SCRIPT_SLOTTED || (t->integer >= 0 && t->integer <= SCRIPT_SLOTS && s->uses_slots[t->integer]);
    bool in_order = at == 0 || t->line > s->statements[at - 1].line;

    return t->op <= SCRIPT_PRINT_BLOCKS && t->line >= 1 && t->column >= 1 && in_order &&
           (s->name_count == 0 || (place_holds(s, &t->target) && place_holds(s, &t->source))) && text_holds(&t->text) &&
           (t->operand_count == 0 || end <= s->operand_count) && slots_are_noted &&
           (t->resurrect == SCRIPT_NO_NAME || t->resurrect < s->name_count);
}

static inline bool script_holds(const struct script *s)
{
    size_t open[SCRIPT_BLOCKS];
    size_t depth = 0;
    bool holds = s->deepest <= SCRIPT_BLOCKS;

    for (size_t i = 0; holds && i < s->statement_count; i++)
        holds = statement_holds(s, i) && block_holds(s, i, open, &depth);
    for (size_t i = 0; holds && i < s->operand_count; i++)
        holds = s->operands[i].name < s->name_count && s->operands[i].column >= 1;
    for (size_t i = 0; holds && i < s->name_count; i++)
        holds = strlen(s->names[i].text) == s->names[i].length && s->names[i].length > 0;
    return holds && depth == 0;
}

/* ---- What holds for every refusal ---- */

static inline bool is_one_printable_line(const char *message)
{
    const char *end = message + strnlen(message, SCRIPT_ERROR_BYTES);
    uint32_t c = 0;

    if (end == message || end - message >= SCRIPT_ERROR_BYTES - 1)
        return false; /* nothing, or cut off */
    for (size_t length; message < end; message += length) {
        length = utf8_decode(message, end, &c);
        if (length == 0 || !utf8_is_printable(c))
            return false;
    }
    return true;
}

/* Line and column stand in the text, or right after a line's last character. */
static inline bool position_holds(const struct script_error *e, const char *text, size_t bytes)
{
    const char *end = text + bytes;
    const char *start = text;
    uint32_t line = 1;

    for (; line < e->line; line++) {
        start = start < end ? memchr(start, '\n', (size_t)(end - start)) : NULL;
        if (start == NULL)
            return false;
        start++;
    }

    const char *newline = start < end ? memchr(start, '\n', (size_t)(end - start)) : NULL;
    size_t most = (size_t)((newline ? newline : end) - start) + 1;
    return e->line >= 1 && e->column >= 1 && e->column <= most;
}

#endif
