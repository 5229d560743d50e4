#include <inttypes.h>

#include "workloads/script/parser.h"

static const char *keyword_of(const struct script_statement *s)
{
    return s->op == SCRIPT_REPEAT ? "repeat" : "frame";
}

/* Counts so many executed statements more in the open block; `s` is what runs them. */
static int count(struct parser *p, const struct script_statement *s, uint64_t executed)
{
    uint64_t *sum = &p->blocks[p->depth].executed;

    if (executed > SCRIPT_MOST_STATEMENTS - *sum)
        return lex_fail_at(&p->lexer, s->line, s->column,
                           "from here on more than %" PRIu64 " statements would run; expected fewer repeats",
                           SCRIPT_MOST_STATEMENTS);
    *sum += executed;
    return 0;
}

static int begin(struct parser *p, struct script_statement *s)
{
    if (p->depth == SCRIPT_BLOCKS)
        return lex_fail_at(&p->lexer, s->line, s->column, "'%s' within %d blocks; expected at most %d, one in another",
                           keyword_of(s), SCRIPT_BLOCKS, SCRIPT_BLOCKS);
    p->depth++;
    p->blocks[p->depth] = (struct block){.begin = (uint32_t)(s - p->script->statements)};
    p->repeats += s->op == SCRIPT_REPEAT;
    if (p->depth > p->script->deepest)
        p->script->deepest = p->depth;
    return 0;
}

static int refuse_end(struct parser *p, const struct script_statement *s)
{
    if (p->last_end_line == 0)
        return lex_fail_at(&p->lexer, s->line, s->column,
                           "'end' with no block open; expected a 'frame' or 'repeat' before it");
    return lex_fail_at(&p->lexer, s->line, s->column,
                       "'end' with no block open; expected no more: the block of line %" PRIu32
                       " has ended on line %" PRIu32,
                       p->last_begin_line, p->last_end_line);
}

/* The `end` has been counted in the block: a repeat of nothing runs something, too. */
static int end(struct parser *p, struct script_statement *s)
{
    struct script_statement *opening = &p->script->statements[p->blocks[p->depth].begin];
    uint64_t passes = opening->op == SCRIPT_REPEAT ? (uint64_t)opening->integer : 1;
    uint64_t once = p->blocks[p->depth].executed;
    bool too_many = passes > SCRIPT_MOST_STATEMENTS / once;

    s->other = p->blocks[p->depth].begin;
    opening->other = (uint32_t)(s - p->script->statements);
    p->last_begin_line = opening->line;
    p->last_end_line = s->line;
    p->repeats -= opening->op == SCRIPT_REPEAT;
    p->depth--;
    return count(p, opening, too_many ? UINT64_MAX : passes * once);
}

int block_take(struct parser *p, struct script_statement *s)
{
    if (s->op == SCRIPT_END && p->depth == 0)
        return refuse_end(p, s);
    if (count(p, s, 1))
        return -1;
    if (s->op == SCRIPT_FRAME || s->op == SCRIPT_REPEAT)
        return begin(p, s);
    return s->op == SCRIPT_END ? end(p, s) : 0;
}

int block_finish(struct parser *p)
{
    uint32_t line, column;

    if (p->depth == 0)
        return 0;
    const struct script_statement *opening = &p->script->statements[p->blocks[p->depth].begin];
    lex_end_of_text(&p->lexer, &line, &column);
    return lex_fail_at(&p->lexer, line, column, "the '%s' of line %" PRIu32 " is still open; expected 'end'",
                       keyword_of(opening), opening->line);
}
