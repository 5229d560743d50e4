/* text_table.h - rows of text in columns, for a terminal or as Markdown.
 *
 * Ownership  text_table_close releases what was added; headers are the caller's.
 * Errors     text_table_add: 0, or -1 without memory.
 */
#ifndef GCSWEEP_TEXT_TABLE_H
#define GCSWEEP_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TEXT_TABLE_COLUMNS = 16 };

struct text_table {
    const char *const *headers;
    size_t columns; /* at most TEXT_TABLE_COLUMNS */
    size_t left;    /* so many columns are flush left; the rest flush right */
    char **cells;   /* rows * columns */
    size_t rows, room;
};

void text_table_open(struct text_table *t, const char *const *headers, size_t columns, size_t left);
/* Copies one text a column; they may be anything and are escaped when printed. */
int text_table_add(struct text_table *t, const char *const *cells);
void text_table_print(const struct text_table *t, bool markdown, FILE *f);
void text_table_close(struct text_table *t);

#endif
