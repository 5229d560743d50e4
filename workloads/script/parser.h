/* parser.h - what the parts of the script parser share.
 *
 *     parse.c       memory, lines, script_parse
 *     statement.c   one statement: the tables of forms
 *     block.c       frame, repeat and end; how often statements run
 *     keyword.c     finding a keyword, or the one that was meant
 *     lex.c, names.c, number.c, utf8.c   below them
 *
 * Errors  int is 0, or -1 with the error filled in.
 */
#ifndef GCSWEEP_SCRIPT_PARSER_H
#define GCSWEEP_SCRIPT_PARSER_H

#include "workloads/script/lex.h"
#include "workloads/script/names.h"
#include "workloads/script/script.h"

struct block {
    uint32_t begin;    /* the statement that began it; none for the whole script */
    uint64_t executed; /* statements in one pass of it, so far */
};

struct parser {
    struct lexer lexer;
    struct names names;
    struct script *script;
    struct block blocks[SCRIPT_BLOCKS + 1]; /* [0]: the whole script */
    uint32_t depth;
    uint32_t repeats;                        /* of the open blocks */
    uint32_t last_begin_line, last_end_line; /* of the block that ended last; 0: none did */
};

/* script_parse with a parser whose counts can be looked at afterwards. */
int parser_run(struct parser *p, struct script *s, const char *text, size_t bytes, void *memory,
               struct script_error *error);

/* The line's statement, from its first word to the end of the line. */
int statement_parse(struct parser *p, struct script_statement *s);

/* Takes a parsed statement into the open block, or opens or ends one. */
int block_take(struct parser *p, struct script_statement *s);
/* After the last line: no block may be open. */
int block_finish(struct parser *p);

/* ---- Keywords ---- */

enum { KEYWORD_OPERANDS = 3 };

typedef int operand_parser(struct parser *p, struct script_statement *s);

/* A form of a statement: a keyword and what follows it. */
struct form {
    const char *keyword;
    enum script_op op;
    operand_parser *operands[KEYWORD_OPERANDS]; /* NULL after the last */
};

/* The form of that keyword, or NULL. A table ends with a NULL keyword. */
const struct form *keyword_find(const struct form *table, struct span word);
/* " (did you mean 'list'?)" where one change of a letter makes a keyword of it, else "". */
#define KEYWORD_HINT_BYTES 48
const char *keyword_hint(const struct form *table, struct span word, char hint[KEYWORD_HINT_BYTES]);

#endif
