#include "harness/cli/tune_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/escape.h"
#include "harness/report/format.h"

enum { COLUMNS = 8, NAME_COLUMNS = 2 };

typedef char row_text[COLUMNS][RECORD_TEXT_BYTES];

static int by_pause(const void *a, const void *b)
{
    const struct configuration *x = *(const struct configuration *const *)a;
    const struct configuration *y = *(const struct configuration *const *)b;
    double p = x->measure[MEASURE_PAUSE_MAX_NS].median, q = y->measure[MEASURE_PAUSE_MAX_NS].median;
    if (p < q || p > q)
        return p < q ? -1 : 1;
    p = x->measure[MEASURE_RSS_PEAK_BYTES].median, q = y->measure[MEASURE_RSS_PEAK_BYTES].median;
    return (p > q) - (p < q);
}

static void fill_row(const struct configuration *c, row_text row)
{
    snprintf(row[0], sizeof row[0], "%s", c->dimensions->allocator);
    snprintf(row[1], sizeof row[1], "%s", c->dimensions->tuning);
    format_duration(c->measure[MEASURE_PAUSE_MAX_NS].median, row[2], sizeof row[2]);
    ratio_text(&c->ratio[MEASURE_PAUSE_MAX_NS], row[3], sizeof row[3]);
    format_bytes(c->measure[MEASURE_RSS_PEAK_BYTES].median, row[4], sizeof row[4]);
    ratio_text(&c->ratio[MEASURE_RSS_PEAK_BYTES], row[5], sizeof row[5]);
    format_duration(c->measure[MEASURE_WALL_NS].median, row[6], sizeof row[6]);
    ratio_text(&c->ratio[MEASURE_WALL_NS], row[7], sizeof row[7]);
}

static void print_rows(row_text *rows, size_t count, FILE *out)
{
    int width[COLUMNS] = {0};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            if ((int)strlen(rows[i][k]) > width[k])
                width[k] = (int)strlen(rows[i][k]);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < COLUMNS; k++) {
            int pad = width[k] - (int)strlen(rows[i][k]);
            bool left = k < NAME_COLUMNS || k % 2 == 1; /* names and ratios; values end in their unit */
            fprintf(out, "%*s", left ? 2 : 2 + pad, "");
            escape_plain(out, rows[i][k]);
            if (left && k + 1 < COLUMNS)
                fprintf(out, "%*s", pad, "");
        }
        fputc('\n', out);
    }
}

static int print_subject(const struct summary *s, const struct subject *subject, FILE *out)
{
    const struct configuration **front = malloc(subject->count * sizeof *front + 1);
    row_text *rows = malloc((subject->count + 1) * sizeof *rows);
    size_t count = 0;

    if (front != NULL && rows != NULL) {
        for (size_t i = subject->first; i < subject->first + subject->count; i++)
            if (s->configurations[i].on_front)
                front[count++] = &s->configurations[i];
        qsort(front, count, sizeof *front, by_pause);
        const char *base = baseline_word(s, subject);
        const char *const heads[COLUMNS] = {"allocator", "tuning", "longest pause", NULL,
                                            "peak RSS",  NULL,     "wall",          NULL};
        for (size_t k = 0; k < COLUMNS; k++)
            snprintf(rows[0][k], sizeof rows[0][k], "%s%s", heads[k] ? heads[k] : "to the ", heads[k] ? "" : base);
        for (size_t i = 0; i < count; i++)
            fill_row(front[i], rows[i + 1]);
        print_rows(rows, count + 1, out);
    }
    int status = front != NULL && rows != NULL ? 0 : -1;
    free(front);
    free(rows);
    return status;
}

int tune_table_print(const struct summary *s, FILE *out)
{
    for (size_t i = 0; i < s->subject_count; i++) {
        fputs("Pareto front of longest pause, peak RSS and wall time, ", out);
        escape_plain(out, s->subjects[i].label);
        fputs(" on ", out);
        escape_plain(out, s->subjects[i].runtime);
        fputs(" (medians; ratios with 95 % intervals):\n", out);
        if (print_subject(s, &s->subjects[i], out) != 0)
            return -1;
    }
    return 0;
}
