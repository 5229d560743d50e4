/* markdown.c - the report as Markdown, its pictures beside it in plots/. */
#include <string.h>

#include "harness/report/document.h"
#include "harness/report/escape.h"

static void put_block(FILE *f, const char *start, const char *text, const char *end)
{
    fputs(start, f);
    escape_markdown(f, text);
    fputs(end, f);
}

static int begin(FILE *f, const char *title)
{
    put_block(f, "# gcsweep: ", title, "\n\n");
    return 0;
}

static void heading(FILE *f, const char *text, const char *id)
{
    (void)id;
    put_block(f, "## ", text, "\n\n");
}

static void paragraph(FILE *f, const char *text)
{
    put_block(f, "", text, "\n\n");
}

static void warning(FILE *f, const char *text)
{
    put_block(f, "> **Warning.** ", text, "\n\n");
}

static void list_begin(FILE *f)
{
    (void)f;
}

static void list_item(FILE *f, const char *text)
{
    put_block(f, "- ", text, "\n");
}

static void list_end(FILE *f)
{
    fputc('\n', f);
}

static void table_begin(FILE *f, const char *const *headers, size_t count)
{
    fputc('|', f);
    for (size_t i = 0; i < count; i++)
        put_block(f, " ", headers[i], " |");
    fputs("\n|", f);
    for (size_t i = 0; i < count; i++)
        fputs(" --- |", f);
    fputc('\n', f);
}

static void table_row(FILE *f, const char *const *cells, const double *keys, size_t count, bool marked)
{
    (void)keys;
    (void)marked;
    fputc('|', f);
    for (size_t i = 0; i < count; i++)
        put_block(f, " ", cells[i], " |");
    fputc('\n', f);
}

static void table_end(FILE *f)
{
    fputc('\n', f);
}

/* An indented block: no character in it is markup. A control character could end it, so none stays. */
static void command(FILE *f, const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs("    ", f);
        escape_plain(f, lines[i]);
        fputs("\n", f);
    }
    fputs("\n", f);
}

static int picture(FILE *f, const struct picture *p, const char *directory)
{
    (void)directory;
    put_block(f, "![", p->title, "](");
    fprintf(f, "plots/%s.png)\n\n", p->name);
    put_block(f, "", p->caption, p->left_out[0] != '\0' ? " " : "");
    put_block(f, "", p->left_out, " ");
    fprintf(f, "[Its figures.](plots/%s.tsv)\n\n", p->name);
    return 0;
}

static void file_link(FILE *f, const char *name, const char *what, const char *content, size_t size)
{
    (void)content;
    (void)size;
    fprintf(f, "- [%s](%s): ", name, name);
    put_block(f, "", what, "\n");
}

static void end(FILE *f)
{
    (void)f;
}

const struct document_format format_markdown = {
    .file = "report.md",
    .begin = begin,
    .heading = heading,
    .paragraph = paragraph,
    .warning = warning,
    .list_begin = list_begin,
    .list_item = list_item,
    .list_end = list_end,
    .table_begin = table_begin,
    .table_row = table_row,
    .table_end = table_end,
    .command = command,
    .picture = picture,
    .file_link = file_link,
    .end = end,
};
