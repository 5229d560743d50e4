/* page.c - the report as one HTML file: style, script and pictures are inside, and its policy forbids all hosts.
 *
 * The script makes tables sort and pictures answer; without it the page is
 * whole. Nothing but what bears the page's random nonce is style or script.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "harness/report/document.h"
#include "harness/report/escape.h"
#include "harness/report/front_svg.h"
#include "harness/report/gnuplot.h"
#include "harness/sweep/line.h"
#include "harness/sweep/text_stream.h"

/* To be freed, with a null byte after its end; NULL with errno when it cannot be had whole. */
static char *read_file(const char *path, size_t *size)
{
    struct text_stream stream;
    FILE *in = fopen(path, "re");

    if (in == NULL)
        return NULL;
    if (text_stream_open(&stream) == NULL) {
        fclose(in);
        errno = ENOMEM;
        return NULL;
    }
    for (int c; (c = fgetc(in)) != EOF;)
        fputc(c, stream.file);
    bool whole = !ferror(in);
    fclose(in);
    char *text = text_stream_close(&stream);
    if (text != NULL && whole) {
        *size = stream.length;
        return text;
    }
    errno = text == NULL ? ENOMEM : EIO;
    free(text);
    return NULL;
}

/* ---- Style and script ---- */

static const struct own_file {
    const char *element, *name; /* in the plots folder */
} own_files[] = {{"style", "report.css"}, {"script", "report.js"}};
enum { OWN_FILES = sizeof own_files / sizeof *own_files };

int page_check_files(char *error, size_t error_size)
{
    char folder[PATH_MAX], path[PATH_MAX + 16];

    if (find_plots_folder(folder, sizeof folder, error, error_size) != 0)
        return -1;
    for (int i = 0; i < OWN_FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, own_files[i].name);
        if (access(path, R_OK) != 0)
            return line_error(error, error_size, "%s: %s", path, strerror(errno));
    }
    return 0;
}

/* One that cannot be had, or could end the element that it stands in, is left out. -1 without memory. */
static int put_own_file(FILE *f, const struct own_file *own, const char *nonce)
{
    char folder[PATH_MAX], path[PATH_MAX + 16], error[400];
    size_t size;

    if (find_plots_folder(folder, sizeof folder, error, sizeof error) != 0)
        return 0;
    snprintf(path, sizeof path, "%s/%s", folder, own->name);
    char *text = read_file(path, &size);
    if (text == NULL)
        return errno == ENOMEM ? -1 : 0;
    if (strstr(text, "</") == NULL && strstr(text, "<!--") == NULL)
        fprintf(f, "<%s nonce=\"%s\">\n%s</%s>\n", own->element, nonce, text, own->element);
    free(text);
    return 0;
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
static int begin(FILE *f, const char *title)
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
    for (int i = 0; i < OWN_FILES; i++)
        if (put_own_file(f, &own_files[i], nonce) != 0)
            return -1;
    fputs("</head>\n<body>\n<main>\n<h1>", f);
    escape_html(f, title);
    fputs("</h1>\n", f);
    return 0;
}

static void put_element(FILE *f, const char *start, const char *text, const char *end)
{
    fputs(start, f);
    escape_html(f, text);
    fputs(end, f);
}

static void heading(FILE *f, const char *text, const char *id)
{
    fprintf(f, "<h2 id=\"%s\">", id);
    put_element(f, "", text, "</h2>\n");
}

