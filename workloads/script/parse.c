#include <string.h>

#include "workloads/script/parser.h"

/* What a script of so many bytes can need at most.
 *
 * Statements  the shortest are `x=y` and `end`, 3 bytes, and a line end parts
 *             two of them: n take 4n - 1 bytes or more. One more may be begun
             and refused.
 * Names       each has a byte, and another one parts it from the next:
 *             n take 2n - 1 bytes or more, as operands, too.
 * Characters  a name's copy has a 0 in place of what parts it from the next:
 *             one byte more than the script in all. What is copied of texts and
 *             print expressions comes from different bytes of the script and
 *             never grows.
 */
struct layout {
    size_t statements, operands, names, nodes, name_characters, characters; /* offsets */
    size_t end;
};

static size_t reserve(struct layout *layout, size_t count, size_t size)
{
    size_t start = layout->end;

    layout->end = (start + count * size + 15) / 16 * 16;
    return start;
}

static struct layout layout_for(size_t bytes)
{
    struct layout l = {.end = 0};
    size_t names = (bytes + 1) / 2;

    l.statements = reserve(&l, (bytes + 1) / 4 + 1, sizeof(struct script_statement));
    l.operands = reserve(&l, names, sizeof(struct script_operand));
    l.names = reserve(&l, names, sizeof(struct script_name));
    l.nodes = reserve(&l, names, sizeof(struct names_node));
    l.name_characters = reserve(&l, bytes + 1, 1);
    l.characters = reserve(&l, bytes, 1);
    return l;
}

size_t script_memory_bytes(size_t text_bytes)
{
    return text_bytes > SCRIPT_MOST_BYTES ? 0 : layout_for(text_bytes).end;
}

static void open_parser(struct parser *p, struct script *s, const char *text, size_t bytes, char *memory,
                        struct script_error *error)
{
    struct layout layout = layout_for(bytes);

    *s = (struct script){
        .statements = (void *)(memory + layout.statements),
        .operands = (void *)(memory + layout.operands),
        .names = (void *)(memory + layout.names),
    };
    memset(p, 0, sizeof *p);
    p->script = s;
    p->names.names = s->names;
    p->names.nodes = (void *)(memory + layout.nodes);
    p->names.characters = memory + layout.name_characters;
    lex_open(&p->lexer, text, bytes, memory + layout.characters, error);
}

static int parse_line(struct parser *p)
{
    struct script_statement *s = &p->script->statements[p->script->statement_count];

    if (lex_at_end(&p->lexer))
        return 0;
    *s = (struct script_statement){.line = p->lexer.line, .resurrect = SCRIPT_NO_NAME};
    s->column = lex_column(&p->lexer, p->lexer.at);
    if (statement_parse(p, s) || block_take(p, s))
        return -1;
    p->script->statement_count++;
    p->script->name_count = p->names.count;
    return 0;
}

int parser_run(struct parser *p, struct script *s, const char *text, size_t bytes, void *memory,
               struct script_error *error)
{
    int more;

    if (bytes > SCRIPT_MOST_BYTES) {
        p->lexer.error = error;
        return lex_fail_at(&p->lexer, 1, 1, "the script has %zu bytes; expected at most %d", bytes, SCRIPT_MOST_BYTES);
    }
    open_parser(p, s, text, bytes, memory, error);
    while ((more = lex_next_line(&p->lexer)) > 0)
        if (parse_line(p))
            return -1;
    return more < 0 ? -1 : block_finish(p);
}

int script_parse(struct script *s, const char *text, size_t bytes, void *memory, struct script_error *error)
{
    struct parser p;

    return parser_run(&p, s, text, bytes, memory, error);
}
