#include "harness/report/text_table.h"

#include <stdlib.h>
#include <string.h>

#include "harness/report/escape.h"

void text_table_open(struct text_table *t, const char *const *headers, size_t columns, size_t left)
{
    *t = (struct text_table){.headers = headers, .columns = columns, .left = left};
}

static int grow(struct text_table *t)
{
    size_t room = t->room > 0 ? 2 * t->room : 16;
    char **cells = realloc(t->cells, room * t->columns * sizeof *cells);

    if (cells == NULL)
        return -1;
    t->cells = cells;
    t->room = room;
    return 0;
}

int text_table_add(struct text_table *t, const char *const *cells)
{
    if (t->rows == t->room && grow(t) != 0)
        return -1;
    char **row = &t->cells[t->rows * t->columns];
    for (size_t i = 0; i < t->columns; i++) {
        row[i] = strdup(cells[i]);
        if (row[i] != NULL)
            continue;
        while (i-- > 0)
            free(row[i]);
        return -1;
    }
    t->rows++;
    return 0;
}

/* Columns on a terminal: a character a UTF-8 sequence. */
static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void print_plain_row(const struct text_table *t, const char *const *row, const size_t *width, FILE *f)
{
    size_t blanks = 0, end = t->columns;

    while (end > 0 && row[end - 1][0] == '\0')
        end--; /* no blanks at a line's end */
    for (size_t i = 0; i < end; i++) {
        size_t own = width_of(row[i]), pad = width[i] > own ? width[i] - own : 0;
        bool left = i < t->left;
        fprintf(f, "%*s", (int)(blanks + (left ? 0 : pad)), "");
        escape_plain(f, row[i]);
        blanks = 2 + (left ? pad : 0);
    }
    fputc('\n', f);
}

static void print_plain(const struct text_table *t, FILE *f)
{
    size_t width[TEXT_TABLE_COLUMNS];

    for (size_t i = 0; i < t->columns; i++) {
        width[i] = width_of(t->headers[i]);
        for (size_t k = 0; k < t->rows; k++) {
            size_t own = width_of(t->cells[k * t->columns + i]);
            width[i] = own > width[i] ? own : width[i];
        }
    }
    print_plain_row(t, t->headers, width, f);
    for (size_t k = 0; k < t->rows; k++)
        print_plain_row(t, (const char *const *)&t->cells[k * t->columns], width, f);
}

static void print_markdown_row(const struct text_table *t, const char *const *row, FILE *f)
{
    fputc('|', f);
    for (size_t i = 0; i < t->columns; i++) {
        fputc(' ', f);
        escape_markdown(f, row[i]);
        fputs(" |", f);
    }
    fputc('\n', f);
}

static void print_markdown(const struct text_table *t, FILE *f)
{
    print_markdown_row(t, t->headers, f);
    fputc('|', f);
    for (size_t i = 0; i < t->columns; i++)
        fputs(i < t->left ? " --- |" : " ---: |", f);
    fputc('\n', f);
    for (size_t k = 0; k < t->rows; k++)
        print_markdown_row(t, (const char *const *)&t->cells[k * t->columns], f);
}

void text_table_print(const struct text_table *t, bool markdown, FILE *f)
{
    markdown ? print_markdown(t, f) : print_plain(t, f);
}

void text_table_close(struct text_table *t)
{
    for (size_t i = 0; i < t->rows * t->columns; i++)
        free(t->cells[i]);
    free(t->cells);
    *t = (struct text_table){0};
}
