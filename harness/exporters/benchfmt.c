/* benchfmt.c - the Go benchmark format: a line a run, for benchstat.
 *
 * BenchmarkGcbench/scale=1/seed=1/runtime=model/allocator=pymalloc/...-1: one
 * iteration is one run, ns/op its wall time; the 1 at the end says one thread,
 * so that nothing of the name is taken for it. benchstat compares by a part:
 * -col /allocator. It corrects for no number of comparisons; gcsweep compare
 * does. Failed runs are no lines.
 *
 * Source  golang.org/design/14313-benchmark-format and
 *         golang.org/x/perf/benchfmt: keys begin in lower case, names have no
 *         blank, Unit lines stand before the results.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "harness/exporters/export_names.h"
#include "harness/exporters/exporter.h"
#include "harness/report/escape.h"
#include "harness/sweep/text_stream.h"

/* Units end in ns or bytes: readers scale what they know the end of. */
static const struct {
    const char *unit;
    enum measure measure;
    bool is_exact, more_is_better;
} units[] = {
    {"ns/op", MEASURE_WALL_NS, false, false},
    {"gc-ns", MEASURE_GC_NS, false, false},
    {"pause-p99-ns", MEASURE_PAUSE_P99_NS, false, false},
    {"pause-max-ns", MEASURE_PAUSE_MAX_NS, false, false},
    {"peak-RSS-bytes", MEASURE_RSS_PEAK_BYTES, false, false},
    {"throughput-ops/s", MEASURE_THROUGHPUT, false, true},
    {"collections", MEASURE_PAUSE_COUNT, true, false},
};
enum { UNITS = sizeof units / sizeof *units };

static void write_head(const struct export_source *source, FILE *f)
{
    if (source->run_count > 0) {
        const struct run_record *run = source->runs[0];
        fputs("gcsweep: ", f);
        escape_plain(f, run->version_gcsweep);
        fputs("\nkernel: ", f);
        escape_plain(f, run->version_kernel);
        fputc('\n', f);
    }
    for (size_t i = 0; i < UNITS; i++)
        fprintf(f, "Unit %s better=%s%s\n", units[i].unit, units[i].more_is_better ? "higher" : "lower",
                units[i].is_exact ? " assume=exact" : "");
}

/* "gcbench/scale=1/..." with a capital letter in front, which the format asks for; to be freed. */
static char *make_name(const struct run_record *run)
{
    struct text_stream stream;
    if (text_stream_open(&stream) == NULL)
        return NULL;
    export_path(run, '=', stream.file);
    char *name = text_stream_close(&stream);
    if (name != NULL)
        name[0] = (char)toupper((unsigned char)name[0]);
    return name;
}

static void write_run(const char *name, const struct run_record *run, FILE *f)
{
    fprintf(f, "Benchmark%s-1 1", name);
    for (size_t i = 0; i < UNITS; i++) {
        double value = measure_of(run, units[i].measure);
        if (!isnan(value))
            fprintf(f, " %.12g %s", value, units[i].unit);
    }
    fputc('\n', f);
}

static int write_benchfmt(const struct export_source *source, FILE *f)
{
    write_head(source, f);
    for (size_t i = 0; i < source->configuration_count; i++) {
        const struct configuration *c = source->configurations[i];
        char *name = make_name(c->dimensions);
        if (name == NULL)
            return -1;
        for (size_t k = 0; k < c->run_count; k++)
            if (export_run_counts(c, c->runs[k]) && c->runs[k]->wall_ns != RECORD_UNKNOWN)
                write_run(name, c->runs[k], f);
        free(name);
    }
    return 0;
}

const struct exporter exporter_benchfmt = {
    .name = "benchfmt",
    .help = "the Go benchmark format, for benchstat",
    .failed = "are left out",
    .extension = "txt",
    .write = write_benchfmt,
};
