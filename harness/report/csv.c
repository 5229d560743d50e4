#include "harness/report/csv.h"

#include <inttypes.h>
#include <math.h>

#include "harness/report/escape.h"

/* What is compared with the baseline, and so has a ratio. */
static const enum measure compared[] = {MEASURE_WALL_NS, MEASURE_THROUGHPUT, MEASURE_PAUSE_P99_NS, MEASURE_PAUSE_MAX_NS,
                                        MEASURE_RSS_PEAK_BYTES};
enum { COMPARED = sizeof compared / sizeof *compared };

/* RFC 4180 ends lines with both. */
static const char line_end[] = "\r\n";

static void write_header(FILE *f)
{
    fputs("subject,workload,runtime,allocator,collector,tuning,refcount,scale,seed,ok_runs,failed_runs,crashed,timeout,"
          "out_of_memory,failed,is_baseline,on_pareto_front,p99_is_max,checksum_differs,noise_floor,noise_invalid",
          f);
    for (enum measure m = 0; m < MEASURES; m++)
        fprintf(f, ",%s_median,%s_q1,%s_q3,%s_mad", measure_names[m], measure_names[m], measure_names[m],
                measure_names[m]);
    for (size_t i = 0; i < COMPARED; i++)
        fprintf(f, ",%s_ratio,%s_ratio_low,%s_ratio_high,%s_ratio_pairs", measure_names[compared[i]],
                measure_names[compared[i]], measure_names[compared[i]], measure_names[compared[i]]);
    for (enum lbo_cost cost = 0; cost < LBO_COSTS; cost++)
        fprintf(f, ",%s_median,%s_q1,%s_q3", lbo_names[cost], lbo_names[cost], lbo_names[cost]);
    fputs(",noise_channel_p99_ns,noise_channel_max_ns", f);
    fputs(line_end, f);
}

static void put_number(FILE *f, double value)
{
    if (isnan(value))
        fputc(',', f);
    else
        fprintf(f, ",%.10g", value);
}

static void put_text(FILE *f, const char *text)
{
    fputc(',', f);
    escape_csv(f, text);
}

static void write_dimensions(const struct subject *subject, const struct run_record *d, FILE *f)
{
    escape_csv(f, subject->label);
    put_text(f, d->workload);
    put_text(f, d->runtime);
    put_text(f, d->allocator);
    put_text(f, d->collector);
    put_text(f, d->tuning);
    put_text(f, d->refcount);
    put_number(f, d->scale);
    fprintf(f, ",%" PRIu64, d->seed);
}

static void write_row(const struct summary *s, const struct subject *subject, size_t index, FILE *f)
{
    const struct configuration *c = &s->configurations[index];

    write_dimensions(subject, c->dimensions, f);
    fprintf(f, ",%zu,%zu", c->ok, c->failed);
    for (enum failure why = 0; why < FAILURES; why++)
        fprintf(f, ",%zu", c->failures[why]);
    fprintf(f, ",%d,%d,%d,%d", index == subject->baseline, c->on_front, c->p99_is_max, c->checksum_differs);
    put_number(f, subject->noise.floor);
    fprintf(f, ",%d", subject->noise.verdict == NOISE_INVALID);
    for (enum measure m = 0; m < MEASURES; m++) {
        put_number(f, c->measure[m].median);
        put_number(f, c->measure[m].q1);
        put_number(f, c->measure[m].q3);
        put_number(f, c->measure[m].mad);
    }
    for (size_t i = 0; i < COMPARED; i++) {
        const struct interval *ratio = &c->ratio[compared[i]];
        put_number(f, ratio->estimate);
        put_number(f, ratio->low);
        put_number(f, ratio->high);
        fprintf(f, ",%zu", ratio->pairs);
    }
    for (enum lbo_cost cost = 0; cost < LBO_COSTS; cost++) {
        put_number(f, c->lbo[cost].ratio.median);
        put_number(f, c->lbo[cost].ratio.q1);
        put_number(f, c->lbo[cost].ratio.q3);
    }
    put_number(f, c->channel.p99_ns);
    put_number(f, c->channel.max_ns);
    fputs(line_end, f);
}

void write_csv(const struct summary *s, FILE *f)
{
    write_header(f);
    for (size_t i = 0; i < s->subject_count; i++)
        for (size_t k = s->subjects[i].first; k < s->subjects[i].first + s->subjects[i].count; k++)
            write_row(s, &s->subjects[i], k, f);
}
