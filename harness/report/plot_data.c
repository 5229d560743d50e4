#include "harness/report/plot_data.h"

#include <math.h>
#include <string.h>

#include "harness/analysis/curves.h"
#include "harness/report/escape.h"
#include "harness/report/plot_block.h"

static const double MIB = 1024 * 1024;

double greatest_throughput(const struct summary *s, const struct subject *subject)
{
    double most = 0;

    for (size_t i = subject->first; i < subject->first + subject->count; i++)
        if (s->configurations[i].counts)
            most = fmax(most, s->configurations[i].measure[MEASURE_THROUGHPUT].median); /* fmax leaves NaN out */
    return most;
}

double pauseless_floor_ns(const struct summary *s, const struct subject *subject)
{
    double least = INFINITY;
    bool pauseless = false;

    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        double longest = s->configurations[i].measure[MEASURE_PAUSE_MAX_NS].median;
        if (!s->configurations[i].counts)
            continue;
        if (longest > 0)
            least = fmin(least, longest);
        pauseless = pauseless || longest == 0;
    }
    return pauseless && isfinite(least) ? pow(10, floor(log10(least))) / 3 : 0;
}

double drawn_pause_ns(const struct configuration *c, double floor_ns)
{
    double longest = c->measure[MEASURE_PAUSE_MAX_NS].median;

    return longest > 0 ? longest : floor_ns > 0 ? floor_ns : NAN;
}

static bool is_drawn(const struct series *series, const struct configuration *c, double floor_ns)
{
    return c->counts && find_tuning_series(series, c) >= 0 && find_allocator_series(series, c) >= 0 &&
           !isnan(drawn_pause_ns(c, floor_ns)) && !isnan(c->measure[MEASURE_RSS_PEAK_BYTES].median) &&
           c->measure[MEASURE_THROUGHPUT].median > 0;
}

static int write_points(const struct summary *s, const struct subject *subject, const struct series *series,
                        double floor_ns, int tuning, int allocator, FILE *f)
{
    double most = greatest_throughput(s, subject);
    int rows = 0;

    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        const struct configuration *c = &s->configurations[i];
        if (!is_drawn(series, c, floor_ns) || (tuning >= 0 && find_tuning_series(series, c) != tuning) ||
            (allocator >= 0 && find_allocator_series(series, c) != allocator))
            continue;
        fprintf(f, "%.3f\t%.0f\t%.4f\t%d\t%d\n", c->measure[MEASURE_RSS_PEAK_BYTES].median / MIB,
                drawn_pause_ns(c, floor_ns), c->measure[MEASURE_THROUGHPUT].median / most,
                find_allocator_series(series, c), c->on_front);
        rows++;
    }
    return rows;
}

int write_tradeoff_points(const struct summary *s, const struct subject *subject, const struct series *series,
                          double floor_ns, FILE *f)
{
    static const char columns[] = "\tpause_max_ns\trelative_throughput\tallocator_number\ton_front\n";
    int rows = 0;

    for (int i = 0; i < (int)series->tuning_count; i++) {
        plot_begin_block(f, i);
        plot_put_tuning(s, series->tuning[i], f);
        fputs(columns, f);
        int block = write_points(s, subject, series, floor_ns, i, -1, f);
        if (block == 0)
            fputs("NaN\tNaN\tNaN\t0\t0\n", f); /* keeps the blocks' numbers */
        rows += block;
    }
    for (int i = 0; i < (int)series->allocator_count; i++) {
        plot_begin_block(f, 1);
        plot_put_allocator(series->allocator[i], f);
        fputs(columns, f);
        if (write_points(s, subject, series, floor_ns, -1, i, f) == 0)
            fputs("NaN\tNaN\tNaN\t0\t0\n", f);
    }
    return rows;
}

