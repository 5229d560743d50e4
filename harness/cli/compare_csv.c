/* compare_csv.c - a comparison as a line for each configuration and measure, as RFC 4180 has it. */
#include <math.h>

#include "harness/cli/compare_view.h"
#include "harness/report/escape.h"

static const char line_end[] = "\r\n";

static void put_text(FILE *f, const char *text)
{
    escape_csv(f, text);
    fputc(',', f);
}

static void put_number(FILE *f, double value)
{
    if (!isnan(value))
        fprintf(f, "%.10g", value);
    fputc(',', f);
}

static void put_measure(const struct compare_view *v, const struct comparison_row *row, size_t m, FILE *f)
{
    const struct compared_ratio *r = &row->measure[m];
    char label[COMPARE_LABEL_BYTES];

    comparison_label(v->comparison, row, label, sizeof label);
    put_text(f, row->a.configuration->dimensions->configuration);
    put_text(f, row->b.configuration->dimensions->configuration);
    put_text(f, label);
    put_text(f, measure_names[compared_measures[m].measure]);
    fprintf(f, "%zu,%zu,%zu,%zu,", row->a.ok, row->a.failed, row->b.ok, row->b.failed);
    put_number(f, row->a.measure[m].median);
    put_number(f, row->b.measure[m].median);
    put_number(f, r->ratio.estimate);
    put_number(f, r->ratio.low);
    put_number(f, r->ratio.high);
    put_number(f, r->p);
    put_number(f, r->p_holm);
    fprintf(f, "%zu,%s,%d,%s,", v->comparison->tested[m], verdict_word(compared_measures[m].measure, r->verdict),
            r->holds, v->comparison->paired ? "signed-rank" : "mann-whitney");
    put_number(f, v->comparison->margin);
    escape_csv(f, compare_refusal(row) != NULL ? compare_refusal(row) : "");
    fputs(line_end, f);
}

int write_compare_csv(const struct compare_view *v, FILE *f)
{
    fputs(
        "configuration_a,configuration_b,label,measure,ok_a,failed_a,ok_b,failed_b,median_a,median_b,ratio,low,high,p,"
        "p_holm,tested,verdict,holds,method,margin,refused",
        f);
    fputs(line_end, f);
    for (size_t i = 0; i < v->comparison->row_count; i++)
        for (size_t m = 0; m < COMPARED; m++)
            put_measure(v, &v->comparison->rows[i], m, f);
    return 0;
}
