#include "harness/report/hyperfine_section.h"

#include <math.h>

#include "harness/report/confirm_text.h"

static void warn_of_differences(const struct hyperfine_rows *rows, const struct document_format *format, FILE *f)
{
    size_t differ = 0;
    double most = 0;
    char text[400];

    for (size_t i = 0; i < rows->count; i++) {
        if (!hyperfine_disagrees(&rows->row[i]))
            continue;
        differ++;
        most = fmax(most, fabs(rows->row[i].difference));
    }
    if (differ == 0)
        return;
    snprintf(
        text, sizeof text,
        "In %zu of %zu rows hyperfine's ratio and this sweep's own differ by more than %.0f %%, by %.1f %% at most.",
        differ, rows->count, 100 * HYPERFINE_TOLERANCE, 100 * most);
    format->warning(f, text);
}

void write_hyperfine_section(const struct hyperfine_rows *rows, const struct document_format *format, FILE *f)
{
    char cell[HYPERFINE_CELLS][HYPERFINE_CELL_BYTES];
    const char *cells[HYPERFINE_CELLS];

    for (int i = 0; i < HYPERFINE_CELLS; i++)
        cells[i] = cell[i];
    format->heading(f, "Whole processes, timed by hyperfine", "hyperfine");
    format->paragraph(f, hyperfine_explained);
    warn_of_differences(rows, format, f);
    format->table_begin(f, hyperfine_headers, HYPERFINE_CELLS);
    for (size_t i = 0; i < rows->count; i++) {
        fill_hyperfine_cells(&rows->row[i], cell);
        format->table_row(f, cells, NULL, HYPERFINE_CELLS, hyperfine_disagrees(&rows->row[i]));
    }
    format->table_end(f);
}