int write_plane_front(const struct summary *s, const struct subject *subject, double floor_ns, FILE *f)
{
    int rows = 0;
    double drawn = -INFINITY;

    fputs("rss_peak_mib\tpause_max_ns\n", f);
    /* From the least memory on; each pass writes the next one. Equal points are written once. */
    for (;;) {
        const struct configuration *next = NULL;
        for (size_t i = subject->first; i < subject->first + subject->count; i++) {
            const struct configuration *c = &s->configurations[i];
            double rss = c->measure[MEASURE_RSS_PEAK_BYTES].median;
            if (c->on_plane_front && rss > drawn &&
                (next == NULL || rss < next->measure[MEASURE_RSS_PEAK_BYTES].median))
                next = c;
        }
        if (next == NULL)
            return rows;
        drawn = next->measure[MEASURE_RSS_PEAK_BYTES].median;
        fprintf(f, "%.3f\t%.0f\n", drawn / MIB, drawn_pause_ns(next, floor_ns));
        rows++;
    }
}

int write_thresholds(const struct summary *s, const struct subject *subject, FILE *f)
{
    const struct configuration *baseline = &s->configurations[subject->baseline];
    int rows = 0;

    fputs("threshold0\ttext\tcollections_gen0\tcollections_gen1\tcollections_gen2\tgc_ms\tgc_ms_q1\tgc_ms_q3\n", f);
    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        const struct configuration *c = &s->configurations[i];
        int threshold = threshold0_of(c);
        if (!c->counts || threshold == 0 || !differs_in_tuning_only(c, baseline))
            continue;
        const struct spread *gc = &c->measure[MEASURE_GC_NS];
        fprintf(f, "%d\t", threshold);
        escape_tsv(f, c->dimensions->tuning);
        fprintf(f, "\t%.0f\t%.0f\t%.0f\t%.6g\t%.6g\t%.6g\n", c->measure[MEASURE_COLLECTIONS_0].median,
                c->measure[MEASURE_COLLECTIONS_1].median, c->measure[MEASURE_COLLECTIONS_2].median, gc->median / 1e6,
                gc->q1 / 1e6, gc->q3 / 1e6);
        rows++;
    }
    return rows;
}

static void write_scaled(FILE *f, const struct spread *spread, double unit)
{
    fprintf(f, "\t%.6g\t%.6g\t%.6g", spread->median / unit, spread->q1 / unit, spread->q3 / unit);
}

static bool has_place(const struct configuration *c)
{
    return c->counts && !isnan(c->measure[MEASURE_THROUGHPUT].median) &&
           !isnan(c->measure[MEASURE_RSS_PEAK_BYTES].median);
}

static void write_allocator_row(FILE *f, const struct configuration *c, int row)
{
    fprintf(f, "%d\t", row);
    plot_put_allocator(c, f);
    write_scaled(f, &c->measure[MEASURE_THROUGHPUT], 1);
    write_scaled(f, &c->measure[MEASURE_RSS_PEAK_BYTES], MIB);
    write_scaled(f, &c->measure[MEASURE_PAUSE_P99_NS], 1e6);
    fputc('\n', f);
}

static const char allocator_columns[] =
    "\tallocator\tper_s\tper_s_q1\tper_s_q3\trss_mib\trss_mib_q1\trss_mib_q3\tp99_ms\tp99_ms_q1\tp99_ms_q3\n";

int write_allocators(const struct summary *s, const struct subject *subject, const struct series *series, FILE *f)
{
    int rows = 0;

    for (int t = 0; t < (int)series->tuning_count; t++) {
        int block = rows;
        plot_begin_block(f, t);
        plot_put_tuning(s, series->tuning[t], f);
        fputs(allocator_columns, f);
        for (size_t i = subject->first; i < subject->first + subject->count; i++) {
            const struct configuration *c = &s->configurations[i];
            int row = find_allocator_series(series, c);
            if (!has_place(c) || row < 0 || find_tuning_series(series, c) != t)
                continue;
            write_allocator_row(f, c, row);
            rows++;
        }
        if (block == rows)
            fputs("NaN\t-\tNaN\tNaN\tNaN\tNaN\tNaN\tNaN\tNaN\tNaN\tNaN\n", f);
    }
    fprintf(f, "\n\nall%s", allocator_columns);
    for (int i = 0; i < (int)series->allocator_count; i++)
        write_allocator_row(f, series->allocator[i], i);
    return rows;
}

bool has_pauses(const struct summary *s, const struct subject *subject)
{
    for (size_t i = subject->first; i < subject->first + subject->count; i++)
        if (s->configurations[i].counts && s->configurations[i].measure[MEASURE_PAUSE_P99_NS].median > 0)
            return true;
    return false;
}
