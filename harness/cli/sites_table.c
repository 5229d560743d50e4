/* sites_table.c - two tables of sites. */
#include "harness/cli/sites_table.h"

#include <inttypes.h>
#include <jansson.h>

#include "harness/sweep/json_build.h"
#include "harness/sweep/units.h"

static void print_table(const struct site_table *t, const char *title, FILE *out)
{
    char size[UNITS_TEXT_BYTES];
    units_show_size(t->bytes, size);
    fprintf(out, "\n%s: %s in %" PRIu64 " blocks\n%14s %8s %12s  %s\n", title, size, t->blocks, "bytes", "share",
            "blocks", "site");
    for (size_t i = 0; i < t->count; i++) {
        const struct site_row *row = &t->row[i];
        fprintf(out, "%14" PRIu64 " %6.1f %% %12" PRIu64 "  ", row->bytes,
                t->bytes > 0 ? 100.0 * (double)row->bytes / (double)t->bytes : 0, row->blocks);
        if (row->file[0])
            fprintf(out, "%s:%" PRIu32 "\n", row->file, row->line);
        else
            fputs("before the first line\n", out);
    }
}

void sites_table_print(const struct site_run *run, FILE *out)
{
    print_table(&run->at_peak, "Live at the peak", out);
    print_table(&run->in_all, "Allocated", out);
}

static json_t *table_to_json(const struct site_table *t)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < t->count; i++) {
        const struct site_row *row = &t->row[i];
        json_t *file = row->file[0] ? json_string(row->file) : json_null();
        if (!file) /* no UTF-8 */
            file = json_string("?");
        rows = json_with(rows, json_pack("{s:o,s:I,s:I,s:I}", "file", file, "line", (json_int_t)row->line, "bytes",
                                         (json_int_t)row->bytes, "blocks", (json_int_t)row->blocks));
    }
    return json_pack("{s:I,s:I,s:o}", "bytes", (json_int_t)t->bytes, "blocks", (json_int_t)t->blocks, "sites", rows);
}

int sites_table_print_json(const struct site_run *run, FILE *out)
{
    json_t *root =
        json_pack("{s:o,s:o}", "at_peak", table_to_json(&run->at_peak), "in_all", table_to_json(&run->in_all));
    int result = json_dumpf(root, out, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(root);
    return result;
}
