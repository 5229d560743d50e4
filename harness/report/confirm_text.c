#include "harness/report/confirm_text.h"

#include <inttypes.h>
#include <math.h>

#include "harness/report/advice_words.h"
#include "harness/report/escape.h"
#include "harness/report/format.h"
#include "harness/report/text_table.h"
#include "harness/sweep/line.h"

const char *const confirmed_names[] = {
    [CONFIRMED_UNKNOWN] = "unknown",
    [CONFIRMED_NO_PROMISE] = "nothing promised",
    [CONFIRMED_HOLDS] = "holds",
    [CONFIRMED_SMALLER] = "holds, but smaller",
    [CONFIRMED_LARGER] = "holds, and larger",
    [CONFIRMED_NOT_RESOLVED] = "not resolved",
    [CONFIRMED_REVERSED] = "the other way round",
};

const char *const confirmed_measure_names[CONFIRM_MEASURES] = {
    [CONFIRM_THROUGHPUT] = "throughput",
    [CONFIRM_LONGEST] = "longest pause",
    [CONFIRM_P99] = "pause p99",
    [CONFIRM_RSS] = "peak RSS",
};

static void put_text(FILE *f, bool markdown, const char *text)
{
    markdown ? escape_markdown(f, text) : escape_plain(f, text);
}

static void put_heading(FILE *f, bool markdown, const char *text)
{
    fputs(markdown ? "## " : "", f);
    put_text(f, markdown, text);
    fputs(markdown ? "\n\n" : "\n", f);
}

static void put_paragraph(FILE *f, bool markdown, const char *text)
{
    put_text(f, markdown, text);
    fputs("\n\n", f);
}

/* ---- Promised and measured ---- */

/* Where no gain was promised, the budgets are all that there is to confirm. */
static void write_no_promise(const struct confirmation *c, const char *budget, char *text, size_t size)
{
    const struct confirmation_row *row = &c->row[c->goal];
    char promised[FORMAT_BYTES], measured[FORMAT_BYTES];

    ratio_text(&row->promised, promised, sizeof promised);
    ratio_text(&row->measured, measured, sizeof measured);
    snprintf(text, size, "No gain in %s was promised (%s); on the real CPython%s%s it is %s.%s%s%s",
             confirmed_measure_names[c->goal], promised, c->python[0] != '\0' ? " " : "", c->python, measured,
             c->stands ? " The " : "", c->stands ? budget : "", c->stands ? "s are kept there." : "");
}

void write_confirmed(const struct advice *a, const struct confirmation *c, char *text, size_t size)
{
    const char *goal = confirmed_measure_names[c->goal], *budget = a->has_budgets ? "budget" : "bound";
    const struct confirmation_row *row = &c->row[c->goal];
    char measured[FORMAT_BYTES], value[FORMAT_BYTES];

    ratio_text(&row->measured, measured, sizeof measured);
    if (row->verdict == CONFIRMED_NO_PROMISE)
        write_no_promise(c, budget, text, size);
    else if (c->holds)
        snprintf(text, size, "The gain in %s holds on the real CPython%s%s: %s.", goal, c->python[0] != '\0' ? " " : "",
                 c->python, measured);
    else
        snprintf(text, size, "The gain in %s does NOT hold on the real CPython%s%s: %s (%s).", goal,
                 c->python[0] != '\0' ? " " : "", c->python, measured, confirmed_names[row->verdict]);
    if (!c->keeps_pause) {
        format_duration(c->level[ADVICE_PAUSE].high, value, sizeof value);
        line_append(text, size, " Its longest pause may be %s there: over the %s.", value, budget);
    }
    if (!c->keeps_rss) {
        format_bytes(c->level[ADVICE_RSS].high, value, sizeof value);
        line_append(text, size, " Its peak RSS may be %s there: over the %s.", value, budget);
    }
}

