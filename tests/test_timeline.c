/* A run over time: what the worker hands over, Chrome trace events, the HdrHistogram log, and the file they are in. */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <cmocka.h>

#include "harness/exporters/chrome_trace.h"
#include "harness/exporters/hdr_payload.h"
#include "harness/exporters/hlog.h"
#include "harness/exporters/timeline_file.h"
#include "harness/worker/meter.h"
#include "harness/worker/timeline_send.h"
#include "tests/command.h"
#include "tests/hdr_reader.h"

#define SECOND UINT64_C(1000000000)

/* ---- A timeline made by hand ---- */

static struct record_pause three_pauses[] = {{100, 50, 0}, {SECOND + 5, 7000, 2}, {SECOND + 9000, 3000000, 3}};
static uint64_t four_ends[] = {1000, 2500, SECOND + 1, SECOND + 4000};

static struct timeline small_timeline(void)
{
    struct timeline t = {.pause = three_pauses, .end = four_ends};
    t.header = (struct timeline_header){
        .magic = TIMELINE_MAGIC, .pauses = 3, .ends = 4, .pauses_whole = 1, .requests_whole = 1, .group = 1};
    return t;
}

static struct run_record small_run(void)
{
    static struct record_sample samples[] = {{0, 1 << 20}, {SECOND, 3 << 20}};
    static struct record_floating floating[] = {{SECOND, 10, 1 << 19}};
    struct run_record r;
    record_clear(&r);
    strcpy(r.workload, "chain");
    strcpy(r.runtime, "model");
    strcpy(r.allocator, "pymalloc");
    strcpy(r.tuning, "700,10,10");
    strcpy(r.configuration, "chain scale=1");
    r.wall_ns = SECOND + SECOND / 2;
    r.samples = samples;
    r.sample_count = 2;
    r.floating = floating;
    r.floating_count = 1;
    return r;
}

typedef int timeline_writer(const struct timeline_source *, FILE *);

/* What a writer writes, malloc'd. */
static char *written_by(timeline_writer *write, const struct run_record *run, const struct timeline *t)
{
    const struct timeline_source source = {run, t, UINT64_C(1795251600127000000)};
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    assert_int_equal(write(&source, f), 0);
    fclose(f);
    return text;
}

static json_t *trace_of(const struct run_record *run, const struct timeline *t)
{
    json_error_t error;
    char *text = written_by(chrome_trace_write, run, t);
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL)
        fail_msg("line %d: %s", error.line, error.text);
    free(text);
    return root;
}

/* How many events have this category; the index-th one in `found`. */
static size_t count_events(const json_t *root, const char *key, const char *wanted, size_t index, const json_t **found)
{
    size_t n = 0, i;
    const json_t *event;
    json_array_foreach(json_object_get(root, "traceEvents"), i, event)
    {
        const char *text = json_string_value(json_object_get(event, key));
        if (text != NULL && strcmp(text, wanted) == 0 && n++ == index && found != NULL)
            *found = event;
    }
    return n;
}

static double number_in(const json_t *event, const char *key)
{
    return json_number_value(json_object_get(event, key));
}

static const char *text_in(const json_t *event, const char *key)
{
    return json_string_value(json_object_get(event, key));
}

/* ---- Chrome trace events ---- */

static void a_trace_has_every_pause_request_and_sample(void **state)
{
    struct run_record run = small_run();
    struct timeline t = small_timeline();
    json_t *root = trace_of(&run, &t);
    const json_t *event = NULL;
    (void)state;

    assert_int_equal(count_events(root, "cat", "pause", 1, &event), 3);
    assert_string_equal(text_in(event, "name"), "generation 2");
    assert_float_equal(number_in(event, "ts"), 1000000.005, 1e-9);
    assert_float_equal(number_in(event, "dur"), 7.0, 1e-9);
    count_events(root, "cat", "pause", 2, &event);
    assert_string_equal(text_in(event, "name"), "release");
    assert_int_equal(count_events(root, "cat", "request", 1, &event), 4);
    assert_float_equal(number_in(event, "ts"), 1.0, 1e-9);
    assert_float_equal(number_in(event, "dur"), 1.5, 1e-9);
    assert_int_equal(count_events(root, "name", "floating garbage", 0, &event), 1);
    assert_float_equal(number_in(json_object_get(event, "args"), "MiB"), 0.5, 1e-9);
    assert_int_equal(count_events(root, "name", "resident memory", 1, &event), 2);
    assert_float_equal(number_in(json_object_get(event, "args"), "MiB"), 3.0, 1e-9);
    assert_int_equal(count_events(root, "name", "process_name", 0, &event), 1);
    assert_string_equal(text_in(json_object_get(event, "args"), "name"), "chain on model, pymalloc, 700,10,10");
    assert_int_equal(count_events(root, "name", "thread_name", 0, NULL), 3);
    assert_string_equal(text_in(json_object_get(root, "otherData"), "requests"), "all");
    json_decref(root);
}

