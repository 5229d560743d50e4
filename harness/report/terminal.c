#include "harness/report/terminal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/findings.h"
#include "harness/report/cells.h"
#include "harness/report/escape.h"
#include "harness/report/format.h"
#include "harness/report/words.h"

enum { SHOWN = 9, WIDEST = 34 };

/* What fits beside each other: medians, and the ratio's interval. */
static const char *const shown_headers[SHOWN] = {" ",   "allocator",     "tuning",   "wall",    NULL, /* the ratio */
                                                 "p99", "longest pause", "peak RSS", "gc share"};
enum { SHOWN_RATIO = 4 };

struct lines {
    char (*cell)[SHOWN][CELL_BYTES];
    size_t count;
    const char *ratio_header;
};

/* Columns on a terminal: a character a UTF-8 sequence. */
static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void fill_line(const struct summary *s, const struct subject *subject, const struct configuration *c,
                      struct cells *cells, char line[SHOWN][CELL_BYTES])
{
    fill_cells(s, c, subject, cells);
    const char *const texts[] = {cells->text[COLUMN_MARK], cells->text[COLUMN_ALLOCATOR], cells->text[COLUMN_TUNING]};
    for (int i = 0; i < 3; i++)
        snprintf(line[i], CELL_BYTES, "%s", texts[i]);
    format_duration(c->measure[MEASURE_WALL_NS].median, line[3], CELL_BYTES);
    /* A configuration without an ok run says why where its figures would stand. */
    snprintf(line[4], CELL_BYTES, "%s", cells->text[c->counts ? COLUMN_THROUGHPUT_RATIO : COLUMN_RUNS]);
    format_duration(c->measure[MEASURE_PAUSE_P99_NS].median, line[5], CELL_BYTES);
    format_duration(c->measure[MEASURE_PAUSE_MAX_NS].median, line[6], CELL_BYTES);
    format_bytes(c->measure[MEASURE_RSS_PEAK_BYTES].median, line[7], CELL_BYTES);
    format_share(c->measure[MEASURE_GC_SHARE].median, line[8], CELL_BYTES);
}

static void put_line(FILE *f, const char *const *cells, const size_t *width)
{
    for (int i = 0; i < SHOWN; i++) {
        size_t pad = width[i] > width_of(cells[i]) ? width[i] - width_of(cells[i]) : 0;
        bool left = i < 3 || i == 4;
        fprintf(f, "%s%*s", i > 0 ? "  " : "", left ? 0 : (int)pad, "");
        escape_plain(f, cells[i]);
        if (left)
            fprintf(f, "%*s", (int)pad, "");
    }
    fputc('\n', f);
}

static void put_lines(FILE *f, const struct lines *lines)
{
    size_t width[SHOWN];
    const char *cells[SHOWN], *headers[SHOWN];

    for (int i = 0; i < SHOWN; i++) {
        headers[i] = i == SHOWN_RATIO ? lines->ratio_header : shown_headers[i];
        width[i] = width_of(headers[i]);
        for (size_t k = 0; k < lines->count; k++)
            if (width_of(lines->cell[k][i]) > width[i])
                width[i] = width_of(lines->cell[k][i]);
        if (width[i] > WIDEST)
            width[i] = WIDEST;
    }
    put_line(f, headers, width);
    for (size_t k = 0; k < lines->count; k++) {
        for (int i = 0; i < SHOWN; i++)
            cells[i] = lines->cell[k][i];
        put_line(f, cells, width);
    }
}

static int write_subject(const struct summary *s, const struct subject *subject, FILE *f)
{
    struct lines lines = {malloc(subject->count * sizeof *lines.cell), subject->count,
                          column_header(COLUMN_THROUGHPUT_RATIO, baseline_word(s, subject))};
    struct cells *cells = malloc(sizeof *cells);
    char noise[4 * FORMAT_BYTES];
    int status = lines.cell != NULL && cells != NULL ? 0 : -1;

    if (status == 0) {
        for (size_t i = 0; i < subject->count; i++)
            fill_line(s, subject, &s->configurations[subject->first + i], cells, lines.cell[i]);
        write_noise(subject, noise, sizeof noise);
        escape_plain(f, subject->label);
        fprintf(f, " on ");
        escape_plain(f, subject->runtime);
        fprintf(f, " (%s)\n", noise);
        put_lines(f, &lines);
        fputc('\n', f);
    }
    free(lines.cell);
    free(cells);
    return status;
}

static int write_answer(const struct summary *s, const char *runtime, FILE *f)
{
    struct findings findings;

    if (find_findings_of_runtime(s, runtime, &findings) != 0)
        return -1;
    fprintf(f, "Answer over %zu workload%s on ", findings.workloads, findings.workloads == 1 ? "" : "s");
    escape_plain(f, runtime);
    if (findings.left_out > 0)
        fprintf(f, " (%zu left out)", findings.left_out);
    fputs(":\n", f);
    for (size_t i = 0; i < FINDINGS; i++) {
        fputs("  ", f);
        escape_plain(f, findings.sentence[i]);
        fputc('\n', f);
    }
    return 0;
}

static void write_front(const struct summary *s, const struct subject *subject, FILE *f)
{
    char label[4 * RECORD_TEXT_BYTES];
    size_t written = 0;

    fputs("  ", f);
    escape_plain(f, subject->label);
    fputs(" on ", f);
    escape_plain(f, subject->runtime);
    fputs(": ", f);
    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        if (!s->configurations[i].on_front)
            continue;
        configuration_label(s, &s->configurations[i], label, sizeof label);
        fputs(written++ > 0 ? "; " : "", f);
        escape_plain(f, label);
    }
    fputs(written > 0 ? "\n" : "none\n", f);
}

static void put_warning(void *context, const char *text)
{
    FILE *f = context;

    fputs("warning: ", f);
    escape_plain(f, text);
    fputc('\n', f);
}

int write_terminal(const struct summary *s, FILE *f)
{
    for (size_t i = 0; i < s->subject_count; i++)
        if (write_subject(s, &s->subjects[i], f) != 0)
            return -1;
    fputs(s->subject_count > 0 ? "Pareto front (*) of longest pause, peak RSS and throughput:\n" : "", f);
    for (size_t i = 0; i < s->subject_count; i++)
        write_front(s, &s->subjects[i], f);
    for (size_t i = 0; i < s->subject_count; i++) {
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = strcmp(s->subjects[k].runtime, s->subjects[i].runtime) == 0;
        if (!seen && write_answer(s, s->subjects[i].runtime, f) != 0)
            return -1;
    }
    fprintf(f, "Runs: %zu ok, %zu failed\n", s->ok, s->failed);
    return each_warning(s, put_warning, f);
}
