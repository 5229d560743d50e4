/* json.c - one run record a line: everything that was measured.
 *
 * Each line is what gcsweep run --format json prints (record.h), histograms,
 * longest pauses and samples included. Failed runs are lines with their status
 * and message, twins lines with "twin": true.
 */
#include <stdlib.h>

#include "harness/exporters/exporter.h"

static int write_lines(const struct export_source *source, FILE *f)
{
    char *text = NULL;
    size_t size = 0;
    int status = 0;

    for (size_t i = 0; status == 0 && i < source->run_count; i++) {
        size_t length = record_write(source->runs[i], text, size);
        if (length >= size) {
            char *more = realloc(text, length + 1);
            status = more != NULL ? 0 : -1;
            text = more != NULL ? more : text;
            size = more != NULL ? length + 1 : size;
            if (status == 0)
                record_write(source->runs[i], text, size);
        }
        if (status == 0)
            fprintf(f, "%s\n", text);
    }
    free(text);
    return status;
}

const struct exporter exporter_json = {
    .name = "json",
    .help = "all of a run in a line: every pause and sample",
    .failed = "are lines with status and message",
    .extension = "jsonl",
    .write = write_lines,
};