static void texts_of_the_user_stay_texts_in_a_trace(void **state)
{
    struct run_record run = small_run();
    struct timeline t = small_timeline();
    const json_t *event = NULL;
    (void)state;

    strcpy(run.configuration, "\xff broken");
    strcpy(run.allocator, "\"},{\"x\":\"\n\x1b");
    json_t *root = trace_of(&run, &t);
    count_events(root, "name", "process_name", 0, &event);
    assert_string_equal(text_in(json_object_get(event, "args"), "name"),
                        "chain on model, \"},{\"x\":\"\n\x1b, 700,10,10");
    assert_string_equal(text_in(json_object_get(root, "otherData"), "configuration"), "?");
    json_decref(root);
}

/* 500,000 requests of 100 ns, each 1,000th of 10,000 ns and one of 1 ms. */
static void of_many_requests_a_trace_has_the_longest_and_an_even_sample(void **state)
{
    enum { MANY = 500000, LONGEST = 123457 };
    struct run_record run = small_run();
    uint64_t *ends = malloc(MANY * sizeof *ends), now = 0;
    size_t slow = 0, even = 0, shown = 0, i;
    bool longest_seen = false;
    const json_t *event;
    (void)state;

    for (size_t k = 0; k < MANY; k++)
        ends[k] = now += k == LONGEST ? 1000000 : k % 1000 == 7 ? 10000 : 100;
    struct timeline t = small_timeline();
    t.end = ends;
    t.header.ends = MANY;
    json_t *root = trace_of(&run, &t);
    json_array_foreach(json_object_get(root, "traceEvents"), i, event)
    {
        const char *category = text_in(event, "cat");
        if (category == NULL || strcmp(category, "request") != 0)
            continue;
        double number = number_in(json_object_get(event, "args"), "number") - 1;
        shown++;
        slow += number_in(event, "dur") > 9;
        even += fmod(number, 5) < 0.5;
        longest_seen = longest_seen || (fabs(number - LONGEST) < 0.5 && number_in(event, "dur") > 999);
    }
    assert_true(longest_seen);
    assert_int_equal(slow, 501);
    assert_int_equal(even, MANY / 5);
    assert_int_equal(shown, MANY / 5 + 501); /* no slow one is a fifth one */
    const json_t *data = json_object_get(root, "otherData");
    assert_int_equal(json_integer_value(json_object_get(data, "requests_timed")), MANY);
    assert_int_equal(json_integer_value(json_object_get(data, "requests_shown")), shown);
    assert_non_null(strstr(text_in(data, "requests"), "one of 5;"));
    json_decref(root);
    free(ends);
}

static void a_trace_says_what_no_log_could_hold(void **state)
{
    struct run_record run = small_run();
    struct timeline t = small_timeline();
    (void)state;

    t.header.pauses = t.header.ends = t.header.pauses_whole = t.header.requests_whole = 0;
    json_t *root = trace_of(&run, &t);
    const json_t *data = json_object_get(root, "otherData");
    assert_int_equal(count_events(root, "cat", "pause", 0, NULL), 0);
    assert_non_null(strstr(text_in(data, "pauses"), "more than a log holds"));
    assert_non_null(strstr(text_in(data, "requests"), "more than a log holds"));
    json_decref(root);
}