static void contents(FILE *f, const struct link *links, size_t count)
{
    fputs("<nav aria-label=\"Contents\"><ul>\n", f);
    for (size_t i = 0; i < count; i++) {
        fprintf(f, "<li><a href=\"#%s\">", links[i].id);
        put_element(f, "", links[i].text, "</a></li>\n");
    }
    fputs("</ul></nav>\n", f);
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

static void put_heads(FILE *f, const char *const *headers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_element(f, "<th scope=\"col\">", headers[i], "</th>");
    fputs("</tr></thead>\n<tbody>\n", f);
}

static void table_begin(FILE *f, const char *const *headers, size_t count)
{
    fputs("<div class=\"table\"><table class=\"sorts\">\n<thead><tr>", f);
    put_heads(f, headers, count);
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
    char median[4 * RECORD_TEXT_BYTES];
    bool splits =
        spread != NULL && spread != text && text[length - 1] == ']' && (size_t)(spread - text) < sizeof median;
    if (splits)
        snprintf(median, sizeof median, "%.*s", (int)(spread - text), text);
    escape_html(f, splits ? median : text);
    if (splits)
        put_element(f, " <small>", spread + 1, "</small>");
    fputs("</td>", f);
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

static void command(FILE *f, const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_element(f, i == 0 ? "<pre><code>" : "\n", lines[i], "");
    fputs("</code></pre>\n", f);
}

static void put_base64(FILE *f, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t at = 0; at < size; at += 3) {
        size_t got = size - at < 3 ? size - at : 3;
        unsigned b[3] = {bytes[at], got > 1 ? bytes[at + 1] : 0, got > 2 ? bytes[at + 2] : 0};
        fputc(digits[b[0] >> 2], f);
        fputc(digits[(b[0] & 3) << 4 | b[1] >> 4], f);
        fputc(got > 1 ? digits[(b[1] & 15) << 2 | b[2] >> 6] : '=', f);
        fputc(got > 2 ? digits[b[2] & 63] : '=', f);
    }
}

static void put_caption(FILE *f, const struct picture *p, const char *note)
{
    put_element(f, "<figcaption><strong>", p->title, ".</strong> ");
    put_element(f, "", p->caption, note[0] != '\0' ? " " : "");
    put_element(f, "", note, "</figcaption>\n");
}

/* As the source of an image, so that nothing in the SVG can act on the page and no two pictures share names. */
static int picture(FILE *f, const struct picture *p, const char *directory)
{
    char path[PATH_MAX];
    size_t size = 0;

    snprintf(path, sizeof path, "%s/plots/%.160s.svg", directory, p->name);
    char *svg = read_file(path, &size);
    if (svg == NULL && errno == ENOMEM)
        return -1;
    if (svg == NULL) {
        warning(f, "A picture's file is gone.");
        return 0;
    }
    fputs("<figure>\n<div class=\"wide\"><img width=\"800\" height=\"500\" alt=\"", f);
    escape_html(f, p->caption);
    fputs("\" src=\"data:image/svg+xml;base64,", f);
    put_base64(f, (const unsigned char *)svg, size);
    fputs("\"></div>\n", f);
    free(svg);
    put_caption(f, p, p->left_out);
    fputs("</figure>\n", f);
    return 0;
}

static void front(FILE *f, const struct summary *s, const struct subject *subject, const struct selection *selection,
                  const struct picture *p, const char *note)
{
    fputs("<figure>\n", f);
    if (write_front_svg(s, subject, selection, f))
        put_caption(f, p, note);
    fputs("</figure>\n", f);
}

static void data_begin(FILE *f, const char *name, size_t rows, const char *const *headers, size_t count)
{
    fprintf(f, "<details class=\"data\"><summary>Its figures (%zu row%s)</summary>\n", rows, rows == 1 ? "" : "s");
    fputs("<div class=\"table\"><table data-file=\"", f);
    escape_html(f, name);
    fputs("\">\n<thead><tr>", f);
    put_heads(f, headers, count);
}

static void data_end(FILE *f, const char *note)
{
    table_end(f);
    if (note[0] != '\0')
        paragraph(f, note);
    fputs("</details>\n", f);
}

/* With its content inside, where it is at hand, so that the page alone is enough. */
static void file_link(FILE *f, const char *name, const char *what, const char *content, size_t size)
{
    put_element(f, "<li><a download=\"", name, "\" href=\"");
    if (content != NULL) {
        fputs("data:text/csv;base64,", f);
        put_base64(f, (const unsigned char *)content, size);
    } else {
        escape_html(f, name);
    }
    put_element(f, "\">", name, "</a>");
    put_element(f, content != NULL ? " (in this page): " : " (beside this page): ", what, "</li>\n");
}

static void end(FILE *f)
{
    fputs("</main>\n</body>\n</html>\n", f);
}

const struct document_format format_html = {
    .file = "report.html",
    .begin = begin,
    .heading = heading,
    .contents = contents,
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
    .front = front,
    .data_begin = data_begin,
    .data_end = data_end,
    .file_link = file_link,
    .end = end,
};
