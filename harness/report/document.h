/* document.h - the report's content, once; page.c and markdown.c say how it looks.
 *
 * A format is a set of functions, the same for each. They get plain text and
 * escape it; nothing that they are given is markup. What a format has not is
 * NULL, and left out.
 *
 * A document shows SUBJECTS_MOST workloads, and of each as many configurations
 * as leave it readable (selection.h); it says what it leaves out. summary.csv
 * and results.json have all.
 */
#ifndef GCSWEEP_DOCUMENT_H
#define GCSWEEP_DOCUMENT_H

#include <stdbool.h>
#include <stdio.h>

#include "harness/analysis/summary.h"
#include "harness/report/pictures.h"
#include "harness/report/selection.h"

enum { SUBJECTS_MOST = 50, LINK_BYTES = 24 };

/* To a heading of the same document. */
struct link {
    const char *text;
    char id[LINK_BYTES]; /* letters, digits, dashes */
};

struct document_format {
    const char *file; /* "report.html" */
    int (*begin)(FILE *f, const char *title); /* -1 without memory */
    void (*heading)(FILE *f, const char *text, const char *id);
    void (*contents)(FILE *f, const struct link *links, size_t count);
    void (*paragraph)(FILE *f, const char *text);
    void (*warning)(FILE *f, const char *text);
    void (*list_begin)(FILE *f);
    void (*list_item)(FILE *f, const char *text);
    void (*list_end)(FILE *f);
    void (*table_begin)(FILE *f, const char *const *headers, size_t count);
    /* `keys`: what each cell sorts by, NaN where it is the text; NULL when it is the text in all of them. */
    void (*table_row)(FILE *f, const char *const *cells, const double *keys, size_t count, bool marked);
    void (*table_end)(FILE *f);
    /* To be copied, one below the other. */
    void (*command)(FILE *f, const char *const *lines, size_t count);
    /* A drawn picture; `directory` is the results folder. -1 without memory. */
    int (*picture)(FILE *f, const struct picture *picture, const char *directory);
    /* The Pareto picture, drawn by the format itself; `note` says what it leaves out, "" for nothing. */
    void (*front)(FILE *f, const struct summary *s, const struct subject *subject, const struct selection *selection,
                  const struct picture *picture, const char *note);
    /* The figures of a picture, opened on demand, to be saved as the file NAME. Rows are those of a table. */
    void (*data_begin)(FILE *f, const char *name, size_t rows, const char *const *headers, size_t count);
    void (*data_end)(FILE *f, const char *note);
    /* A file beside the document; `content` is what is in it, NULL when it is not at hand. */
    void (*file_link)(FILE *f, const char *name, const char *what, const char *content, size_t size);
    void (*end)(FILE *f);
};

extern const struct document_format format_html, format_markdown;

struct report {
    const struct summary *summary;
    const struct pictures *pictures; /* NULL when none were asked for */
    const char *directory;           /* of the results, as the user named it */
    const char *again;               /* the command that makes the same sweep again */
};

/* Has a page its style and script? -1 with one line in `error` on why not: it is whole without them. */
int page_check_files(char *error, size_t error_size);
/* 0, or -1 without memory; a failed write shows in ferror(f). */
int write_document(const struct report *report, const struct document_format *format, FILE *f);

#endif
