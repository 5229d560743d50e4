/* compare_markdown.c - a comparison as a table for a pull request: a row for each configuration. */
#include <math.h>

#include "harness/cli/compare_view.h"
#include "harness/report/escape.h"

static void put_cell(FILE *f, const char *text)
{
    fputs(" ", f);
    escape_markdown(f, text);
    fputs(" |", f);
}

static void put_row(const struct compare_view *v, const struct comparison_row *row, FILE *f)
{
    char name[COMPARE_NAME_BYTES], cell[256], ratio[128], verdict[64];

    compare_row_name(v, row, name);
    fputs("|", f);
    put_cell(f, name);
    snprintf(cell, sizeof cell, "%zu / %zu", row->a.ok, row->b.ok);
    put_cell(f, cell);
    for (size_t m = 0; m < COMPARED; m++) {
        ratio_text(&row->measure[m].ratio, ratio, sizeof ratio);
        compare_verdict(&row->measure[m], m, verdict, sizeof verdict);
        snprintf(cell, sizeof cell, "%s %s", ratio, verdict);
        put_cell(f, row->refusal != REFUSED_NOT ? compare_refusal(row) : cell);
    }
    fputc('\n', f);
}

static void put_warning(void *context, const char *text)
{
    fputs("> **Warning.** ", context);
    escape_markdown(context, text);
    fputs("\n\n", context);
}

static void put_item(void *context, const char *text)
{
    fputs("- ", context);
    escape_markdown(context, text);
    fputc('\n', context);
}

static void put_side(const char *name, const struct comparison_side *side, FILE *f)
{
    fprintf(f, "- %s: ", name);
    escape_markdown(f, side->summary->results->directory);
    if (side->words != NULL && side->words[0] != '\0') {
        fputs(", ", f);
        escape_markdown(f, side->words);
    }
    fputc('\n', f);
}

int write_compare_markdown(const struct compare_view *v, FILE *f)
{
    const struct comparison *c = v->comparison;
    char text[COMPARE_LINE_BYTES];

    each_compare_warning(v, put_warning, f);
    put_side("A", &c->a, f);
    put_side("B", &c->b, f);
    fputs("\n| configuration | runs |", f);
    for (size_t m = 0; m < COMPARED; m++)
        fprintf(f, " %s |", compared_measures[m].label);
    fputs("\n| --- | --- |", f);
    for (size_t m = 0; m < COMPARED; m++)
        fputs(" --- |", f);
    fputc('\n', f);
    for (size_t i = 0; i < c->row_count; i++)
        put_row(v, &c->rows[i], f);
    fputc('\n', f);
    compare_method(v, text, sizeof text);
    escape_markdown(f, text);
    fputs("\n\n", f);
    for (size_t m = 0; m < COMPARED; m++) {
        compare_totals(v, m, text, sizeof text);
        put_item(f, text);
    }
    if (v->reproduction != NULL)
        each_reproduction_line(v, put_item, f);
    return 0;
}