int write_confirmation(const struct advice *a, const struct confirmation *c, const char *what, bool markdown, FILE *f)
{
    static const char *const headers[] = {"", "promised", "measured", ""};
    struct text_table table;
    char text[ADVICE_TEXT_BYTES];
    int status = 0;

    snprintf(text, sizeof text, "Tried on the real CPython %s: %zu workload%s, %" PRIu64 " rounds", c->python,
             c->workloads, c->workloads == 1 ? "" : "s", c->rounds);
    put_heading(f, markdown, text);
    if (what[0] != '\0')
        put_paragraph(f, markdown, what);
    text_table_open(&table, headers, 4, 4);
    for (enum confirmed_measure m = 0; m < CONFIRM_MEASURES && status == 0; m++) {
        char promised[FORMAT_BYTES], measured[FORMAT_BYTES];
        ratio_text(&c->row[m].promised, promised, sizeof promised);
        ratio_text(&c->row[m].measured, measured, sizeof measured);
        status = text_table_add(&table, (const char *const[]){confirmed_measure_names[m], promised, measured,
                                                              confirmed_names[c->row[m].verdict]});
    }
    if (status == 0)
        text_table_print(&table, markdown, f);
    text_table_close(&table);
    fputc('\n', f);
    write_confirmed(a, c, text, sizeof text);
    put_paragraph(f, markdown, text);
    return status;
}

/* ---- hyperfine ---- */

const char *const hyperfine_headers[HYPERFINE_CELLS] = {
    "workload", "setting", "default", "with it", "hyperfine's ratio", "this sweep's ratio", "",
};

const char hyperfine_explained[] =
    "Whole processes, start-up included, timed by hyperfine (medians), one setting after the other; beside them this "
    "sweep's own ratio of the same processes, interleaved. Where the two differ by more than 5 %, the machine drifted "
    "during one of them, what ran before counts (hyperfine repeats one command, a sweep changes it), or this sweep's "
    "interval is wide.";

void fill_hyperfine_cells(const struct hyperfine_row *row, char cell[HYPERFINE_CELLS][HYPERFINE_CELL_BYTES])
{
    const struct run_record *d = row->setting->dimensions;
    enum { WORKLOAD, SETTING, REFERENCE, WITH, THEIRS, OURS, VERDICT };

    snprintf(cell[WORKLOAD], HYPERFINE_CELL_BYTES, "%s on %s", row->subject->label, row->subject->runtime);
    snprintf(cell[SETTING], HYPERFINE_CELL_BYTES, "%s %s", d->allocator, d->tuning);
    format_duration(row->reference_ns, cell[REFERENCE], HYPERFINE_CELL_BYTES);
    format_duration(row->setting_ns, cell[WITH], HYPERFINE_CELL_BYTES);
    snprintf(cell[THEIRS], HYPERFINE_CELL_BYTES, "%.2fx (%zu runs)", row->theirs, row->runs);
    ratio_text(&row->ours, cell[OURS], HYPERFINE_CELL_BYTES);
    if (row->failed)
        snprintf(cell[VERDICT], HYPERFINE_CELL_BYTES, "a run of hyperfine's failed");
    else if (isnan(row->difference))
        snprintf(cell[VERDICT], HYPERFINE_CELL_BYTES, "-");
    else
        snprintf(cell[VERDICT], HYPERFINE_CELL_BYTES, "%s%.1f %% apart%s", hyperfine_disagrees(row) ? "DIFFER: " : "",
                 100 * fabs(row->difference),
                 row->theirs >= row->ours.low && row->theirs <= row->ours.high ? ", within the interval" : "");
}

int write_hyperfine(const struct hyperfine_rows *rows, bool markdown, FILE *f)
{
    char cell[HYPERFINE_CELLS][HYPERFINE_CELL_BYTES];
    const char *cells[HYPERFINE_CELLS];
    struct text_table table;
    int status = 0;

    if (rows->count == 0)
        return 0;
    put_heading(f, markdown, "Whole processes, timed by hyperfine");
    text_table_open(&table, hyperfine_headers, HYPERFINE_CELLS, HYPERFINE_CELLS);
    for (int i = 0; i < HYPERFINE_CELLS; i++)
        cells[i] = cell[i];
    for (size_t i = 0; i < rows->count && status == 0; i++) {
        fill_hyperfine_cells(&rows->row[i], cell);
        status = text_table_add(&table, cells);
    }
    if (status == 0)
        text_table_print(&table, markdown, f);
    text_table_close(&table);
    fputc('\n', f);
    put_paragraph(f, markdown, hyperfine_explained);
    return status;
}