static void a_planned_request_begins_when_it_was_planned_or_when_the_one_before_ended(void **state)
{
    uint64_t ends[] = {150, 1500, 2600, 3100};
    struct timeline t = small_timeline();
    (void)state;

    t.end = ends;
    t.header.pace_per_s = 1000000; /* one each 1,000 ns, from 100 on */
    t.header.pace_origin_ns = 100;
    assert_int_equal(timeline_request_start_ns(&t, 0), 100);
    assert_int_equal(timeline_request_start_ns(&t, 1), 1100);
    assert_int_equal(timeline_request_start_ns(&t, 2), 2100);
    assert_int_equal(timeline_request_start_ns(&t, 3), 3100);
    ends[1] = 2500;
    assert_int_equal(timeline_request_start_ns(&t, 2), 2500);
}

/* ---- The HdrHistogram log ---- */

/* The payload of the row that starts so, decoded. */
static void row_decoded(const char *log, const char *start, struct hdr_read *out)
{
    const char *row = strstr(log, start);
    if (row == NULL)
        fail_msg("no row starts with %s in\n%s", start, log);
    if (!hdr_decode(row + strlen(start), out))
        fail_msg("the row of %s cannot be decoded", start);
}

static void a_log_has_a_row_for_each_second_and_tag(void **state)
{
    static struct hdr_read read;
    struct run_record run = small_run();
    struct timeline t = small_timeline();
    char *log = written_by(hlog_write, &run, &t);
    size_t rows = 0;
    (void)state;

    for (const char *c = log; (c = strstr(c, "\nTag=")) != NULL; c++)
        rows++;
    assert_int_equal(rows, 5); /* gen0, gen2, release, request twice */
    assert_non_null(strstr(log, "#[Histogram log format version 1.3]\n"));
    assert_non_null(strstr(log, "#[StartTime: 1795251600.127 (seconds since epoch), "));
    row_decoded(log, "\nTag=gen0,0.000,1.000,0.000050,", &read);
    assert_int_equal(read.count[50], 1);
    assert_int_equal(read.digits, 3);
    assert_int_equal(read.lowest, 1);
    assert_int_equal(read.highest, (UINT64_C(1) << 42) - 1);
    row_decoded(log, "\nTag=release,1.000,0.500,3.000000,", &read); /* the last second is half a one */
    row_decoded(log, "\nTag=request,0.000,1.000,999.997501,", &read);
    assert_int_equal(read.count[1000], 1);
    assert_int_equal(read.count[1500], 1);
    row_decoded(log, "\nTag=request,1.000,0.500,0.003999,", &read);
    free(log);
}

static void a_payload_gives_every_count_back(void **state)
{
    static uint64_t buckets[HISTOGRAM_BUCKETS];
    static struct hdr_read read;
    static const uint64_t values[] = {0, 1, 2047, 2048, 2049, 4095, 4096, 123456789, (UINT64_C(1) << 42) - 1};
    enum { VALUES = sizeof values / sizeof *values };
    struct histogram h;
    (void)state;

    histogram_open(&h, buckets);
    for (size_t i = 0; i < VALUES; i++)
        for (uint64_t k = 0; k < (UINT64_C(1) << (2 * i)); k++)
            histogram_add(&h, values[i]);
    h.bucket[5000] = UINT64_C(1) << 61; /* nine bytes */
    char *payload = hdr_payload(&h);
    assert_true(hdr_decode(payload, &read));
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++)
        assert_int_equal(read.count[i], h.bucket[i]);
    for (size_t i = 0; i < VALUES; i++) {
        size_t index = histogram_bucket_of(values[i]);
        assert_true(hdr_value_of(index) <= values[i] && values[i] < hdr_value_of(index + 1));
    }
    free(payload);
}

static void an_empty_histogram_has_a_payload_too(void **state)
{
    static uint64_t buckets[HISTOGRAM_BUCKETS];
    static struct hdr_read read;
    struct histogram h;
    (void)state;

    memset(buckets, 0, sizeof buckets);
    histogram_open(&h, buckets);
    char *payload = hdr_payload(&h);
    assert_true(hdr_decode(payload, &read));
    free(payload);
}

