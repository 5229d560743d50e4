/* made_results.c - results drawn from an input. */
#include "fuzz/made_results.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/record/derive.h"
#include "harness/record/lists.h"
#include "harness/store/store_row.h"

enum { CONFIGURATIONS_MOST = 6, ROUNDS_MOST = 9, TWINS_MOST = 4, SETTINGS_MOST = 8, FACTS_MOST = 4, ROWS_MOST = 5 };

#define PICK(f, list) ((list)[feed_below(f, sizeof(list) / sizeof *(list))])

/* ---- What a field may hold ---- */

static const char *const texts[] = {
    "",
    "ok",
    "crashed",
    "timeout",
    "out-of-memory",
    "failed",
    MADE_MARKUP,
    "\x1b[31mred\x1b[0m\r\n\t\a",
    "</script>",
    "a b",
    "a,b\"c",
    "script:a.heap",
    "=1+1",
    "$(id)",
    "]]>-->",
    "\xc2\x85\xe2\x80\xae",
    "cpython",
    "model",
};

static const uint64_t numbers[] = {0,
                                   1,
                                   2,
                                   999,
                                   1000,
                                   1000000,
                                   1000000000,
                                   UINT64_C(1) << 32,
                                   (UINT64_C(1) << 53) + 1,
                                   UINT64_C(1000000000000000),
                                   INT64_MAX - 1,
                                   INT64_MAX,
                                   RECORD_UNKNOWN};

static const int64_t signed_numbers[] = {0, 1, -1, 9, 139, INT64_MIN + 1, INT64_MAX, RECORD_UNKNOWN_SIGNED};

static const double doubles[] = {0, -0.0, 1, -1, 0.5, 1e-9, DBL_MIN, 4.9e-324, DBL_MAX, -DBL_MAX, 1e16, NAN};

static uint64_t draw_number(struct feed *f)
{
    size_t choice = feed_below(f, 2);
    return choice == 0 ? PICK(f, numbers) : feed_u64(f);
}

