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

static void write_report(const struct summary *s)
{
    const struct report report = {.summary = s, .directory = "results", .again = "gcsweep sweep --out 'a b'"};
    struct shown shown;

    shown_open(&shown);
    fuzz_expect(write_document(&report, &format_html, shown.f) == 0, "a page");
    shown_as_page(&shown);
    shown_open(&shown);
    fuzz_expect(write_document(&report, &format_markdown, shown.f) == 0, "a document");
    shown_as_text(&shown);
    shown_open(&shown);
    fuzz_expect(write_terminal(s, shown.f) == 0, "a table");
    shown_as_text(&shown);
    shown_open(&shown);
    fuzz_expect(write_results_json(s, "results", report.again, shown.f) == 0, "figures");
    shown_as_json(&shown);
    shown_open(&shown);
    write_csv(s, shown.f);
    shown_as_text(&shown);
}

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

static void export_all(const struct export_source *source)
{
    struct export_source one;
    bool is_one = source->configuration_count > 0;

    fuzz_expect(!is_one || export_one(source, 0, &one) == 0, "memory");
    for (size_t i = 0; i < exporter_count; i++) {
        if (!exporters[i]->one_each)
            export_by(exporters[i], source);
        else if (is_one)
            export_by(exporters[i], &one);
    }
    if (is_one)
        export_source_free(&one);
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
    write_report(&summary);
    if (export_select(&summary, made_words(&f, words, sizeof words), &source, error, sizeof error) == 0) {
        export_all(&source);
        export_source_free(&source);
    } else {
        fuzz_expect_one_line(error);
    }
    summary_free(&summary);
    result_set_free(&results);
}
