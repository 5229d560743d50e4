/* document_subject.c - one workload in a document: its answer, its table, its pictures with their figures. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/cells.h"
#include "harness/report/document_parts.h"
#include "harness/report/format.h"
#include "harness/report/picture_table.h"
#include "harness/report/series.h"
#include "harness/report/subject_tables.h"
#include "harness/report/words.h"

/* Rows of a picture's figures. */
enum { DATA_ROWS_MOST = 500 };

/* ---- The table ---- */

static int write_table(struct writing *w, const struct subject *subject, const struct selection *selection)
{
    const struct summary *s = w->report->summary;
    struct cells *cells = malloc(sizeof *cells);
    const char *texts[COLUMNS], *headers[COLUMNS];

    if (cells == NULL)
        return -1;
    for (int i = 0; i < COLUMNS; i++) {
        texts[i] = cells->text[i];
        headers[i] = column_header(i, baseline_word(s, subject));
    }
    w->format->table_begin(w->f, headers, COLUMNS);
    for (size_t i = 0; i < selection->count; i++) {
        const struct configuration *c = &s->configurations[selection->index[i]];
        fill_cells(s, c, subject, cells);
        w->format->table_row(w->f, texts, cells->key, COLUMNS, c->on_front);
    }
    w->format->table_end(w->f);
    free(cells);
    return 0;
}

static void say_what_is_left_out(const struct selection *selection, const char *word, char *text, size_t size)
{
    text[0] = '\0';
    if (selection->count < selection->of)
        snprintf(text, size,
                 "%zu of %zu configurations are shown: the %s, the front and the fastest; summary.csv and results.json "
                 "have all.",
                 selection->count, selection->of, word);
}

/* ---- Pictures ---- */

static void put_data_row(void *context, const char *const *cells, size_t count)
{
    struct writing *w = context;

    w->format->table_row(w->f, cells, NULL, count, false);
}

static void count_data_row(void *context, const char *const *cells, size_t count)
{
    (void)context;
    (void)cells;
    (void)count;
}

static int write_data(struct writing *w, const struct picture *p)
{
    char name[sizeof p->name + 8], note[300] = "";
    size_t rows = 0;

    if (w->format->data_begin == NULL)
        return 0;
    if (each_picture_row(p, w->report->directory, 0, count_data_row, NULL, &rows) != 0)
        return -1;
    if (rows == 0)
        return 0;
    snprintf(name, sizeof name, "%s.csv", p->name);
    if (rows > DATA_ROWS_MOST)
        snprintf(note, sizeof note, "The first %d of %zu rows; plots/%s.tsv has all.", DATA_ROWS_MOST, rows, p->name);
    w->format->data_begin(w->f, name, rows < DATA_ROWS_MOST ? rows : DATA_ROWS_MOST, p->layout->columns,
                          picture_columns(p));
    int status = each_picture_row(p, w->report->directory, DATA_ROWS_MOST, put_data_row, w, &rows);
    w->format->data_end(w->f, note);
    return status;
}

/* The figures behind the points, not rounded; texts of the dimensions, then median, quartiles. */
static void write_front_data(struct writing *w, const struct picture *p, const struct selection *selection)
{
    static const struct {
        const char *name;
        enum measure measure;
    } figures[] = {{"pause_max_ns", MEASURE_PAUSE_MAX_NS},
                   {"pause_p99_ns", MEASURE_PAUSE_P99_NS},
                   {"rss_peak_bytes", MEASURE_RSS_PEAK_BYTES},
                   {"throughput_per_s", MEASURE_THROUGHPUT}};
    enum { TEXTS = 3, FIGURES = sizeof figures / sizeof *figures, CELLS = TEXTS + 3 * FIGURES };
    const char *headers[CELLS] = {"allocator", "tuning", "on_front"}, *cells[CELLS];
    char name[sizeof p->name + 8], header[3 * FIGURES][40], cell[CELLS][4 * RECORD_TEXT_BYTES];

    snprintf(name, sizeof name, "%s.csv", p->name);
    for (size_t i = 0; i < 3 * FIGURES; i++) {
        static const char *const parts[] = {"", "_q1", "_q3"};
        snprintf(header[i], sizeof header[i], "%s%s", figures[i / 3].name, parts[i % 3]);
        headers[TEXTS + i] = header[i];
    }
    for (size_t i = 0; i < CELLS; i++)
        cells[i] = cell[i];
    w->format->data_begin(w->f, name, selection->count, headers, CELLS);
    for (size_t i = 0; i < selection->count; i++) {
        const struct configuration *c = &w->report->summary->configurations[selection->index[i]];
        snprintf(cell[0], sizeof cell[0], "%s", c->dimensions->allocator);
        tuning_label(w->report->summary, c, cell[1], sizeof cell[1]);
        snprintf(cell[2], sizeof cell[2], "%d", c->on_front);
        for (size_t k = 0; k < 3 * FIGURES; k++) {
            const struct spread *spread = &c->measure[figures[k / 3].measure];
            double value = k % 3 == 0 ? spread->median : k % 3 == 1 ? spread->q1 : spread->q3;
            snprintf(cell[TEXTS + k], sizeof cell[TEXTS + k], isnan(value) ? "-" : "%.10g", value);
        }
        w->format->table_row(w->f, cells, NULL, CELLS, false);
    }
    w->format->data_end(w->f, "");
}

