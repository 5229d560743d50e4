/* page.c - the report as one HTML file: style, script and pictures are inside, and its policy forbids all hosts.
 *
 * The script makes tables sort and pictures answer; without it the page is
 * whole. Nothing but what bears the page's random nonce is style or script.
 */
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "harness/report/document.h"
#include "harness/report/escape.h"
#include "harness/report/gnuplot.h"

/* A file of the plots folder; NULL when it cannot be had, or could end the element that it stands in. */
static char *read_own_file(const char *name)
{
    char folder[PATH_MAX], path[PATH_MAX + 16], error[400];
    char *text = NULL;
    size_t size;

    if (find_plots_folder(folder, sizeof folder, error, sizeof error) != 0)
        return NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *in = fopen(path, "re");
    FILE *memory = in != NULL ? open_memstream(&text, &size) : NULL;
    if (memory != NULL) {
        for (int c; (c = fgetc(in)) != EOF;)
            fputc(c, memory);
        fclose(memory);
    }
    if (in != NULL)
        fclose(in);
    if (text != NULL && (strstr(text, "</") != NULL || strstr(text, "<!--") != NULL)) {
        free(text);
        text = NULL;
    }
    return text;
}

static void put_own_file(FILE *f, const char *element, const char *name, const char *nonce)
{
    char *text = read_own_file(name);

    if (text != NULL)
        fprintf(f, "<%s nonce=\"%s\">\n%s</%s>\n", element, nonce, text, element);
    free(text);
}

enum { NONCE_WORDS = 2, NONCE_BYTES = NONCE_WORDS * 16 + 1 };

static void make_nonce(char nonce[NONCE_BYTES])
{
    uint64_t words[NONCE_WORDS] = {0, 0};

    if (getrandom(words, sizeof words, 0) != (ssize_t)sizeof words)
        words[0] = 0; /* then it can be guessed, which harms only a page that something else has spoilt */
    snprintf(nonce, NONCE_BYTES, "%016" PRIx64 "%016" PRIx64, words[0], words[1]);
}

/* An empty icon, so that nobody asks a host for one. */
static void begin(FILE *f, const char *title)
{
    char nonce[NONCE_BYTES];

    make_nonce(nonce);
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n", f);
    fprintf(f,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
            "style-src 'nonce-%s'; script-src 'nonce-%s'; base-uri 'none'; form-action 'none'\">\n",
            nonce, nonce);
    fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n<title>gcsweep: ",
          f);
    escape_html(f, title);
    fputs("</title>\n", f);
    put_own_file(f, "style", "report.css", nonce);
    put_own_file(f, "script", "report.js", nonce);
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
    fputs("<div class=\"table\"><table class=\"sorts\">\n<thead><tr>", f);
    for (size_t i = 0; i < count; i++)
        put_element(f, "<th scope=\"col\">", headers[i], "</th>");
    fputs("</tr></thead>\n<tbody>\n", f);
}

/* "12.3 ms [12.1 ms, 12.6 ms]": the spread goes below its median, smaller. */
static void put_cell(FILE *f, const char *text, double key)
{
    const char *spread = strstr(text, " [");
    size_t length = strlen(text);

    if (isnan(key))
        fputs("<td>", f);
    else
        fprintf(f, "<td data-key=\"%.9g\">", key);
    char *median =
        spread != NULL && spread != text && text[length - 1] == ']' ? strndup(text, (size_t)(spread - text)) : NULL;
    escape_html(f, median != NULL ? median : text);
    if (median != NULL)
        put_element(f, " <small>", spread + 1, "</small>");
    fputs("</td>", f);
    free(median);
}

static void table_row(FILE *f, const char *const *cells, const double *keys, size_t count, bool marked)
{
    fputs(marked ? "<tr class=\"marked\">" : "<tr>", f);
    for (size_t i = 0; i < count; i++)
        put_cell(f, cells[i], keys != NULL ? keys[i] : NAN);
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
