#include "harness/report/subject_tables.h"

#include "harness/analysis/longest.h"
#include "harness/analysis/memory_steps.h"
#include "harness/report/format.h"
#include "harness/report/series.h"

enum { CELL_SIZE = 4 * RECORD_TEXT_BYTES, CELLS_MOST = 8 };

/* What a spread looks like in a cell. */
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

/* 1.043 is an overhead of 4.3 %. */
static void format_overhead(double ratio, char *text, size_t size)
{
    format_share(ratio - 1, text, size);
}

static void write_overhead(const struct spread *spread, char *text, size_t size)
{
    format_spread(spread, format_overhead, text, size);
}

/* A table that begins with its first row. */
struct table {
    const struct summary *s;
    const struct document_format *format;
    FILE *f;
    const char *caption;
    const char *const *headers;
    size_t columns;
    bool begun;
};

static void put_row(struct table *t, const struct configuration *c, const struct spread *spreads, spread_writer *write)
{
    char text[CELLS_MOST][CELL_SIZE];
    const char *cells[CELLS_MOST];

    for (size_t i = 0; i < t->columns; i++)
        cells[i] = text[i];
    allocator_label(c, text[0], sizeof text[0]);
    tuning_label(t->s, c, text[1], sizeof text[1]);
    for (size_t i = 2; i < t->columns; i++)
        write(&spreads[i - 2], text[i], sizeof text[i]);
    if (!t->begun) {
        t->format->paragraph(t->f, t->caption);
        t->format->table_begin(t->f, t->headers, t->columns);
        t->begun = true;
    }
    t->format->table_row(t->f, cells, t->columns, c->on_front);
}

static void end(struct table *t)
{
    if (t->begun)
        t->format->table_end(t->f);
}

int write_longest_table(const struct summary *s, const struct subject *subject, const struct document_format *format,
                        FILE *f)
{
    static const char *const headers[] = {"allocator",    "tuning",       "generation 0",
                                          "generation 1", "generation 2", "release by counts"};
    struct table t = {s,
                      format,
                      f,
                      "The longest pause of each kind (a release by counts: a cascade of 1,000 or more objects that "
                      "die with the last reference to the first; no setting of the collector changes it).",
                      headers,
                      sizeof headers / sizeof *headers,
                      false};

    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        const struct configuration *c = &s->configurations[i];
        struct spread longest[RECORD_PAUSE_KINDS];
        if (!c->counts)
            continue;
        if (find_longest_pauses(c, longest) != 0)
            return -1;
        if (longest[0].count > 0)
            put_row(&t, c, longest, write_duration);
    }
    end(&t);
    return 0;
}

int write_overhead_table(const struct summary *s, const struct subject *subject, const struct document_format *format,
                         FILE *f)
{
    static const char *const headers[] = {"allocator", "tuning", "overhead in wall time", "overhead in CPU time"};
    char wall[FORMAT_BYTES], cpu[FORMAT_BYTES], caption[700];

    format_duration(subject->least_distilled_ns[LBO_WALL], wall, sizeof wall);
    format_duration(subject->least_distilled_ns[LBO_CPU], cpu, sizeof cpu);
    snprintf(caption, sizeof caption,
             "What a setting costs at least (lower bound overhead): its time over that of the cheapest setting without "
             "its collections, which is %s of wall time and %s of CPU time. Allocators count as settings, so that "
             "their cost is in it. What a collection takes is known in wall time alone: where other programs had "
             "the worker's CPU meanwhile, the CPU time's overheads are too large.",
             wall, cpu);
    struct table t = {s, format, f, caption, headers, sizeof headers / sizeof *headers, false};
    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        const struct configuration *c = &s->configurations[i];
        const struct spread overheads[] = {c->lbo[LBO_WALL].ratio, c->lbo[LBO_CPU].ratio};
        if (c->counts && overheads[0].count > 0)
            put_row(&t, c, overheads, write_overhead);
    }
    end(&t);
    return 0;
}

int write_memory_table(const struct summary *s, const struct subject *subject, const struct document_format *format,
                       FILE *f)
{
    static const char *const headers[] = {"allocator", "tuning",     "peak",       "before a full collection",
                                          "after it",  "at the end", "after purge"};
    struct table t = {s,
                      format,
                      f,
                      "What the allocators hand back: resident memory before and after the longest full collection, "
                      "at the end of the run, and after the allocator was asked to give its free pages back.",
                      headers,
                      sizeof headers / sizeof *headers,
                      false};

    for (size_t i = subject->first; i < subject->first + subject->count; i++) {
        const struct configuration *c = &s->configurations[i];
        struct spread steps[MEMORY_STEPS];
        if (!c->counts)
            continue;
        if (find_memory_steps(c, steps) != 0)
            return -1;
        if (steps[MEMORY_BEFORE].count > 0 || steps[MEMORY_PURGED].count > 0)
            put_row(&t, c, steps, write_bytes);
    }
    end(&t);
    return 0;
}
