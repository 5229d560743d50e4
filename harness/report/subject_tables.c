#include "harness/report/subject_tables.h"

#include <math.h>

#include "harness/analysis/longest.h"
#include "harness/analysis/memory_steps.h"
#include "harness/report/format.h"
#include "harness/report/series.h"

enum { LABELS = 2, FIGURES_MOST = 6, CELL_SIZE = 4 * RECORD_TEXT_BYTES };

/* ---- What a spread looks like in a cell ---- */

typedef void spread_writer(const struct spread *spread, char *text, size_t size);

static void write_bytes(const struct spread *spread, char *text, size_t size)
{
    format_spread(spread, format_bytes, text, size);
}

/* Without the quartiles of what never was. */
static void write_duration(const struct spread *spread, char *text, size_t size)
{
    if (spread->most == 0)
        snprintf(text, size, "none");
    else
        format_spread(spread, format_duration, text, size);
}

static void write_share(const struct spread *spread, char *text, size_t size)
{
    format_spread(spread, format_share, text, size);
}

/* 1.043 is an overhead of 4.3 %. */
static void format_overhead(double ratio, char *text, size_t size)
{
    format_share(ratio - 1, text, size);
}

static void write_overhead(const struct spread *spread, char *text, size_t size)
{
    format_spread(spread, format_overhead, text, size);
}

/* ---- A table: allocator, tuning, figures ---- */

struct figure {
    const char *header;
    spread_writer *write;
};

/* A table that begins with its first row. */
struct table {
    const struct summary *s;
    const struct document_format *format;
    FILE *f;
    const char *caption;
    const struct figure *figures; /* up to one without a header */
    bool begun;
};

static void begin(struct table *t)
{
    const char *headers[LABELS + FIGURES_MOST] = {"allocator", "tuning"};
    size_t columns = LABELS;

    for (size_t i = 0; t->figures[i].header != NULL; i++)
        headers[columns++] = t->figures[i].header;
    t->format->paragraph(t->f, t->caption);
    t->format->table_begin(t->f, headers, columns);
    t->begun = true;
}

/* `spreads`: one a figure. */
static void put_row(struct table *t, const struct configuration *c, const struct spread *spreads)
{
    char text[LABELS + FIGURES_MOST][CELL_SIZE];
    const char *cells[LABELS + FIGURES_MOST] = {text[0], text[1]};
    double keys[LABELS + FIGURES_MOST] = {NAN, NAN};
    size_t columns = LABELS;

    allocator_label(c, text[0], sizeof text[0]);
    tuning_label(t->s, c, text[1], sizeof text[1]);
    for (size_t i = 0; t->figures[i].header != NULL; i++) {
        t->figures[i].write(&spreads[i], text[columns], sizeof text[columns]);
        cells[columns] = text[columns];
        keys[columns] = spreads[i].median;
        columns++;
    }
    if (!t->begun)
        begin(t);
    t->format->table_row(t->f, cells, keys, columns, c->on_front);
}

static void end(struct table *t)
{
    if (t->begun)
        t->format->table_end(t->f);
}

/* ---- The tables ---- */

int write_longest_table(const struct summary *s, const struct selection *selection,
                        const struct document_format *format, FILE *f)
{
    static const struct figure figures[] = {{"generation 0", write_duration},
                                            {"generation 1", write_duration},
                                            {"generation 2", write_duration},
                                            {"release by counts", write_duration},
                                            {NULL, NULL}};
    struct table t = {s,
                      format,
                      f,
                      "The longest pause of each kind (a release by counts: a cascade of 1,000 or more objects that "
                      "die with the last reference to the first; no setting of the collector changes it).",
                      figures,
                      false};

    for (size_t i = 0; i < selection->count; i++) {
        const struct configuration *c = &s->configurations[selection->index[i]];
        struct spread longest[RECORD_PAUSE_KINDS];
        if (!c->counts)
            continue;
        if (find_longest_pauses(c, longest) != 0)
            return -1;
        if (longest[0].count > 0)
            put_row(&t, c, longest);
    }
    end(&t);
    return 0;
}

