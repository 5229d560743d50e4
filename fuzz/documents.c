/* documents.c - the report and every export of results that hold anything:
 * written whole, clean for whoever reads them. */
#include "fuzz/target.h"

#include <string.h>

#include "fuzz/made_results.h"
#include "fuzz/shown.h"
#include "harness/exporters/exporter.h"
#include "harness/report/csv.h"
#include "harness/report/document.h"
#include "harness/report/results_json.h"
#include "harness/report/terminal.h"

enum { ERROR_BYTES = 1024, WORDS_BYTES = 200 };

static void write_page(const struct report *r)
{
    struct shown shown;
    shown_open(&shown);
    fuzz_expect(write_document(r, &format_html, shown.f) == 0, "a page");
    shown_as_page(&shown);
}

static void write_markdown(const struct report *r)
{
    struct shown shown;
    shown_open(&shown);
    fuzz_expect(write_document(r, &format_markdown, shown.f) == 0, "a document");
    shown_as_text(&shown);
}

static void write_table(const struct report *r)
{
    struct shown shown;
    shown_open(&shown);
    fuzz_expect(write_terminal(r->summary, shown.f) == 0, "a table");
    shown_as_text(&shown);
}

static void write_figures(const struct report *r)
{
    struct shown shown;
    shown_open(&shown);
    fuzz_expect(write_results_json(r->summary, r->directory, r->again, shown.f) == 0, "figures");
    shown_as_json(&shown);
    shown_open(&shown);
    write_csv(r->summary, shown.f);
    shown_as_text(&shown);
}

static void (*const parts[])(const struct report *r) = {write_page, write_markdown, write_table, write_figures};
enum { PARTS = sizeof parts / sizeof *parts };

static void export_by(const struct exporter *e, const struct export_source *source)
{
    struct shown shown;

    shown_open(&shown);
    fuzz_expect(e->write(source, shown.f) == 0, e->name);
    if (strcmp(e->extension, "json") == 0)
        shown_as_json(&shown);
    else
        shown_as_text(&shown);
}

static void export_as(const struct exporter *e, const struct export_source *source)
{
    struct export_source one;

    if (!e->one_each) {
        export_by(e, source);
    } else if (source->configuration_count > 0) {
        fuzz_expect(export_one(source, 0, &one) == 0, "memory");
        export_by(e, &one);
        export_source_free(&one);
    }
}

/* Input says which document: one is quick, all are what a user may ask for. */
static void write_some(size_t choice, const struct summary *s, const struct export_source *source)
{
    const struct report report = {.summary = s, .directory = "results", .again = "gcsweep sweep --out 'a b'"};
    size_t count = PARTS + exporter_count;

    for (size_t i = 0; i < count; i++) {
        if (choice % (count + 1) != i && choice % (count + 1) != count)
            continue;
        if (i < PARTS)
            parts[i](&report);
        else
            export_as(exporters[i - PARTS], source);
    }
}

void fuzz_documents(const uint8_t *bytes, size_t count)
{
    struct feed f = feed_open(bytes, count);
    struct result_set results;
    struct summary summary;
    struct export_source source;
    char words[WORDS_BYTES], error[ERROR_BYTES] = "";

    made_results(&f, true, &results);
    fuzz_expect(summarise(&results, &summary) == 0, "memory");
    if (export_select(&summary, made_words(&f, words, sizeof words), &source, error, sizeof error) == 0) {
        write_some(feed_byte(&f), &summary, &source);
        export_source_free(&source);
    } else {
        fuzz_expect_one_line(error);
    }
    summary_free(&summary);
    result_set_free(&results);
}