static void a_line_feed_in_a_name_does_not_end_a_logs_comment(void **state)
{
    struct run_record run = small_run();
    struct timeline t = small_timeline();
    (void)state;

    strcpy(run.configuration, "a\nTag=b,0,0,0,x");
    char *log = written_by(hlog_write, &run, &t);
    assert_null(strstr(log, "\nTag=b"));
    free(log);
}

/* ---- What the worker hands over ---- */

static int file_of(const void *header, size_t header_bytes, const void *pauses, size_t pauses_bytes, const void *ends,
                   size_t ends_bytes)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(write(fd, header, header_bytes), header_bytes);
    assert_int_equal(write(fd, pauses, pauses_bytes), pauses_bytes);
    assert_int_equal(write(fd, ends, ends_bytes), ends_bytes);
    return fd;
}

static void is_refused(int fd)
{
    struct timeline t;
    char error[200] = "";
    assert_int_equal(timeline_read(fd, &t, error, sizeof error), -1);
    assert_non_null(strstr(error, "the worker's timeline "));
    assert_null(t.pause);
    close(fd);
}

static void a_timeline_that_cannot_be_is_refused(void **state)
{
    struct timeline_header h = small_timeline().header;
    struct record_pause bad_kind[3] = {{1, 1, 0}, {2, 1, 4}, {3, 1, 0}}, too_late[3] = {{UINT64_MAX, 1, 0}};
    uint64_t falling[4] = {1, 3, 2, 4};
    struct timeline t;
    char error[200];
    (void)state;

    is_refused(memfd_create("test", MFD_CLOEXEC));
    is_refused(file_of(&h, sizeof h, three_pauses, sizeof three_pauses, four_ends, sizeof four_ends - 1));
    is_refused(file_of(&h, sizeof h, bad_kind, sizeof bad_kind, four_ends, sizeof four_ends));
    is_refused(file_of(&h, sizeof h, too_late, sizeof too_late, four_ends, sizeof four_ends));
    is_refused(file_of(&h, sizeof h, three_pauses, sizeof three_pauses, falling, sizeof falling));
    h.pauses = UINT64_MAX / 24 + 1; /* a product that wraps round */
    is_refused(file_of(&h, sizeof h, three_pauses, sizeof three_pauses, four_ends, sizeof four_ends));
    h.pauses = 3;
    int fd = file_of(&h, sizeof h, three_pauses, sizeof three_pauses, four_ends, sizeof four_ends);
    assert_int_equal(timeline_read(fd, &t, error, sizeof error), 0);
    timeline_free(&t);
    close(fd);
}