void write_latency_table(const struct summary *s, const struct selection *selection,
                         const struct document_format *format, FILE *f)
{
    static const enum measure measures[] = {MEASURE_REQUEST_P99_NS, MEASURE_REQUEST_MAX_NS, MEASURE_METERED_P99_NS,
                                            MEASURE_METERED_P999_NS, MEASURE_MMU_10MS};
    static const struct figure figures[] = {{"request p99", write_duration},    {"slowest request", write_duration},
                                            {"metered p99", write_duration},    {"metered p99.9", write_duration},
                                            {"worst 10 ms (MMU)", write_share}, {NULL, NULL}};
    struct table t = {s,
                      format,
                      f,
                      "What requests take (the p99 of fewer than 100 is the slowest), what their clients wait where "
                      "requests come evenly (metered), and the share that the worst 10 ms leave to the program.",
                      figures,
                      false};

    for (size_t i = 0; i < selection->count; i++) {
        const struct configuration *c = &s->configurations[selection->index[i]];
        struct spread spreads[sizeof measures / sizeof *measures];
        for (size_t k = 0; k < sizeof measures / sizeof *measures; k++)
            spreads[k] = c->measure[measures[k]];
        if (c->counts && spreads[0].count > 0)
            put_row(&t, c, spreads);
    }
    end(&t);
}

void write_overhead_table(const struct summary *s, const struct subject *subject, const struct selection *selection,
                          const struct document_format *format, FILE *f)
{
    static const struct figure figures[] = {
        {"overhead in wall time", write_overhead}, {"overhead in CPU time", write_overhead}, {NULL, NULL}};
    char wall[FORMAT_BYTES], cpu[FORMAT_BYTES], caption[700];

    format_duration(subject->least_distilled_ns[LBO_WALL], wall, sizeof wall);
    format_duration(subject->least_distilled_ns[LBO_CPU], cpu, sizeof cpu);
    snprintf(caption, sizeof caption,
             "What a setting costs at least (lower bound overhead): its time over that of the cheapest setting without "
             "its collections, which is %s of wall time and %s of CPU time. Allocators count as settings, so that "
             "their cost is in it. What a collection takes is known in wall time alone: where other programs had the "
             "worker's CPU meanwhile, the CPU time's overheads are too large.",
             wall, cpu);
    struct table t = {s, format, f, caption, figures, false};
    for (size_t i = 0; i < selection->count; i++) {
        const struct configuration *c = &s->configurations[selection->index[i]];
        const struct spread overheads[] = {c->lbo[LBO_WALL].ratio, c->lbo[LBO_CPU].ratio};
        if (c->counts && overheads[0].count > 0)
            put_row(&t, c, overheads);
    }
    end(&t);
}

int write_memory_table(const struct summary *s, const struct selection *selection, const struct document_format *format,
                       FILE *f)
{
    static const struct figure figures[] = {{"peak", write_bytes},        {"before a full collection", write_bytes},
                                            {"after it", write_bytes},    {"at the end", write_bytes},
                                            {"after purge", write_bytes}, {NULL, NULL}};
    struct table t = {s,
                      format,
                      f,
                      "What the allocators hand back: resident memory before and after the longest full collection, "
                      "at the end of the run, and after the allocator was asked to give its free pages back.",
                      figures,
                      false};

    for (size_t i = 0; i < selection->count; i++) {
        const struct configuration *c = &s->configurations[selection->index[i]];
        struct spread steps[MEMORY_STEPS];
        if (!c->counts)
            continue;
        if (find_memory_steps(c, steps) != 0)
            return -1;
        if (steps[MEMORY_BEFORE].count > 0 || steps[MEMORY_PURGED].count > 0)
            put_row(&t, c, steps);
    }
    end(&t);
    return 0;
}
