#include "harness/report/advice_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/advice_words.h"
#include "harness/report/escape.h"
#include "harness/report/format.h"
#include "harness/report/paste.h"
#include "harness/report/series.h"
#include "harness/report/text_table.h"
#include "harness/report/words.h"

/* More rows than a person reads; the JSON has all. */
enum { MOST_ROWS = 40, CELL = 4 * FORMAT_BYTES };

static void put_text(FILE *f, bool markdown, const char *text)
{
    markdown ? escape_markdown(f, text) : escape_plain(f, text);
}

static void put_paragraph(FILE *f, bool markdown, const char *text)
{
    put_text(f, markdown, text);
    fputs("\n\n", f);
}

static void put_heading(FILE *f, bool markdown, const char *text)
{
    fputs(markdown ? "## " : "", f);
    put_text(f, markdown, text);
    fputs(markdown ? "\n\n" : "\n", f);
}

/* "15.9 ms [14.0 ms, 18.1 ms]" */
static void format_level(const struct interval *level, formatter *format, char *text, size_t size)
{
    char estimate[FORMAT_BYTES], low[FORMAT_BYTES], high[FORMAT_BYTES];

    format(level->estimate, estimate, sizeof estimate);
    format(level->low, low, sizeof low);
    format(level->high, high, sizeof high);
    if (isnan(level->low))
        snprintf(text, size, "%s", estimate);
    else
        snprintf(text, size, "%s [%s, %s]", estimate, low, high);
}

/* ---- The front ---- */

enum column { MARK, ALLOCATOR, TUNING, THROUGHPUT, LONGEST, LONGEST_RATIO, P99, RSS, RSS_RATIO, COLUMNS };
static const char *const headers[COLUMNS] = {
    [MARK] = " ",
    [ALLOCATOR] = "allocator",
    [TUNING] = "tuning",
    [THROUGHPUT] = "throughput",
    [LONGEST] = "longest pause",
    [LONGEST_RATIO] = "ratio",
    [P99] = "pause p99",
    [RSS] = "peak RSS",
    [RSS_RATIO] = "ratio",
};

static bool has_pause(const struct advice_row *row)
{
    return !(row->level[ADVICE_PAUSE].estimate <= FRONT_PAUSE_LEAST_NS);
}

static int add_row(const struct advice *a, size_t index, struct text_table *table)
{
    const struct advice_row *row = &a->rows[index];
    const struct configuration *c = row->setting->in[0];
    char cell[COLUMNS][4 * RECORD_TEXT_BYTES];
    const char *cells[COLUMNS];

    snprintf(cell[MARK], sizeof cell[MARK], "%s%s", index == a->chosen ? ">" : "", row->on_front ? "*" : "");
    snprintf(cell[ALLOCATOR], sizeof cell[ALLOCATOR], "%s", c->dimensions->allocator);
    tuning_label(a->settings.summary, c, cell[TUNING], sizeof cell[TUNING]);
    ratio_text(&row->ratio[ADVICE_THROUGHPUT], cell[THROUGHPUT], CELL);
    if (index == a->reference)
        snprintf(cell[THROUGHPUT], CELL, "%s", advice_reference_word(a));
    format_level(&row->level[ADVICE_PAUSE], format_duration, cell[LONGEST], CELL);
    ratio_text(&row->ratio[ADVICE_PAUSE], cell[LONGEST_RATIO], CELL);
    if (!has_pause(row))
        snprintf(cell[LONGEST], CELL, "none");
    if (!has_pause(row) || index == a->reference)
        snprintf(cell[LONGEST_RATIO], CELL, "-");
    format_duration(row->p99_ns, cell[P99], CELL);
    format_level(&row->level[ADVICE_RSS], format_bytes, cell[RSS], CELL);
    ratio_text(&row->ratio[ADVICE_RSS], cell[RSS_RATIO], CELL);
    if (index == a->reference)
        snprintf(cell[RSS_RATIO], CELL, "-");
    for (int i = 0; i < COLUMNS; i++)
        cells[i] = cell[i];
    return text_table_add(table, cells);
}

static int write_front_table(const struct advice *a, bool markdown, FILE *f)
{
    struct text_table table;
    size_t left_out = 0;
    int status = 0;

    text_table_open(&table, headers, COLUMNS, TUNING + 1);
    for (size_t i = 0; i < a->settings.count && status == 0; i++) {
        bool named = i == a->chosen || i == a->reference || i == a->nearest;
        if (!a->rows[i].on_front && !named)
            continue;
        if (table.rows >= MOST_ROWS && !named)
            left_out++;
        else
            status = add_row(a, i, &table);
    }
    if (status == 0)
        text_table_print(&table, markdown, f);
    if (left_out > 0)
        fprintf(f, "%s... and %zu more on the front: --format json has them all.\n", markdown ? "\n" : "", left_out);
    fputc('\n', f);
    text_table_close(&table);
    return status;
}