static double draw_double(struct feed *f)
{
    if (feed_below(f, 2) == 0)
        return PICK(f, doubles);
    uint64_t bits = feed_u64(f);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void draw_text(struct feed *f, char *out, size_t size)
{
    if (feed_below(f, 4) == 0)
        feed_text(f, out, size);
    else
        snprintf(out, size, "%s", PICK(f, texts));
}

static void draw_field(struct feed *f, const struct record_field *field, struct run_record *r)
{
    void *member = (char *)r + field->offset;
    switch (field->kind) {
    case RECORD_KIND_TEXT:
        draw_text(f, member, RECORD_TEXT_BYTES);
        return;
    case RECORD_KIND_U64:
    case RECORD_KIND_HEX:
        *(uint64_t *)member = draw_number(f);
        return;
    case RECORD_KIND_I64:
    case RECORD_KIND_MAYBE:
        *(int64_t *)member = PICK(f, signed_numbers);
        return;
    case RECORD_KIND_F64:
        *(double *)member = draw_double(f);
        return;
    case RECORD_KIND_BOOL:
        *(bool *)member = feed_below(f, 2) != 0;
        return;
    }
}

/* ---- Runs ---- */

static void set(char out[RECORD_TEXT_BYTES], const char *text)
{
    snprintf(out, RECORD_TEXT_BYTES, "%s", text);
}

/* As a sweep has it, so that an analysis comes far. */
static void make_configuration(struct feed *f, struct run_record *r)
{
    static const char *const workloads[] = {"gcbench", "linked-list", "script:a.heap"};
    static const char *const runtimes[] = {"model", "cpython"};
    static const char *const allocators[] = {"pymalloc", "system", "jemalloc", "/lib/x.so"};
    static const char *const tunings[] = {"700,10,10", "50000,20,100", "disabled", "freeze+700,10,10", "manual:100"};
    static const char *const params[] = {"", "depth", "work_ns"};

    record_clear(r);
    set(r->workload, PICK(f, workloads));
    set(r->runtime, PICK(f, runtimes));
    set(r->allocator, PICK(f, allocators));
    set(r->tuning, PICK(f, tunings));
    set(r->collector, "cpython-3.11");
    set(r->refcount, "plain");
    set(r->status, "ok");
    snprintf(r->params[0].name, sizeof r->params[0].name, "%s", PICK(f, params));
    snprintf(r->params[0].text, sizeof r->params[0].text, "%s", r->params[0].name[0] ? "12" : "");
    r->scale = 1;
    r->seed = 1;
    r->checksum = 0xabcd;
    r->operations = 100000;
    r->exit_code = 0;
}

static void make_figures(uint64_t salt, struct run_record *r)
{
    uint64_t noise = (salt * UINT64_C(0x9E3779B97F4A7C15)) >> 54; /* below 1024 */

    r->wall_ns = 200000000 + noise * 10000;
    r->gc_ns = 5000000 + noise;
    r->rss_baseline_bytes = 8 << 20;
    r->rss_peak_bytes = (64 << 20) + noise * 4096;
    r->pause_count = 100 + noise;
    r->pause_p50_ns = 20000 + noise;
    r->pause_p99_ns = 900000 + noise * 100;
    r->pause_max_ns = 1000000 + noise * 1000;
    r->pause_total_ns = r->gc_ns;
    r->gen0_collections = 90;
    r->gen1_collections = 9;
    r->gen2_collections = 1;
}

static void name_configuration(struct run_record *r)
{
    const char *param = r->params[0].name;
    snprintf(r->configuration, sizeof r->configuration, "%.40s%s%.40s%s scale=1 seed=1 %.20s %.40s %.20s %.30s plain",
             r->workload, param[0] ? "[" : "", param, param[0] ? "=12]" : "", r->runtime, r->allocator, r->collector,
             r->tuning);
}

/* A row's setting goes to one run of the configuration, or to all of them. */
static void change(struct feed *f, struct run_record *runs, size_t count)
{
    const struct record_field *field = &record_fields[feed_byte(f) % record_field_count];
    size_t which = feed_byte(f);
    struct run_record drawn;

    record_clear(&drawn);
    draw_field(f, field, &drawn);
    store_row_clean(&drawn);
    drawn.schema = RECORD_SCHEMA;
    size_t bytes = field->kind == RECORD_KIND_TEXT   ? RECORD_TEXT_BYTES
                   : field->kind == RECORD_KIND_BOOL ? sizeof(bool)
                                                     : sizeof(uint64_t);
    for (size_t i = 0; i < count; i++)
        if (which >= count || i == which)
            memcpy((char *)&runs[i] + field->offset, (char *)&drawn + field->offset, bytes);
}

/* ---- Lists ---- */

static void make_histogram(struct feed *f, struct record_histogram *h)
{
    uint64_t value = 0;
    size_t rows = feed_below(f, ROWS_MOST);

    h->bucket = rows > 0 ? calloc(rows, sizeof *h->bucket) : NULL;
    for (size_t i = 0; i < rows; i++) {
        uint64_t step = draw_number(f) >> 3;
        if (step == 0 || value > INT64_MAX - step)
            break;
        value += step;
        uint64_t n = draw_number(f) % (LISTS_COUNTED_MOST / ROWS_MOST);
        h->bucket[h->count++] = (struct record_bucket){value, n > 0 ? n : 1};
    }
}

static void make_curve(struct feed *f, struct record_utilization **curve, size_t *count)
{
    uint64_t window = 0;
    size_t rows = feed_below(f, ROWS_MOST);

    *curve = rows > 0 ? calloc(rows, sizeof **curve) : NULL;
    for (size_t i = 0; i < rows; i++) {
        window += 1 + (draw_number(f) >> 4);
        (*curve)[(*count)++] = (struct record_utilization){window, feed_byte(f) / 255.0};
    }
}

static void make_lists(struct feed *f, struct run_record *r)
{
    for (size_t i = 0; i < RECORD_PAUSE_KINDS; i++)
        make_histogram(f, &r->pauses[i]);
    make_histogram(f, &r->requests);
    make_histogram(f, &r->metered);
    make_histogram(f, &r->noise);
    make_curve(f, &r->mmu, &r->mmu_count);
    make_curve(f, &r->bmu, &r->bmu_count);
    r->longest_count = feed_below(f, ROWS_MOST);
    r->sample_count = feed_below(f, ROWS_MOST);
    r->floating_count = feed_below(f, ROWS_MOST);
    r->longest = calloc(r->longest_count + 1, sizeof *r->longest);
    r->samples = calloc(r->sample_count + 1, sizeof *r->samples);
    r->floating = calloc(r->floating_count + 1, sizeof *r->floating);
    for (size_t i = 0; i < r->longest_count; i++)
        r->longest[i] = (struct record_pause){draw_number(f), draw_number(f), feed_byte(f)};
    for (size_t i = 0; i < r->sample_count; i++)
        r->samples[i] = (struct record_sample){draw_number(f), draw_number(f)};
    for (size_t i = 0; i < r->floating_count; i++)
        r->floating[i] = (struct record_floating){draw_number(f), draw_number(f), draw_number(f)};
}

/* ---- Results ---- */

static size_t add_configuration(struct feed *f, bool lists, struct run_record *runs)
{
    struct run_record first;
    size_t rounds = feed_below(f, ROUNDS_MOST), twins = feed_below(f, TWINS_MOST), count = rounds + twins;

    make_configuration(f, &first);
    name_configuration(&first);
    for (size_t i = 0; i < count; i++) {
        runs[i] = first;
        runs[i].twin = i >= rounds;
        runs[i].round = i < rounds ? i : i - rounds;
        make_figures((uint64_t)feed_byte(f) + i, &runs[i]);
    }
    for (size_t left = feed_below(f, SETTINGS_MOST); left > 0; left--)
        change(f, runs, count);
    if (lists && count > 0) {
        size_t which = feed_below(f, count);
        make_lists(f, &runs[which]);
        if (feed_below(f, 2))
            record_derive(&runs[which]);
    }
    return count;
}

static char *draw_document(struct feed *f)
{
    static const char *const known[] = {
        "{}",
        "[]",
        "",
        "null",
        "{\"rounds\": 3}",
        "{\"rounds\": 9, \"shard\": \"1/2\"}",
        "{\"rounds\": 9, \"shard\": \"2/2\"}",
        "{\"cpu\": {\"model\": \"<zz onload=x>\", \"cores\": 2, \"governor\": \"powersave\"}, "
        "\"memory\": {\"total_bytes\": 1e308, \"huge_pages\": [1]}, \"kernel\": \"\\u001b[31m\", \"aslr\": 7, "
        "\"steal_share\": 0.5, \"load_average\": [9, 9, 9], \"allocators\": [{\"name\": \"jemalloc\"}, 3]}",
    };
    char text[512];
    if (feed_below(f, 2) == 0)
        return strdup(PICK(f, known));
    feed_text(f, text, sizeof text);
    return strdup(text);
}

static void add_facts(struct feed *f, struct result_set *out)
{
    static const char *const names[] = {"command", "stopped",     "sweep_ns",      "workers_ns",
                                        "sources", "rounds_done", "harness_share", "script:a.heap"};
    char text[RECORD_TEXT_BYTES];

    for (size_t left = feed_below(f, FACTS_MOST); left > 0; left--) {
        const char *name = PICK(f, names);
        draw_text(f, text, sizeof text);
        if (!find_result_fact(out, name))
            out->facts[out->fact_count++] = (struct result_fact){strdup(name), strdup(text)};
    }
}

void made_results(struct feed *f, bool lists, struct result_set *out)
{
    size_t configurations = 1 + feed_below(f, CONFIGURATIONS_MOST);

    *out = (struct result_set){.directory = strdup("results")};
    out->runs = calloc(CONFIGURATIONS_MOST * (ROUNDS_MOST + TWINS_MOST), sizeof *out->runs);
    out->facts = calloc(FACTS_MOST, sizeof *out->facts);
    out->plan = draw_document(f);
    out->environment = draw_document(f);
    add_facts(f, out);
    for (size_t i = 0; i < configurations; i++)
        out->run_count += add_configuration(f, lists, &out->runs[out->run_count]);
}

const char *made_words(struct feed *f, char *text, size_t size)
{
    static const char *const words[] = {"",     "pymalloc",         "700,10,10", "jemalloc", "disabled",
                                        "twin", "allocator=system", "depth=12",  "scale=1",  "gcbench model"};
    size_t choice = feed_below(f, 16);

    if (choice < 4)
        return NULL;
    if (choice < 6)
        feed_text(f, text, size);
    else
        snprintf(text, size, "%s", PICK(f, words));
    return text;
}
