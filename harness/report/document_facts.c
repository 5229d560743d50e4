/* document_facts.c - what stands behind the figures: runs that went wrong, the machine, the files, the method. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/disturbed.h"
#include "harness/report/csv.h"
#include "harness/report/document_parts.h"
#include "harness/report/format.h"
#include "harness/report/machine.h"
#include "harness/report/words.h"
#include "harness/sweep/text_stream.h"

/* Rows of the tables of runs; bytes of a file that a page takes in. */
enum { RUNS_MOST = 100, INSIDE_MOST = 1 << 20 };

static const char *const method[] = {
    "Every run is a fresh process with the allocator preloaded; configurations are shuffled within each round, so that "
    "drift of the machine hits all alike.",
    "Spread is shown as median [lower quartile, upper quartile] over runs. No outlier is removed: pauses are the "
    "outliers.",
    "A ratio compares runs of the same round with the default configuration of the same workload and runtime (or "
    "what stands in for it, with a warning): the "
    "Hodges-Lehmann estimate with the exact interval of the signed-rank test, 95 % or a little more, from 6 pairs on. "
    "An interval that includes 1 is not resolved. Intervals are not corrected for the number of comparisons: of 20 "
    "settings that are all like the default, one is resolved by chance.",
    "A pause is the time that the program stands still for one collection. The p99 of a run is of as many pauses as it "
    "has collections; of fewer than 100 it is the longest and says max. Its brackets are quartiles over runs, as "
    "those of all medians. results.json has the number of pauses (pause_count) and the p99 of the pauses of all rounds "
    "together, with the interval of 95 % that so many pauses fix it to, by order statistics "
    "(pooled_pause_p99_ns). Peak RSS is the worker's own high-water mark.",
    "The Pareto front (*) of longest pause, peak RSS and throughput leaves out a configuration only when another is at "
    "least as good in all three medians (within 1 %) and better in one by more than 2 %, with an interval that "
    "excludes 1. With fewer than 6 rounds nothing is left out.",
    "A bare C mutator allocates many times faster than Python code does, so the share of collection is larger than in "
    "an interpreter: compare settings with it, do not read it as the share of a program.",
};

/* ---- Runs that went wrong ---- */

static void write_failed_runs(struct writing *w)
{
    static const char *const headers[] = {"configuration", "round", "status", "message"};
    enum { CELLS = sizeof headers / sizeof *headers };
    const struct summary *s = w->report->summary;
    size_t at = 0, written = 0;
    char text[100];

    w->format->heading(w->f, "Failed runs", "failed");
    if (s->failed == 0) {
        w->format->paragraph(w->f, "None.");
        return;
    }
    if (s->failed > RUNS_MOST) {
        snprintf(text, sizeof text, "The first %d of %zu; results.json has all.", RUNS_MOST, s->failed);
        w->format->paragraph(w->f, text);
    }
    w->format->table_begin(w->f, headers, CELLS);
    for (const struct run_record *run; written++ < RUNS_MOST && (run = next_failed_run(s, &at)) != NULL;) {
        char configuration[RECORD_TEXT_BYTES + 16], round[24];
        snprintf(configuration, sizeof configuration, "%s%s", run->configuration, run->twin ? " (twin)" : "");
        snprintf(round, sizeof round, "%" PRIu64, run->round);
        const char *const cells[CELLS] = {configuration, round, run->status, run->message};
        w->format->table_row(w->f, cells, NULL, CELLS, false);
    }
    w->format->table_end(w->f);
}

static void put_disturbed_run(struct writing *w, const struct disturbed_run *d)
{
    char configuration[RECORD_TEXT_BYTES + 16], round[24], pause[FORMAT_BYTES], gap[FORMAT_BYTES];

    snprintf(configuration, sizeof configuration, "%s%s", d->run->configuration, d->run->twin ? " (twin)" : "");
    snprintf(round, sizeof round, "%" PRIu64, d->run->round);
    format_duration(d->pause_ns, pause, sizeof pause);
    format_duration(d->gap_ns, gap, sizeof gap);
    const char *const cells[] = {configuration, round, pause, gap};
    const double keys[] = {NAN, (double)d->run->round, d->pause_ns, d->gap_ns};
    w->format->table_row(w->f, cells, keys, 4, false);
}

static int write_disturbed_runs(struct writing *w)
{
    static const char *const headers[] = {"configuration", "round", "longest pause", "longest gap of the machine"};
    struct disturbed_runs runs;
    char text[300];

    if (find_disturbed_runs(w->report->summary, &runs) != 0)
        return -1;
    w->format->heading(w->f, "Disturbed runs", "disturbed");
    snprintf(text, sizeof text,
             "While %zu of %zu runs went on, the machine itself stood still for longer than their longest pause did: "
             "what they say of their longest pause may be the machine's.%s",
             runs.count, w->report->summary->ok, runs.count > RUNS_MOST ? " Those with the longest gaps:" : "");
    w->format->paragraph(w->f, text);
    if (runs.count > 0) {
        w->format->table_begin(w->f, headers, 4);
        for (size_t i = 0; i < runs.count && i < RUNS_MOST; i++)
            put_disturbed_run(w, &runs.list[i]);
        w->format->table_end(w->f);
    }
    disturbed_runs_free(&runs);
    return 0;
}

