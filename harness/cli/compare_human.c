/* compare_human.c - a comparison for the eye: a block for each configuration, a line for each measure. */
#include <math.h>
#include <string.h>

#include "harness/cli/compare_view.h"
#include "harness/report/escape.h"
#include "harness/report/format.h"

static const char *const green = "\033[32m", *const red = "\033[31m", *const plain = "\033[0m";

/* Columns on a terminal: a character a UTF-8 sequence. */
static int width_of(const char *text)
{
    int width = 0;

    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void put_right(FILE *f, const char *text, int width)
{
    fprintf(f, "%*s%s", width > width_of(text) ? width - width_of(text) : 0, "", text);
}

static void put_left(FILE *f, const char *text, int width)
{
    fprintf(f, "%s%*s", text, width > width_of(text) ? width - width_of(text) : 0, "");
}

static void put_median(FILE *f, const struct compared_runs *runs, size_t measure)
{
    bool is_memory = compared_measures[measure].measure == MEASURE_RSS_PEAK_BYTES;
    char text[FORMAT_BYTES];

    (is_memory ? format_bytes : format_duration)(runs->measure[measure].median, text, sizeof text);
    put_right(f, text, 11);
}

static void put_measure(const struct compare_view *v, const struct comparison_row *row, size_t measure, FILE *f)
{
    const struct compared_ratio *r = &row->measure[measure];
    char ratio[128], verdict[64];

    fputs("    ", f);
    put_left(f, compared_measures[measure].label, 13);
    put_median(f, &row->a, measure);
    put_median(f, &row->b, measure);
    fputs("  ", f);
    if (row->refusal == REFUSED_NOT) {
        ratio_text(&r->ratio, ratio, sizeof ratio);
        compare_verdict(r, measure, verdict, sizeof verdict);
        bool resolved = r->verdict == VERDICT_LESS || r->verdict == VERDICT_MORE;
        put_left(f, ratio, 24);
        fprintf(f, " %s%s%s", v->coloured && resolved ? r->verdict == VERDICT_LESS ? green : red : "", verdict,
                v->coloured && resolved ? plain : "");
    }
    fputc('\n', f);
}

static void put_row(const struct compare_view *v, const struct comparison_row *row, FILE *f)
{
    char label[COMPARE_LABEL_BYTES];

    comparison_label(v->comparison, row, label, sizeof label);
    fputs("  ", f);
    escape_plain(f, label);
    fprintf(f, " (%zu runs against %zu", row->a.ok, row->b.ok);
    if (row->a.failed + row->b.failed > 0)
        fprintf(f, "; %zu and %zu not ok", row->a.failed, row->b.failed);
    fputs(")", f);
    if (row->refusal != REFUSED_NOT)
        fprintf(f, ": REFUSED, %s", compare_refusal(row));
    fputc('\n', f);
    for (size_t m = 0; m < COMPARED; m++)
        put_measure(v, row, m, f);
}

static void put_subject(const struct compare_view *v, const struct comparison_row *row, const char *subject, FILE *f)
{
    char noise[400];

    compare_noise(v, row, noise, sizeof noise);
    fputc('\n', f);
    escape_plain(f, subject);
    fprintf(f, " (A/A noise floor: %s)\n", noise);
}

static void put_side(const char *name, const struct comparison_side *side, FILE *f)
{
    fprintf(f, "%s: ", name);
    escape_plain(f, side->summary->results->directory);
    if (side->words != NULL && side->words[0] != '\0') {
        fputs(", ", f);
        escape_plain(f, side->words);
    }
    fputc('\n', f);
}

static void put_line(void *context, const char *text)
{
    escape_plain(context, text);
    fputc('\n', context);
}

static void put_warning(void *context, const char *text)
{
    fputs("warning: ", context);
    put_line(context, text);
}

int write_compare_human(const struct compare_view *v, FILE *f)
{
    const struct comparison *c = v->comparison;
    char text[COMPARE_LINE_BYTES], last[3 * RECORD_TEXT_BYTES] = "", subject[3 * RECORD_TEXT_BYTES];

    each_compare_warning(v, put_warning, f);
    put_side("A", &c->a, f);
    put_side("B", &c->b, f);
    compare_method(v, text, sizeof text);
    put_line(f, text);
    for (size_t i = 0; i < c->row_count; i++) {
        comparison_subject(c->a.summary, &c->rows[i].a, subject, sizeof subject);
        if (strcmp(subject, last) != 0)
            put_subject(v, &c->rows[i], subject, f);
        memcpy(last, subject, sizeof last);
        put_row(v, &c->rows[i], f);
    }
    fputc('\n', f);
    for (size_t m = 0; m < COMPARED; m++) {
        compare_totals(v, m, text, sizeof text);
        put_line(f, text);
    }
    if (c->refused > 0)
        fprintf(f, "refused: %zu of %zu configurations\n", c->refused, c->row_count);
    if (v->reproduction != NULL)
        each_reproduction_line(v, put_line, f);
    return 0;
}
