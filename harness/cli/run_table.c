/* run_table.c - one run record as a small table for a person. */
#include "harness/cli/run_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/analysis/measures.h"
#include "harness/analysis/percentiles.h"
#include "harness/record/histogram.h"
#include "harness/sweep/line.h"
#include "harness/sweep/units.h"

enum { CELL_BYTES = 40 };

static void row(FILE *out, const char *name, const char *text)
{
    fprintf(out, "%-16s %s\n", name, text[0] ? text : "-");
}

static const char *time_cell(uint64_t ns, char cell[CELL_BYTES])
{
    if (ns == RECORD_UNKNOWN)
        snprintf(cell, CELL_BYTES, "-");
    else
        units_show_duration(ns, cell);
    return cell;
}

static const char *size_cell(uint64_t bytes, char cell[CELL_BYTES])
{
    if (bytes == RECORD_UNKNOWN)
        snprintf(cell, CELL_BYTES, "-");
    else
        units_show_size(bytes, cell);
    return cell;
}

static const char *count_cell(uint64_t n, char cell[CELL_BYTES])
{
    if (n == RECORD_UNKNOWN)
        snprintf(cell, CELL_BYTES, "-");
    else
        snprintf(cell, CELL_BYTES, "%" PRIu64, n);
    return cell;
}

static void print_times(const struct run_record *r, FILE *out)
{
    char cell[CELL_BYTES], line[160] = "";
    row(out, "wall", time_cell(r->wall_ns, cell));
    row(out, "mutator", time_cell(r->mutator_ns, cell));
    line_append(line, sizeof line, "%s", time_cell(r->gc_ns, cell));
    if (r->gc_ns != RECORD_UNKNOWN && r->wall_ns != RECORD_UNKNOWN && r->wall_ns > 0)
        line_append(line, sizeof line, " (%.1f %% of wall)", 100.0 * (double)r->gc_ns / (double)r->wall_ns);
    row(out, "collector", line);
    line[0] = '\0';
    line_append(line, sizeof line, "%s", count_cell(r->operations, cell));
    if (r->operations != RECORD_UNKNOWN && r->wall_ns != RECORD_UNKNOWN && r->wall_ns > 0)
        line_append(line, sizeof line, " (%.4g a second)", (double)r->operations * 1e9 / (double)r->wall_ns);
    row(out, "requests", line);
}

static void print_latency(const char *name, uint64_t count, const uint64_t at[4], FILE *out)
{
    static const char *const heading[4] = {"p50", "p99", "p99.9", "max"};
    char cell[CELL_BYTES], line[160] = "";
    if (count == RECORD_UNKNOWN || count == 0)
        return;
    for (size_t i = 0; i < 4; i++) {
        bool few = i == 1 && count < MEASURE_P99_LEAST; /* then the greatest */
        line_append(line, sizeof line, "%s%s %s", i > 0 ? ", " : "", heading[i], time_cell(at[few ? 3 : i], cell));
    }
    row(out, name, line);
}

static void print_rate(const struct run_record *r, FILE *out)
{
    char waited[CELL_BYTES], line[160] = "";
    if (r->rate_asked_per_s == RECORD_UNKNOWN)
        return;
    line_append(line, sizeof line, "asked %" PRIu64 " a second, %s: %.4g, %.1f %% late, waited %s", r->rate_asked_per_s,
                run_kept_its_rate(r) ? "kept" : "NOT KEPT", r->rate_kept_per_s, 100 * r->rate_late_share,
                time_cell(r->rate_waited_ns, waited));
    row(out, "rate", line);
}

static void print_requests(const struct run_record *r, FILE *out)
{
    char name[CELL_BYTES] = "latency";
    if (r->request_group != RECORD_UNKNOWN && r->request_group > 1)
        snprintf(name, sizeof name, "latency of %" PRIu64, r->request_group);
    if (r->request_log_full)
        row(out, name, "- (not all requests could be kept)");
    print_latency(name, r->request_count,
                  (uint64_t[]){r->request_p50_ns, r->request_p99_ns, r->request_p999_ns, r->request_max_ns}, out);
    print_latency("metered", r->metered_count,
                  (uint64_t[]){r->metered_p50_ns, r->metered_p99_ns, r->metered_p999_ns, r->metered_max_ns}, out);
    print_latency("metered 100 ms", r->metered_100ms_count,
                  (uint64_t[]){r->metered_100ms_p50_ns, r->metered_100ms_p99_ns, r->metered_100ms_p999_ns,
                               r->metered_100ms_max_ns},
                  out);
    print_rate(r, out);
}

/* The least share of any 1, 10, ... ms that is left to the program. */
static void print_utilization(const struct run_record *r, FILE *out)
{
    char cell[CELL_BYTES], line[160] = "";
    for (uint64_t window_ns = 1000000; window_ns <= 1000000000; window_ns *= 10)
        if (mmu_of(r, window_ns) >= 0)
            line_append(line, sizeof line, "%s%.1f %% of %s", line[0] ? ", " : "", 100 * mmu_of(r, window_ns),
                        time_cell(window_ns, cell));
    if (line[0])
        row(out, "MMU", line);
}

static void print_memory(const struct run_record *r, FILE *out)
{
    char cell[CELL_BYTES], line[200] = "";
    line_append(line, sizeof line, "%s", size_cell(r->rss_peak_bytes, cell));
    if (r->rss_peak_is_sample)
        line_append(line, sizeof line, " (highest sample)");
    line_append(line, sizeof line, ", before the workload %s", size_cell(r->rss_baseline_bytes, cell));
    line_append(line, sizeof line, ", end %s", size_cell(r->rss_end_bytes, cell));
    line_append(line, sizeof line, ", purged %s", size_cell(r->rss_purged_bytes, cell));
    row(out, "RSS peak", line);
}