static void write_front(struct writing *w, const struct subject *subject, const struct picture *p,
                        const struct selection *selection)
{
    const struct summary *s = w->report->summary;
    char note[300];

    say_what_is_left_out(selection, baseline_word(s, subject), note, sizeof note);
    w->format->front(w->f, s, subject, selection, p, note);
    write_front_data(w, p, selection);
}

static int write_picture(struct writing *w, const struct picture *p)
{
    char text[600];

    if (p->drawn) {
        if (w->format->picture(w->f, p, w->report->directory) != 0)
            return -1;
    } else {
        snprintf(text, sizeof text, "Not drawn: %s (%s).", p->title, p->error);
        w->format->warning(w->f, text);
    }
    return write_data(w, p);
}

/* The front is the first of a workload's pictures, above its table; the others follow the table. */
static int write_pictures(struct writing *w, const struct subject *subject, const struct selection *selection,
                          bool front)
{
    const struct pictures *pictures = w->report->pictures;

    for (size_t i = 0; pictures != NULL && i < pictures->count; i++) {
        const struct picture *p = &pictures->list[i];
        if (p->subject != subject || (strcmp(p->kind, "tradeoff") == 0) != front)
            continue;
        if (front && w->format->front != NULL)
            write_front(w, subject, p, selection);
        else if (write_picture(w, p) != 0)
            return -1;
    }
    return 0;
}

/* ---- The whole ---- */

static void describe_subject(const struct subject *subject, char *text, size_t size)
{
    char noise[4 * FORMAT_BYTES], checksum[80] = "no checksum known";

    write_noise(subject, noise, sizeof noise);
    if (subject->has_checksum)
        snprintf(checksum, sizeof checksum, "%s checksum %016" PRIx64,
                 subject->checksums_agree ? "every run has the" : "NOT every run has the", subject->checksum);
    snprintf(text, size, "%s on runtime %s; %s; %s.", subject->label, subject->runtime, checksum, noise);
}

static int write_answer(struct writing *w, const struct subject *subject)
{
    const struct summary *s = w->report->summary;
    struct findings findings;

    if (find_findings(s, &subject, s->configurations[subject->baseline].counts ? 1 : 0, &findings) != 0)
        return -1;
    write_findings(w, &findings);
    return 0;
}

static int write_selected(struct writing *w, const struct subject *subject, const struct selection *selection)
{
    const struct summary *s = w->report->summary;
    char text[300];

    if (write_pictures(w, subject, selection, true) != 0)
        return -1;
    say_what_is_left_out(selection, baseline_word(s, subject), text, sizeof text);
    if (text[0] != '\0')
        w->format->paragraph(w->f, text);
    if (write_table(w, subject, selection) != 0 || write_pictures(w, subject, selection, false) != 0 ||
        write_longest_table(s, selection, w->format, w->f) != 0)
        return -1;
    write_latency_table(s, selection, w->format, w->f);
    write_overhead_table(s, subject, selection, w->format, w->f);
    return write_memory_table(s, selection, w->format, w->f);
}

int write_subject(struct writing *w, const struct subject *subject)
{
    char text[8 * RECORD_TEXT_BYTES];
    struct selection selection;

    describe_subject(subject, text, sizeof text);
    w->format->paragraph(w->f, text);
    if (subject->noise.verdict == NOISE_INVALID)
        w->format->warning(w->f, "The figures of this workload are marked invalid: its A/A twin differs from itself.");
    if (write_answer(w, subject) != 0 ||
        select_configurations(w->report->summary, subject, w->rows_most, &selection) != 0)
        return -1;
    int status = write_selected(w, subject, &selection);
    selection_free(&selection);
    return status;
}
