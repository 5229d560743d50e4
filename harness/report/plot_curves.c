#include "harness/report/plot_curves.h"

#include <math.h>
#include <string.h>

#include "harness/analysis/curves.h"

static const double MIB = 1024 * 1024;

/* Writes one block: 1, 0 when there is nothing to write, -1 with the reason in result_set_error. */
typedef int block_writer(const struct summary *s, const struct configuration *c, int written, FILE *f);

/* The configuration of the subject's baseline allocator with the tuning of that number; NULL for none. */
static const struct configuration *with_tuning(const struct summary *s, const struct subject *subject,
                                               const struct series *series, int number)
{
    const char *allocator = s->configurations[subject->baseline].dimensions->allocator;

    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        const struct configuration *c = &s->configurations[i];
        if (c->counts && strcmp(c->dimensions->allocator, allocator) == 0 && find_tuning_series(series, c) == number)
            return c;
    }
    return NULL;
}

static int write_blocks(const struct summary *s, const struct subject *subject, const struct series *series,
                        block_writer *write, FILE *f, char *styles)
{
    int written = 0;

    styles[0] = '\0';
    for (int i = 0; i < (int)series->tuning_count; i++) {
        const struct configuration *c = with_tuning(s, subject, series, i);
        int status = c != NULL ? write(s, c, written, f) : 0;
        if (status < 0)
            return -1;
        if (status > 0) {
            size_t length = strlen(styles);
            snprintf(styles + length, PLOT_STYLES_BYTES - length, "%d ", i);
            written++;
        }
    }
    return written;
}

/* ---- Distributions ---- */

static void begin(const struct summary *s, const struct configuration *c, const char *x, const char *more, int written,
                  FILE *f)
{
    plot_begin_block(f, written);
    fprintf(f, "%s\t", x);
    plot_put_tuning(s, c, f);
    fprintf(f, "%s\n", more);
}

static int write_pause_block(const struct summary *s, const struct configuration *c, int written, FILE *f)
{
    struct curve curve;

    if (pause_curve(s->results, c, &curve) != 0)
        return -1;
    if (curve.count == 0)
        return 0;
    begin(s, c, "1/(1-p)", "", written, f);
    for (size_t i = 0; i < curve.count; i++)
        fprintf(f, "%.6g\t%.0f\n", curve.points[i].x, curve.points[i].y);
    curve_free(&curve);
    return 1;
}

/* Two curves over the same x, as far as both go; 0 where there is no second one: gnuplot refuses a curve of NaN. */
static int write_pair(const struct summary *s, const struct configuration *c, const char *x, const char *second,
                      struct curve pair[2], int written, FILE *f)
{
    if (pair[0].count == 0)
        return 0;
    begin(s, c, x, second, written, f);
    for (size_t i = 0; i < pair[0].count; i++) {
        fprintf(f, "%.6g\t%.6g\t", pair[0].points[i].x, pair[0].points[i].y);
        if (i < pair[1].count)
            fprintf(f, "%.6g\n", pair[1].points[i].y);
        else
            fputs(pair[1].count > 0 ? "NaN\n" : "0\n", f);
    }
    return 1;
}

static int write_latency_block(const struct summary *s, const struct configuration *c, int written, FILE *f)
{
    struct curve pair[2] = {{NULL, 0}, {NULL, 0}};
    int status = -1;

    if (latency_curve(s->results, c, LATENCY_SERVICE, &pair[0]) == 0 &&
        latency_curve(s->results, c, LATENCY_METERED, &pair[1]) == 0)
        status = write_pair(s, c, "1/(1-p)", "\tmetered_ns", pair, written, f);
    curve_free(&pair[0]);
    curve_free(&pair[1]);
    return status;
}

static int write_utilization_block(const struct summary *s, const struct configuration *c, int written, FILE *f)
{
    struct curve pair[2] = {{NULL, 0}, {NULL, 0}};
    int status = -1;

    if (mmu_curve(s->results, c, &pair[0]) == 0 && bmu_curve(s->results, c, &pair[1]) == 0)
        status = write_pair(s, c, "window_ns", "\tbmu", pair, written, f);
    curve_free(&pair[0]);
    curve_free(&pair[1]);
    return status;
}

/* ---- One run over time ---- */

/* Writes a block of one run, as block_writer. */
typedef int run_writer(const struct summary *s, const struct configuration *c, const struct run_record *run,
                       int written, FILE *f);

static int write_median_run(const struct summary *s, const struct configuration *c, run_writer *write, int written,
                            FILE *f)
{
    const struct run_record *run = median_run(c);
    struct whole_run whole;

    if (run == NULL)
        return 0;
    if (whole_run_read(s->results, run, &whole) != 0)
        return -1;
    int status = write(s, c, whole.run, written, f);
    whole_run_free(&whole);
    return status;
}