/* ---- The machine ---- */

static void put_fact(void *context, const char *name, const char *text)
{
    struct writing *w = context;
    const char *const cells[] = {name, text};

    w->format->table_row(w->f, cells, NULL, 2, false);
}

/* What the runs' own records have said already is left out; bytes get a unit. */
static void put_environment(void *context, const char *name, const char *text)
{
    static const char *const said[] = {"gcsweep", "compiler", "kernel", "allocators."};
    char figure[FORMAT_BYTES], *end;

    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        bool is_prefix = said[i][strlen(said[i]) - 1] == '.';
        if (is_prefix ? strncmp(name, said[i], strlen(said[i])) == 0 : strcmp(name, said[i]) == 0)
            return;
    }
    double bytes = strtod(text, &end);
    if (end > text && *end == '\0' && strstr(name, "_bytes") != NULL) {
        format_bytes(bytes, figure, sizeof figure);
        text = figure;
    }
    put_fact(context, name, text);
}

/* What the sweep spent on itself, where it says so. */
static void put_harness_share(struct writing *w)
{
    const char *share = find_result_fact(w->report->summary->results, "harness_share");
    char text[FORMAT_BYTES];

    if (share == NULL)
        return;
    format_share(strtod(share, NULL), text, sizeof text);
    put_fact(w, "time outside workers", text);
}

/* Of a sweep with a precision: what it reached. */
static void put_precision(struct writing *w)
{
    char text[2 * RECORD_TEXT_BYTES];

    write_precision(w->report->summary->results, text, sizeof text);
    if (text[0] != '\0')
        put_fact(w, "widest interval of wall and peak RSS", text);
}

static void put_channel(struct writing *w)
{
    char text[2 * RECORD_TEXT_BYTES];

    if (write_channel(&w->report->summary->channel, text, sizeof text))
        put_fact(w, "noise channel", text);
}

static int write_machine(struct writing *w)
{
    static const char *const headers[] = {"what", "value"};

    w->format->heading(w->f, "The machine and the versions", "machine");
    w->format->table_begin(w->f, headers, 2);
    each_version(w->report->summary, put_fact, w);
    put_harness_share(w);
    put_precision(w);
    put_channel(w);
    int status = each_source(w->report->summary->results, put_fact, w) |
                 each_machine_fact(w->report->summary->results->environment, put_environment, w);
    w->format->table_end(w->f);
    return status;
}

/* ---- Files, commands, method ---- */

static int write_files(struct writing *w)
{
    struct text_stream memory;

    w->format->heading(w->f, "The files", "files");
    if (text_stream_open(&memory) == NULL)
        return -1;
    write_csv(w->report->summary, memory.file);
    char *csv = text_stream_close(&memory);
    if (csv == NULL)
        return -1;
    w->format->list_begin(w->f);
    w->format->file_link(w->f, "summary.csv", "one row a configuration", memory.length <= INSIDE_MOST ? csv : NULL,
                         memory.length);
    w->format->file_link(w->f, "results.json",
                         "every configuration with its medians, spreads, ratios and intervals, every failed run, "
                         "the machine and the plan",
                         NULL, 0);
    w->format->list_end(w->f);
    free(csv);
    return 0;
}

/* Line by line, so that what is copied is the JSON that it was: escaping leaves no line feed in a line. */
static int put_plan(struct writing *w, const char *plan)
{
    size_t most = 1, count = 0;

    for (const char *at = plan; (at = strchr(at, '\n')) != NULL; at++)
        most++;
    char *text = strdup(plan), *rest = text;
    const char **lines = calloc(most, sizeof *lines);
    if (text != NULL && lines != NULL) {
        while (rest != NULL)
            lines[count++] = strsep(&rest, "\n");
        w->format->command(w->f, lines, count);
    }
    free(lines);
    free(text);
    return count > 0 ? 0 : -1;
}

static int write_reproduction(struct writing *w)
{
    const char *command = find_result_fact(w->report->summary->results, "command");
    const char *plan = w->report->summary->results->plan;

    w->format->heading(w->f, "Do it again", "again");
    if (command != NULL) {
        w->format->paragraph(w->f, "The command that made these results:");
        w->format->command(w->f, &command, 1);
    }
    w->format->paragraph(w->f, "The same plan again, from these results:");
    w->format->command(w->f, &w->report->again, 1);
    if (plan == NULL)
        return 0;
    w->format->paragraph(w->f,
                         "The plan, seed included, for gcsweep sweep --plan FILE where these results are not at hand:");
    return put_plan(w, plan);
}

static void write_method(struct writing *w)
{
    w->format->heading(w->f, "How it was measured", "method");
    w->format->list_begin(w->f);
    for (size_t i = 0; i < sizeof method / sizeof *method; i++)
        w->format->list_item(w->f, method[i]);
    w->format->list_end(w->f);
}

int write_facts(struct writing *w)
{
    write_failed_runs(w);
    if (write_disturbed_runs(w) != 0)
        return -1;
    if (write_machine(w) != 0 || write_files(w) != 0 || write_reproduction(w) != 0)
        return -1;
    write_method(w);
    return 0;
}
