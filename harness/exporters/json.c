/* json.c - one run record a line: everything that was measured.
 *
 * Each line is what gcsweep run --format json prints (record.h), histograms,
 * longest pauses and samples included. Failed runs are lines with their status
 * and message, twins lines with "twin": true.
 */
#include <stdlib.h>

#include "harness/exporters/exporter.h"

struct line {
    char *text;
    size_t size;
};

static int write_line(const struct run_record *run, struct line *line, FILE *f)
{
    size_t length = record_write(run, line->text, line->size);

    if (length >= line->size) {
        char *more = realloc(line->text, length + 1);
        if (more == NULL)
            return -1;
        *line = (struct line){more, length + 1};
        record_write(run, line->text, line->size);
    }
    fprintf(f, "%s\n", line->text);
    return 0;
}

static int write_lines(const struct export_source *source, FILE *f)
{
    struct line line = {NULL, 0};
    int status = 0;

    for (size_t i = 0; status == 0 && i < source->run_count; i++) {
        struct whole_run whole;
        if (whole_run_read(source->summary->results, source->runs[i], &whole) != 0) {
            status = -1;
            break;
        }
        status = write_line(whole.run, &line, f);
        whole_run_free(&whole);
    }
    free(line.text);
    return status;
}

const struct exporter exporter_json = {
    .name = "json",
    .help = "all of a run in a line: every pause and sample",
    .failed = "are lines with status and message",
    .extension = "jsonl",
    .of_lists = true,
    .write = write_lines,
};