static int write_rss(const struct summary *s, const struct configuration *c, const struct run_record *run, int written,
                     FILE *f)
{
    if (run->sample_count < 2)
        return 0;
    begin(s, c, "seconds", "", written, f);
    for (size_t i = 0; i < run->sample_count; i++)
        fprintf(f, "%.6f\t%.3f\n", (double)run->samples[i].t_ns / 1e9, (double)run->samples[i].bytes / MIB);
    return 1;
}

/* On the line between the samples around it; NaN outside of them. */
static double rss_mib_at(const struct run_record *run, uint64_t t_ns)
{
    for (size_t i = 1; i < run->sample_count; i++) {
        const struct record_sample *a = &run->samples[i - 1], *b = &run->samples[i];
        if (t_ns < a->t_ns || t_ns > b->t_ns || a->t_ns == b->t_ns)
            continue;
        double share = (double)(t_ns - a->t_ns) / (double)(b->t_ns - a->t_ns);
        return ((double)a->bytes + share * ((double)b->bytes - (double)a->bytes)) / MIB;
    }
    return NAN;
}

static int write_marks(const struct summary *s, const struct configuration *c, const struct run_record *run,
                       int written, FILE *f)
{
    int marks = 0;

    if (run->sample_count < 2)
        return 0;
    begin(s, c, "seconds", "", written, f);
    for (size_t i = 0; i < run->longest_count && marks < PLOT_MARKS; i++) {
        const struct record_pause *p = &run->longest[i];
        double mib = p->kind == RECORD_GENERATIONS - 1 ? rss_mib_at(run, p->start_ns) : NAN;
        if (isnan(mib))
            continue;
        fprintf(f, "%.6f\t%.3f\n", (double)p->start_ns / 1e9, mib);
        marks++;
    }
    if (marks == 0)
        fputs("NaN\tNaN\n", f); /* keeps the blocks' numbers */
    return 1;
}

static uint64_t greatest_floating(const struct run_record *run)
{
    uint64_t most = 0;

    for (size_t i = 0; i < run->floating_count; i++)
        if (run->floating[i].bytes > most)
            most = run->floating[i].bytes;
    return most;
}

static int write_floating(const struct summary *s, const struct configuration *c, const struct run_record *run,
                          int written, FILE *f)
{
    /* What never had any cannot be on a logarithmic axis. */
    if (run->floating_count < 2 || greatest_floating(run) == 0)
        return 0;
    begin(s, c, "seconds", "\tobjects", written, f);
    for (size_t i = 0; i < run->floating_count; i++)
        fprintf(f, "%.6f\t%.6f\t%.0f\n", (double)run->floating[i].t_ns / 1e9, (double)run->floating[i].bytes / MIB,
                (double)run->floating[i].objects);
    return 1;
}

static int write_rss_block(const struct summary *s, const struct configuration *c, int written, FILE *f)
{
    return write_median_run(s, c, write_rss, written, f);
}

static int write_mark_block(const struct summary *s, const struct configuration *c, int written, FILE *f)
{
    return write_median_run(s, c, write_marks, written, f);
}

static int write_floating_block(const struct summary *s, const struct configuration *c, int written, FILE *f)
{
    return write_median_run(s, c, write_floating, written, f);
}

/* ---- The pictures ---- */

int write_pause_curves(const struct summary *s, const struct subject *subject, const struct series *series, FILE *f,
                       char *styles)
{
    return write_blocks(s, subject, series, write_pause_block, f, styles);
}

int write_latency_curves(const struct summary *s, const struct subject *subject, const struct series *series, FILE *f,
                         char *styles)
{
    return write_blocks(s, subject, series, write_latency_block, f, styles);
}

int write_utilization_curves(const struct summary *s, const struct subject *subject, const struct series *series,
                             FILE *f, char *styles)
{
    return write_blocks(s, subject, series, write_utilization_block, f, styles);
}

int write_rss_curves(const struct summary *s, const struct subject *subject, const struct series *series, FILE *f,
                     char *styles)
{
    return write_blocks(s, subject, series, write_rss_block, f, styles);
}

int write_collection_marks(const struct summary *s, const struct subject *subject, const struct series *series, FILE *f,
                           char *styles)
{
    return write_blocks(s, subject, series, write_mark_block, f, styles);
}

int write_floating_curves(const struct summary *s, const struct subject *subject, const struct series *series, FILE *f,
                          char *styles)
{
    return write_blocks(s, subject, series, write_floating_block, f, styles);
}