static const char *pair_cell(uint64_t objects, uint64_t bytes, char cell[2 * CELL_BYTES])
{
    char size[CELL_BYTES];
    if (objects == RECORD_UNKNOWN)
        snprintf(cell, 2 * CELL_BYTES, "-");
    else
        snprintf(cell, 2 * CELL_BYTES, "%" PRIu64 " objects, %s", objects, size_cell(bytes, size));
    return cell;
}

/* Nothing of what neither the workload nor a census knows. */
static void print_heap(const struct run_record *r, FILE *out)
{
    char cell[2 * CELL_BYTES], line[160];
    if (r->live_objects_peak != RECORD_UNKNOWN)
        row(out, "live at the peak", pair_cell(r->live_objects_peak, r->live_bytes_peak, cell));
    if (r->floating_objects_peak == RECORD_UNKNOWN)
        return;
    snprintf(line, sizeof line, "%s%s", pair_cell(r->floating_objects_peak, r->floating_bytes_peak, cell),
             r->steady == RECORD_UNKNOWN_SIGNED ? ""
             : r->steady                        ? "; had stopped rising"
                                                : "; was still rising at the end");
    row(out, "garbage peak", line);
}

static void print_releases(const struct run_record *r, FILE *out)
{
    char line[160] = "", total[CELL_BYTES], max[CELL_BYTES];
    if (r->release_count == RECORD_UNKNOWN || r->release_count == 0)
        return;
    snprintf(line, sizeof line, "%" PRIu64 " of 1,000 objects or more, %s in all, the longest %s", r->release_count,
             time_cell(r->release_total_ns, total), time_cell(r->release_max_ns, max));
    row(out, "releases", line);
}

static void print_generation(const struct run_record *r, struct histogram *h, int generation, uint64_t collections,
                             uint64_t collected, FILE *out)
{
    /* Fewer than 100 pauses have no 99th percentile but their greatest. */
    histogram_clear(h);
    histogram_add_buckets(h, &r->pauses[generation]);
    uint64_t most = h->count > 0 ? h->max_ns : RECORD_UNKNOWN;
    char count[CELL_BYTES], gone[CELL_BYTES], p50[CELL_BYTES], p99[CELL_BYTES], max[CELL_BYTES];
    fprintf(out, "generation %d     %11s  %11s  %9s  %9s  %9s\n", generation, count_cell(collections, count),
            count_cell(collected, gone), time_cell(histogram_percentile(h, 50), p50),
            time_cell(h->count >= 100 ? histogram_percentile(h, 99) : most, p99), time_cell(most, max));
}

static int print_collections(const struct run_record *r, FILE *out)
{
    fprintf(out, "%-16s %11s  %11s  %9s  %9s  %9s\n", "", "collections", "collected", "pause p50", "p99", "max");
    struct histogram h;
    uint64_t *buckets = calloc(HISTOGRAM_BUCKETS, sizeof *buckets);
    if (!buckets)
        return -1;
    histogram_open(&h, buckets);
    print_generation(r, &h, 0, r->gen0_collections, r->gen0_collected, out);
    print_generation(r, &h, 1, r->gen1_collections, r->gen1_collected, out);
    print_generation(r, &h, 2, r->gen2_collections, r->gen2_collected, out);
    free(buckets);
    char line[80];
    if (r->count0 == RECORD_UNKNOWN_SIGNED)
        return 0;
    snprintf(line, sizeof line, "(%" PRId64 ", %" PRId64 ", %" PRId64 ")", r->count0, r->count1, r->count2);
    row(out, "counts", line);
    return 0;
}

/* With what so many pauses can say of it. */
static void print_pauses(const struct run_record *r, FILE *out)
{
    struct interval p99 = percentile_of(r->pauses, RECORD_PAUSE_KINDS, 0.99);
    char at[CELL_BYTES], low[CELL_BYTES], high[CELL_BYTES], line[200];
    if (p99.pairs < MEASURE_P99_LEAST)
        return;
    bool has_low = p99.low >= 0, has_high = p99.high >= 0;
    snprintf(line, sizeof line, "%s of %zu pauses, 95 %%: %s to %s", time_cell((uint64_t)p99.estimate, at), p99.pairs,
             time_cell(has_low ? (uint64_t)p99.low : RECORD_UNKNOWN, low),
             has_high ? time_cell((uint64_t)p99.high, high) : "unknown");
    row(out, "pause p99", line);
}

static void print_allocator(const struct run_record *r, FILE *out)
{
    char line[2 * RECORD_TEXT_BYTES + 16];
    snprintf(line, sizeof line, "%s%s%s%s", r->version_allocator, r->version_allocator_library[0] ? " (" : "",
             r->version_allocator_library, r->version_allocator_library[0] ? ")" : "");
    row(out, "malloc", line);
}

int run_table_print(const struct run_record *r, FILE *out)
{
    char checksum[CELL_BYTES] = "";
    row(out, "configuration", r->configuration);
    row(out, "status", r->status);
    if (r->message[0])
        row(out, "message", r->message);
    print_times(r, out);
    print_requests(r, out);
    print_utilization(r, out);
    print_memory(r, out);
    print_heap(r, out);
    if (print_collections(r, out) != 0)
        return -1;
    print_releases(r, out);
    print_pauses(r, out);
    if (r->checksum != RECORD_UNKNOWN)
        snprintf(checksum, sizeof checksum, "%016" PRIx64, r->checksum);
    row(out, "checksum", checksum);
    print_allocator(r, out);
    if (r->version_python[0])
        row(out, "python", r->version_python);
    return 0;
}
