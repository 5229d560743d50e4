/* page.c - the report as one HTML file: style and pictures are inside. */
#include <stdlib.h>
#include <limits.h>
#include <string.h>

#include "harness/report/document.h"
#include "harness/report/escape.h"
#include "harness/report/gnuplot.h"

/* The style sheet is our own data, but a file nevertheless: nothing in it may end the element. */
static void put_style(FILE *f)
{
    char folder[PATH_MAX], path[PATH_MAX + 16], error[400];
    int c;

    if (find_plots_folder(folder, sizeof folder, error, sizeof error) != 0)
        return;
    snprintf(path, sizeof path, "%s/report.css", folder);
    FILE *style = fopen(path, "re");
    if (style == NULL)
        return;
    fputs("<style>\n", f);
    while ((c = fgetc(style)) != EOF)
        if (c != '<')
            fputc(c, f);
    fputs("</style>\n", f);
    fclose(style);
}

static void begin(FILE *f, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>gcsweep: ",
          f);
    escape_html(f, title);
    fputs("</title>\n", f);
    put_style(f);
    fputs("</head>\n<body>\n<main>\n<h1>", f);
    escape_html(f, title);
    fputs("</h1>\n", f);
}

static void put_element(FILE *f, const char *start, const char *text, const char *end)
{
    fputs(start, f);
    escape_html(f, text);
    fputs(end, f);
}

static void heading(FILE *f, const char *text)
{
    put_element(f, "<h2>", text, "</h2>\n");
}

static void paragraph(FILE *f, const char *text)
{
    put_element(f, "<p>", text, "</p>\n");
}

static void warning(FILE *f, const char *text)
{
    put_element(f, "<p class=\"warning\"><strong>Warning.</strong> ", text, "</p>\n");
}

static void list_begin(FILE *f)
{
    fputs("<ul>\n", f);
}

static void list_item(FILE *f, const char *text)
{
    put_element(f, "<li>", text, "</li>\n");
}

static void list_end(FILE *f)
{
    fputs("</ul>\n", f);
}

static void table_begin(FILE *f, const char *const *headers, size_t count)
{
    fputs("<div class=\"table\"><table>\n<thead><tr>", f);
    for (size_t i = 0; i < count; i++)
        put_element(f, "<th scope=\"col\">", headers[i], "</th>");
    fputs("</tr></thead>\n<tbody>\n", f);
}

/* "12.3 ms [12.1 ms, 12.6 ms]": the spread goes below its median, smaller. */
static void put_cell(FILE *f, const char *text)
{
    const char *spread = strstr(text, " [");
    size_t length = strlen(text);

    if (spread == NULL || spread == text || text[length - 1] != ']') {
        put_element(f, "<td>", text, "</td>");
        return;
    }
    char *median = strndup(text, (size_t)(spread - text));
    put_element(f, "<td>", median != NULL ? median : text, "");
    if (median != NULL)
        put_element(f, " <small>", spread + 1, "</small>");
    fputs("</td>", f);
    free(median);
}

static void table_row(FILE *f, const char *const *cells, size_t count, bool marked)
{
    fputs(marked ? "<tr class=\"marked\">" : "<tr>", f);
    for (size_t i = 0; i < count; i++)
        put_cell(f, cells[i]);
    fputs("</tr>\n", f);
}

static void table_end(FILE *f)
{
    fputs("</tbody>\n</table></div>\n", f);
}

static void command(FILE *f, const char *text)
{
    put_element(f, "<pre><code>", text, "</code></pre>\n");
}

static void put_base64(FILE *f, FILE *in)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char b[3];

    for (size_t got; (got = fread(b, 1, sizeof b, in)) > 0;) {
        for (size_t i = got; i < sizeof b; i++)
            b[i] = 0;
        fputc(digits[b[0] >> 2], f);
        fputc(digits[(b[0] & 3) << 4 | b[1] >> 4], f);
        fputc(got > 1 ? digits[(b[1] & 15) << 2 | b[2] >> 6] : '=', f);
        fputc(got > 2 ? digits[b[2] & 63] : '=', f);
    }
}

/* As the source of an image, so that nothing in the SVG can act on the page and no two pictures share names. */
static void picture(FILE *f, const struct picture *p, const char *directory)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/plots/%.160s.svg", directory, p->name);
    FILE *svg = fopen(path, "re");
    if (svg == NULL) {
        warning(f, "A picture's file is gone.");
        return;
    }
    fputs("<figure>\n<img width=\"800\" height=\"500\" alt=\"", f);
    escape_html(f, p->caption);
    fputs("\" src=\"data:image/svg+xml;base64,", f);
    put_base64(f, svg);
    fclose(svg);
    put_element(f, "\">\n<figcaption><strong>", p->title, ".</strong> ");
    put_element(f, "", p->caption, "</figcaption>\n</figure>\n");
}

static void end(FILE *f)
{
    fputs("</main>\n</body>\n</html>\n", f);
}

const struct document_format format_html = {
    "report.html", begin,       heading,   paragraph, warning, list_begin, list_item,
    list_end,      table_begin, table_row, table_end, command, picture,    end,
};
