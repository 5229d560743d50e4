/* lex.h - reading a heap script: its lines, and the words, numbers and texts on one.
 *
 *     struct lexer l;
 *     lex_open(&l, text, bytes, characters, error);
 *     while ((more = lex_next_line(&l)) > 0) {
 *         struct span word = lex_word(&l);
 *         ...
 *     }
 *
 * A position is a pointer into the line. The lexer moves on only past what it
 * has taken; blanks are skipped before each thing read.
 *
 * Units      lines and columns from 1, columns in characters.
 * Ownership  script text and error are the caller's; `characters` has room for
 *            as many bytes as the script has (texts whose escapes are undone).
 * Errors     a function that returns int gives 0, or -1 with the error filled
 *            in: one line of printable characters.
 */
#ifndef GCSWEEP_SCRIPT_LEX_H
#define GCSWEEP_SCRIPT_LEX_H

#include "workloads/script/script.h"

struct span {
    const char *start;
    size_t length;
};

struct lexer {
    const char *next_line, *text_end;
    const char *line_start, *line_end; /* of the line being read, without `\n` or `\r\n` */
    const char *at;
    uint32_t line;
    const char *counted; /* where the column below stands */
    uint32_t counted_column;
    char *characters; /* the next free one */
    struct script_error *error;
    uint64_t steps; /* characters counted: for the tests of its speed */
};

void lex_open(struct lexer *l, const char *text, size_t bytes, char *characters, struct script_error *error);
/* 1: the next line is there, all of it UTF-8 without control characters but
 * tabs; 0: there is none; -1: it cannot be read. */
int lex_next_line(struct lexer *l);

/* The line and column after the last character. Only after the last line. */
void lex_end_of_text(const struct lexer *l, uint32_t *line, uint32_t *column);
uint32_t lex_column(struct lexer *l, const char *at);

/* ---- What stands next. Blanks are skipped, nothing else is taken. ---- */

/* Nothing, or a comment. */
bool lex_at_end(struct lexer *l);
char lex_peek(struct lexer *l);             /* 0 at the end */
struct span lex_peek_word(struct lexer *l); /* a name or keyword; length 0: none */
/* What stands at a position, for a message: 'word', or the end of the line. At
 * most as long as a message can bear; valid until the next call. */
#define LEX_SHOWN_BYTES 64
const char *lex_show(const struct lexer *l, const char *at, char shown[LEX_SHOWN_BYTES]);

/* ---- Taking it ---- */

bool lex_take(struct lexer *l, char c);
/* A name or keyword, with what follows after dots where `dotted`; length 0: none there. */
struct span lex_word(struct lexer *l, bool dotted);
/* `what` names the thing in messages: "the number of items". */
int lex_integer(struct lexer *l, const char *what, int64_t least, int64_t most, int64_t *out);
int lex_float(struct lexer *l, double *out);
int lex_text(struct lexer *l, const char *what, struct script_text *out);
/* A blank must stand here, or the end. */
int lex_gap(struct lexer *l);

/* ---- Refusing it: always -1 ---- */

__attribute__((format(printf, 3, 4))) int lex_fail(struct lexer *l, const char *at, const char *format, ...);
__attribute__((format(printf, 4, 5))) int lex_fail_at(struct lexer *l, uint32_t line, uint32_t column,
                                                      const char *format, ...);
/* "expected WHAT, found 'x'" */
int lex_expected(struct lexer *l, const char *what);

#endif