static int write_front(const struct advice *a, bool markdown, FILE *f)
{
    size_t front = 0;
    char text[600];

    for (size_t i = 0; i < a->settings.count; i++)
        front += a->rows[i].on_front;
    snprintf(text, sizeof text, "The Pareto front (*): %zu of %zu settings", front, a->settings.count);
    put_heading(f, markdown, text);
    if (write_front_table(a, markdown, f) != 0)
        return -1;
    snprintf(
        text, sizeof text,
        "Ratios are to the %s%s. Pauses and RSS: the median over rounds%s, with its interval. Another setting takes "
        "one off the front only where paired intervals prove it better.",
        advice_reference_word(a), a->settings.subject_count > 1 ? " (geometric means over the workloads)" : "",
        a->settings.subject_count > 1 ? " of the worst workload" : "");
    put_paragraph(f, markdown, text);
    return 0;
}

/* ---- The choice against the reference ---- */

struct change {
    const char *name;
    enum measure measure; /* whose words say better and worse */
    const struct interval *ratio;
};

static int write_changes(const struct advice *a, bool markdown, FILE *f)
{
    const struct advice_row *row = &a->rows[a->chosen];
    const struct change changes[] = {
        {"throughput", MEASURE_THROUGHPUT, &row->ratio[ADVICE_THROUGHPUT]},
        {"longest pause", MEASURE_PAUSE_MAX_NS, &row->ratio[ADVICE_PAUSE]},
        {"pause p99", MEASURE_PAUSE_P99_NS, &row->p99_ratio},
        {"peak RSS", MEASURE_RSS_PEAK_BYTES, &row->ratio[ADVICE_RSS]},
    };
    const char *const change_headers[] = {"what it changes", "ratio", ""};
    struct text_table table;
    int status = 0;

    text_table_open(&table, change_headers, 3, 3);
    for (size_t i = 0; i < sizeof changes / sizeof *changes && status == 0; i++) {
        char ratio[FORMAT_BYTES];
        ratio_text(changes[i].ratio, ratio, sizeof ratio);
        const char *word = verdict_word(changes[i].measure, verdict_of(changes[i].ratio, FRONT_MARGIN));
        status = text_table_add(&table, (const char *const[]){changes[i].name, ratio, word});
    }
    if (status == 0)
        text_table_print(&table, markdown, f);
    fputc('\n', f);
    text_table_close(&table);
    return status;
}

static int write_paste(const struct advice *a, bool markdown, FILE *f)
{
    struct paste *p = malloc(sizeof *p);

    if (p == NULL)
        return -1;
    paste_of(a->rows[a->chosen].setting->in[0], p);
    put_heading(f, markdown, "Lines to paste");
    if (p->note[0] != '\0')
        put_paragraph(f, markdown, p->note);
    for (size_t i = 0; i < PASTE_LINES && p->python[i][0] != '\0'; i++) {
        fputs("    ", f); /* in Markdown a block in which nothing is markup */
        escape_plain(f, p->python[i]);
        fputc('\n', f);
    }
    fputs("\n", f);
    if (p->environment_is_default) {
        put_paragraph(f, markdown, "The allocator is CPython's own: set neither PYTHONMALLOC nor LD_PRELOAD.");
    } else {
        fputs("    ", f);
        escape_plain(f, p->shell);
        fputs("\n\n", f);
    }
    free(p);
    return 0;
}

int write_advice(const struct advice *a, bool markdown, FILE *f)
{
    char text[ADVICE_TEXT_BYTES];

    write_advice_scope(a, text, sizeof text);
    markdown ? put_heading(f, true, text) : put_paragraph(f, false, text);
    if (write_front(a, markdown, f) != 0)
        return -1;
    write_advice_choice(a, text, sizeof text);
    put_heading(f, markdown, "The advice");
    put_paragraph(f, markdown, text);
    if (a->chosen < a->settings.count && a->chosen != a->reference && write_changes(a, markdown, f) != 0)
        return -1;
    if (write_advice_certainty(a, text, sizeof text))
        put_paragraph(f, markdown, text);
    if (write_advice_left_out(a, text, sizeof text))
        put_paragraph(f, markdown, text);
    write_advice_limits(a, text, sizeof text);
    put_paragraph(f, markdown, text);
    return a->chosen < a->settings.count ? write_paste(a, markdown, f) : 0;
}

struct warning_place {
    FILE *f;
    bool markdown;
};

static void put_warning(void *context, const char *text)
{
    const struct warning_place *place = context;

    fputs(place->markdown ? "> **Warning.** " : "warning: ", place->f);
    put_text(place->f, place->markdown, text);
    fputs(place->markdown ? "\n\n" : "\n", place->f);
}

int write_advice_warnings(const struct summary *s, bool markdown, FILE *f)
{
    struct warning_place place = {f, markdown};

    return each_warning(s, put_warning, &place);
}
