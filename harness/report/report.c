#include "harness/report/report.h"

#include <stdio.h>

#include "harness/report/csv.h"
#include "harness/report/document.h"
#include "harness/store/output.h"
#include "harness/report/pictures.h"
#include "harness/report/results_json.h"

static int write_format(const struct report *report, const struct document_format *format, char *error,
                        size_t error_size)
{
    struct output out;

    if (output_open(report->directory, format->file, &out, error, error_size) != 0)
        return -1;
    if (write_document(report, format, out.file) != 0) {
        output_abandon(&out);
        snprintf(error, error_size, "%s: out of memory", format->file);
        return -1;
    }
    return output_commit(&out, error, error_size);
}

static int write_summary(const struct report *report, char *error, size_t error_size)
{
    struct output out;

    if (output_open(report->directory, "summary.csv", &out, error, error_size) != 0)
        return -1;
    write_csv(report->summary, out.file);
    return output_commit(&out, error, error_size);
}

static int write_results(const struct report *report, char *error, size_t error_size)
{
    struct output out;

    if (output_open(report->directory, "results.json", &out, error, error_size) != 0)
        return -1;
    if (write_results_json(report->summary, report->directory, report->again, out.file) != 0) {
        output_abandon(&out);
        snprintf(error, error_size, "results.json: %s", result_set_error(report->summary->results));
        return -1;
    }
    return output_commit(&out, error, error_size);
}

static void note_missing(const struct pictures *pictures, struct report_outcome *outcome)
{
    outcome->missing_pictures = pictures->missing;
    for (size_t i = 0; i < pictures->count; i++) {
        if (pictures->list[i].drawn)
            continue;
        snprintf(outcome->missing_reason, sizeof outcome->missing_reason, "%s", pictures->list[i].error);
        return;
    }
}

int report_write(const struct summary *s, const struct report_request *request, struct report_outcome *outcome,
                 char *error, size_t error_size)
{
    struct pictures pictures = {0};
    struct report report = {s, request->with_pictures ? &pictures : NULL, request->directory, request->again};

    *outcome = (struct report_outcome){0};
    outcome->unstyled = page_check_files(outcome->missing_reason, sizeof outcome->missing_reason) != 0;
    if (request->with_pictures && draw_pictures(s, request->directory, &pictures, error, error_size) != 0)
        return -1;
    note_missing(&pictures, outcome);
    int status = write_format(&report, &format_html, error, error_size);
    if (status == 0)
        status = write_format(&report, &format_markdown, error, error_size);
    if (status == 0)
        status = write_summary(&report, error, error_size);
    if (status == 0)
        status = write_results(&report, error, error_size);
    pictures_free(&pictures);
    return status;
}
