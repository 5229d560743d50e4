#include "harness/report/cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/analysis/disturbed.h"
#include "harness/report/format.h"
#include "harness/report/series.h"

static const char *const column_headers[COLUMNS] = {
    [COLUMN_MARK] = "front",
    [COLUMN_ALLOCATOR] = "allocator",
    [COLUMN_TUNING] = "tuning",
    [COLUMN_RUNS] = "ok runs",
    [COLUMN_WALL] = "wall time",
    [COLUMN_THROUGHPUT] = "throughput",
    [COLUMN_THROUGHPUT_RATIO] = "throughput to default",
    [COLUMN_P99] = "pause p99",
    [COLUMN_P99_RATIO] = "p99 to default",
    [COLUMN_MAX] = "longest pause",
    [COLUMN_RSS] = "peak RSS",
    [COLUMN_RSS_GROWTH] = "peak less baseline",
    [COLUMN_RSS_RATIO] = "peak RSS to default",
    [COLUMN_GC_SHARE] = "gc share",
    [COLUMN_COLLECTIONS] = "collections gen. 0/1/2",
};

const char *column_header(enum column column, const char *baseline)
{
    static const char *const to_baseline[COLUMNS] = {
        [COLUMN_THROUGHPUT_RATIO] = "throughput to baseline",
        [COLUMN_P99_RATIO] = "p99 to baseline",
        [COLUMN_RSS_RATIO] = "peak RSS to baseline",
    };
    bool other = strcmp(baseline, "default") != 0 && to_baseline[column] != NULL;

    return (other ? to_baseline : column_headers)[column];
}

static void fill_runs(const struct configuration *c, char *text, size_t size)
{
    size_t length = (size_t)snprintf(text, size, "%zu", c->ok);

    for (enum failure why = 0; why < FAILURES; why++)
        if (c->failures[why] > 0 && length < size)
            length += (size_t)snprintf(text + length, size - length, ", %zu %s", c->failures[why], failure_names[why]);
    size_t disturbed = count_disturbed_runs(c);
    if (disturbed > 0 && length < size)
        length += (size_t)snprintf(text + length, size - length, ", %zu disturbed", disturbed);
    if (c->checksum_differs && length < size)
        snprintf(text + length, size - length, ", checksum differs");
}

/* The baseline's own ratio is 1 by definition: its name says more. `baseline` is NULL for the others. */
static void fill_ratio(const struct configuration *c, const char *baseline, enum measure measure, char *text,
                       size_t size)
{
    if (baseline != NULL)
        snprintf(text, size, "%s", baseline);
    else
        ratio_text(&c->ratio[measure], text, size);
}

static void fill_p99(const struct configuration *c, char *text, size_t size)
{
    const struct spread *p99 = &c->measure[MEASURE_PAUSE_P99_NS];
    char spread[4 * FORMAT_BYTES];

    format_spread(p99, format_duration, spread, sizeof spread);
    if (p99->most == 0)
        snprintf(text, size, "none");
    else
        snprintf(text, size, "%s%s", c->p99_is_max && p99->count > 0 ? "max " : "", spread);
}

static void fill_collections(const struct configuration *c, char *text, size_t size)
{
    char count[3][FORMAT_BYTES];

    for (int g = 0; g < 3; g++)
        format_count(c->measure[MEASURE_COLLECTIONS_0 + g].median, count[g], FORMAT_BYTES);
    snprintf(text, size, "%s/%s/%s", count[0], count[1], count[2]);
}

static void fill_keys(const struct configuration *c, bool is_baseline, double key[COLUMNS])
{
    static const struct {
        enum column column;
        enum measure measure;
    } medians[] =
        {
            {COLUMN_WALL, MEASURE_WALL_NS},       {COLUMN_THROUGHPUT, MEASURE_THROUGHPUT},
            {COLUMN_P99, MEASURE_PAUSE_P99_NS},   {COLUMN_MAX, MEASURE_PAUSE_MAX_NS},
            {COLUMN_RSS, MEASURE_RSS_PEAK_BYTES}, {COLUMN_RSS_GROWTH, MEASURE_RSS_GROWTH_BYTES},
            {COLUMN_GC_SHARE, MEASURE_GC_SHARE},  {COLUMN_COLLECTIONS, MEASURE_COLLECTIONS_0},
        },
      ratios[] = {
          {COLUMN_THROUGHPUT_RATIO, MEASURE_THROUGHPUT},
          {COLUMN_P99_RATIO, MEASURE_PAUSE_P99_NS},
          {COLUMN_RSS_RATIO, MEASURE_RSS_PEAK_BYTES},
      };

    for (int i = 0; i < COLUMNS; i++)
        key[i] = NAN;
    key[COLUMN_MARK] = c->on_front ? 0 : 1;
    key[COLUMN_RUNS] = (double)c->ok;
    for (size_t i = 0; i < sizeof medians / sizeof *medians; i++)
        key[medians[i].column] = c->measure[medians[i].measure].median;
    for (size_t i = 0; i < sizeof ratios / sizeof *ratios; i++)
        key[ratios[i].column] = is_baseline ? 1 : c->ratio[ratios[i].measure].estimate;
}

void fill_cells(const struct summary *s, const struct configuration *c, const struct subject *subject,
                struct cells *out)
{
    bool is_baseline = c == &s->configurations[subject->baseline] && c->counts;
    const char *baseline = is_baseline ? baseline_word(s, subject) : NULL;
    const struct spread *m = c->measure;

    snprintf(out->text[COLUMN_MARK], CELL_BYTES, "%s", c->on_front ? "*" : "");
    snprintf(out->text[COLUMN_ALLOCATOR], CELL_BYTES, "%s", c->dimensions->allocator);
    tuning_label(s, c, out->text[COLUMN_TUNING], CELL_BYTES);
    fill_runs(c, out->text[COLUMN_RUNS], CELL_BYTES);
    format_spread(&m[MEASURE_WALL_NS], format_duration, out->text[COLUMN_WALL], CELL_BYTES);
    format_rate(m[MEASURE_THROUGHPUT].median, out->text[COLUMN_THROUGHPUT], CELL_BYTES);
    fill_ratio(c, baseline, MEASURE_THROUGHPUT, out->text[COLUMN_THROUGHPUT_RATIO], CELL_BYTES);
    fill_p99(c, out->text[COLUMN_P99], CELL_BYTES);
    fill_ratio(c, baseline, MEASURE_PAUSE_P99_NS, out->text[COLUMN_P99_RATIO], CELL_BYTES);
    format_duration(m[MEASURE_PAUSE_MAX_NS].median, out->text[COLUMN_MAX], CELL_BYTES);
    format_spread(&m[MEASURE_RSS_PEAK_BYTES], format_bytes, out->text[COLUMN_RSS], CELL_BYTES);
    format_bytes(m[MEASURE_RSS_GROWTH_BYTES].median, out->text[COLUMN_RSS_GROWTH], CELL_BYTES);
    fill_ratio(c, baseline, MEASURE_RSS_PEAK_BYTES, out->text[COLUMN_RSS_RATIO], CELL_BYTES);
    format_share(m[MEASURE_GC_SHARE].median, out->text[COLUMN_GC_SHARE], CELL_BYTES);
    fill_collections(c, out->text[COLUMN_COLLECTIONS], CELL_BYTES);
    fill_keys(c, is_baseline, out->key);
}