static void what_the_worker_sends_is_what_is_read(void **state)
{
    static struct log pauses;
    static struct requests requests;
    enum { MANY = 10000 };
    struct pace pace = {.per_second = 0};
    struct timeline t;
    char error[200];
    (void)state;

    log_open(&pauses, sizeof(struct meter_entry), LOG_MOST);
    requests_open(&requests, 5);
    for (uint64_t i = 0; i < MANY; i++) {
        struct meter_entry entry = {10 * i, (i % 7) << METER_KIND_BITS | i % 4};
        uint64_t end = 3 * i;
        log_add(&pauses, &entry, sizeof entry);
        log_add(&requests.log, &end, sizeof end);
    }
    log_flush(&pauses);
    log_flush(&requests.log);
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(timeline_send(fd, &pauses, &requests, &pace), 0);
    if (timeline_read(fd, &t, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_int_equal(t.header.pauses, MANY);
    assert_int_equal(t.header.ends, MANY);
    assert_int_equal(t.header.group, 5);
    for (uint64_t i = 0; i < MANY; i++) {
        assert_int_equal(t.pause[i].start_ns, 10 * i);
        assert_int_equal(t.pause[i].duration_ns, i % 7);
        assert_int_equal(t.pause[i].kind, i % 4);
        assert_int_equal(t.end[i], 3 * i);
    }
    timeline_free(&t);
    close(fd);
    int closed = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_not_equal(timeline_send(closed, &pauses, &requests, &pace), 0);
    close(closed);
    log_close(&pauses);
    requests_close(&requests);
}

/* ---- The file and the command ---- */

static void a_timelines_file_replaces_nothing_and_is_its_owners_alone(void **state)
{
    char *folder = folder_make(), error[4400] = "";
    const char *path = in_folder(folder, "x.json");
    struct run_record run = small_run();
    struct timeline_header h = small_timeline().header;
    struct timeline_file file;
    struct stat status;
    (void)state;

    h.pauses = h.ends = 0;
    assert_int_equal(timeline_file_open(&file, path, error, sizeof error), 0);
    assert_int_not_equal(access(path, F_OK), 0);
    timeline_file_close(&file);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(rmdir(folder), 0); /* and nothing else is in it */
    mkdir(folder, 0700);
    assert_int_equal(timeline_file_open(&file, path, error, sizeof error), 0);
    assert_int_equal(write(file.fd, &h, sizeof h), sizeof h);
    assert_int_equal(timeline_file_write(&file, &run, error, sizeof error), 0);
    timeline_file_close(&file);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(timeline_file_open(&file, path, error, sizeof error), -1);
    assert_non_null(strstr(error, "x.json: cannot write: File exists"));
    assert_int_equal(timeline_file_open(&file, "/no-such-folder/x", error, sizeof error), -1);
    assert_int_equal(timeline_file_open(&file, in_folder(folder, ""), error, sizeof error), -1);
    folder_remove(folder);
}

static void a_file_that_came_during_the_run_stays(void **state)
{
    char *folder = folder_make(), error[4400] = "";
    const char *path = in_folder(folder, "x.hlog");
    struct run_record run = small_run();
    struct timeline_header h = small_timeline().header;
    struct timeline_file file;
    struct stat status;
    (void)state;

    h.pauses = h.ends = 0;
    assert_int_equal(timeline_file_open(&file, path, error, sizeof error), 0);
    assert_int_equal(write(file.fd, &h, sizeof h), sizeof h);
    file_write(path, "mine", 0600);
    assert_int_equal(timeline_file_write(&file, &run, error, sizeof error), -1);
    timeline_file_close(&file);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 4);
    folder_remove(folder);
}

static void run_writes_a_trace_of_all_it_counted(void **state)
{
    static struct command c;
    char *folder = folder_make();
    const char *path = in_folder(folder, "run.json");
    (void)state;

    GCSWEEP(&c, "run", "chain", "--scale", "0.1", "--format", "json", "--timeline", path);
    assert_int_equal(c.status, 0);
    json_t *record = json_loads(c.out, 0, NULL), *trace = json_load_file(path, 0, NULL);
    assert_non_null(record);
    assert_non_null(trace);
    json_int_t pauses = json_integer_value(json_object_get(json_object_get(record, "pauses"), "count"));
    json_int_t requests = json_integer_value(json_object_get(json_object_get(record, "requests"), "count"));
    assert_true(pauses > 0);
    assert_int_equal(count_events(trace, "cat", "pause", 0, NULL), pauses);
    assert_int_equal(count_events(trace, "cat", "request", 0, NULL), requests);
    json_decref(record);
    json_decref(trace);
    GCSWEEP(&c, "run", "chain", "--timeline", path);
    assert_int_equal(c.status, 2);
    assert_string_equal(c.out, "");
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trace_has_every_pause_request_and_sample),
        cmocka_unit_test(texts_of_the_user_stay_texts_in_a_trace),
        cmocka_unit_test(of_many_requests_a_trace_has_the_longest_and_an_even_sample),
        cmocka_unit_test(a_trace_says_what_no_log_could_hold),
        cmocka_unit_test(a_planned_request_begins_when_it_was_planned_or_when_the_one_before_ended),
        cmocka_unit_test(a_log_has_a_row_for_each_second_and_tag),
        cmocka_unit_test(a_payload_gives_every_count_back),
        cmocka_unit_test(an_empty_histogram_has_a_payload_too),
        cmocka_unit_test(a_line_feed_in_a_name_does_not_end_a_logs_comment),
        cmocka_unit_test(a_timeline_that_cannot_be_is_refused),
        cmocka_unit_test(what_the_worker_sends_is_what_is_read),
        cmocka_unit_test(a_timelines_file_replaces_nothing_and_is_its_owners_alone),
        cmocka_unit_test(a_file_that_came_during_the_run_stays),
        cmocka_unit_test(run_writes_a_trace_of_all_it_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
