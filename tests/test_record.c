/* test_record.c - a run record to JSON and back, and JSON that is no record. */
#include "harness/record/record.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "harness/record/histogram.h"

enum { LINE_BYTES = 1 << 20 };

struct fixture {
    struct run_record record, read;
    char line[LINE_BYTES], error[512];
};

static int open_fixture(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    if (!f)
        return -1;
    record_clear(&f->record);
    record_clear(&f->read);
    return 0;
}

static int close_fixture(void **state)
{
    struct fixture *f = *state;
    record_free(&f->read);
    free(f);
    return 0;
}

static int read_text(struct fixture *f, const char *json)
{
    record_free(&f->read);
    return record_read(json, strlen(json), &f->read, f->error, sizeof f->error);
}

/* Writes the record and reads it again. */
static void turn_around(struct fixture *f)
{
    size_t length = record_write(&f->record, f->line, sizeof f->line);
    assert_true(length < sizeof f->line);
    assert_int_equal(strlen(f->line), length);
    assert_null(strchr(f->line, '\n'));
    if (read_text(f, f->line) != 0)
        fail_msg("%s", f->error);
}

static const void *member(const struct run_record *r, const struct record_field *field)
{
    return (const char *)r + field->offset;
}

static size_t size_of(enum record_kind kind)
{
    return kind == RECORD_KIND_TEXT ? RECORD_TEXT_BYTES : kind == RECORD_KIND_BOOL ? sizeof(bool) : sizeof(uint64_t);
}

/* A value of its own for each field. */
static void fill(struct run_record *r)
{
    for (size_t i = 0; i < record_field_count; i++) {
        void *out = (char *)r + record_fields[i].offset;
        switch (record_fields[i].kind) {
        case RECORD_KIND_TEXT:
            snprintf(out, RECORD_TEXT_BYTES, "text %zu", i);
            break;
        case RECORD_KIND_U64:
            *(uint64_t *)out = 1000000007 * (uint64_t)i;
            break;
        case RECORD_KIND_HEX:
            *(uint64_t *)out = UINT64_C(0xFEDCBA9876543210) + i;
            break;
        case RECORD_KIND_I64:
            *(int64_t *)out = -(int64_t)i;
            break;
        case RECORD_KIND_F64:
            *(double *)out = 0.1 * (double)i;
            break;
        case RECORD_KIND_MAYBE:
            *(int64_t *)out = 1;
            break;
        case RECORD_KIND_BOOL:
            *(bool *)out = true;
            break;
        }
    }
    r->schema = RECORD_SCHEMA;
}

static void every_scalar_survives_the_way_to_json_and_back(void **state)
{
    struct fixture *f = *state;
    fill(&f->record);
    turn_around(f);
    for (size_t i = 0; i < record_field_count; i++)
        assert_memory_equal(member(&f->read, &record_fields[i]), member(&f->record, &record_fields[i]),
                            size_of(record_fields[i].kind));
}

static void what_is_unknown_is_null_and_stays_unknown(void **state)
{
    struct fixture *f = *state;
    turn_around(f);
    assert_non_null(strstr(f->line, "\"wall_ns\":null"));
    assert_non_null(strstr(f->line, "\"scale\":null"));
    assert_non_null(strstr(f->line, "\"workload\":null"));
    assert_non_null(strstr(f->line, "\"counts\":[null,null,null]"));
    assert_non_null(strstr(f->line, "\"checksum\":null"));
    assert_non_null(strstr(f->line, "\"histogram\":null"));
    assert_non_null(strstr(f->line, "\"requests\":{\"count\":null"));
    for (size_t i = 0; i < record_field_count; i++)
        if (record_fields[i].kind != RECORD_KIND_F64)
            assert_memory_equal(member(&f->read, &record_fields[i]), member(&f->record, &record_fields[i]),
                                size_of(record_fields[i].kind));
    assert_true(isnan(f->read.scale));
}

static void paths_become_nested_objects_and_arrays(void **state)
{
    struct fixture *f = *state;
    f->record.gen0_collections = 389;
    f->record.gen2_collections = 3;
    f->record.count0 = 674;
    f->record.count1 = 4;
    f->record.count2 = 2;
    f->record.exit_code = 0;
    turn_around(f);
    assert_non_null(strstr(f->line, "\"generations\":[{\"collections\":389,"));
    assert_non_null(strstr(f->line, "},{\"collections\":3,"));
    assert_non_null(strstr(f->line, "\"counts\":[674,4,2]"));
    assert_non_null(strstr(f->line, "\"exit\":{\"code\":0,\"signal\":null}"));
}

static void lists_and_parameters_survive(void **state)
{
    struct fixture *f = *state;
    struct record_bucket young[] = {{100, 5}, {200, 1}}, old[] = {{200, 2}, {9007199254740993, 1}};
    struct record_pause longest[] = {{5, 9000, 2}, {7, 100, 0}};
    struct record_sample samples[] = {{0, 4096}, {100000000, 8192}};
    struct run_record *r = &f->record;
    r->pause_count = 9;
    r->pauses[0] = (struct record_histogram){2, young};
    r->pauses[2] = (struct record_histogram){2, old};
    r->longest = longest;
    r->longest_count = 2;
    r->samples = samples;
    r->sample_count = 2;
    strcpy(r->params[0].name, "cycle_size");
    strcpy(r->params[0].text, "100");
    strcpy(r->params[1].name, "cyclic_fraction");
    strcpy(r->params[1].text, "0.25");
    turn_around(f);

    assert_non_null(strstr(f->line, "\"params\":{\"cycle_size\":\"100\",\"cyclic_fraction\":\"0.25\"}"));
    assert_non_null(strstr(f->line, "\"longest\":[[5,9000,2],[7,100,0]]"));
    assert_non_null(strstr(f->line, "\"samples\":[[0,4096],[100000000,8192]]"));
    /* All generations merged: 200 ns stands in two of them. */
    assert_non_null(strstr(f->line, "[[100,5],[200,3],[9007199254740993,1]]"));
    assert_int_equal(f->read.pauses[0].count, 2);
    assert_memory_equal(f->read.pauses[0].bucket, young, sizeof young);
    assert_int_equal(f->read.pauses[1].count, 0);
    assert_memory_equal(f->read.pauses[2].bucket, old, sizeof old);
    assert_int_equal(f->read.longest_count, 2);
    assert_memory_equal(f->read.longest, longest, sizeof longest);
    assert_int_equal(f->read.sample_count, 2);
    assert_memory_equal(f->read.samples, samples, sizeof samples);
    assert_string_equal(f->read.params[1].name, "cyclic_fraction");
    assert_string_equal(f->read.params[1].text, "0.25");
    assert_string_equal(f->read.params[2].name, "");
}

static void latencies_and_utilization_survive(void **state)
{
    struct fixture *f = *state;
    struct record_bucket simple[] = {{100, 5}, {200, 1}}, metered[] = {{300, 6}}, metered_100ms[] = {{400, 6}};
    struct record_utilization mmu[] = {{10000, 0}, {12589, 0.125}}, bmu[] = {{10000, 0}};
    struct run_record *r = &f->record;
    r->request_count = r->metered_count = r->metered_100ms_count = 6;
    r->requests = (struct record_histogram){2, simple};
    r->metered = (struct record_histogram){1, metered};
    r->metered_100ms = (struct record_histogram){1, metered_100ms};
    r->mmu = mmu;
    r->mmu_count = 2;
    r->bmu = bmu;
    r->bmu_count = 1;
    turn_around(f);

    assert_non_null(strstr(f->line, "\"mmu\":[{\"window_ns\":10000,\"utilization\":0},"
                                    "{\"window_ns\":12589,\"utilization\":0.125}]"));
    assert_int_equal(f->read.requests.count, 2);
    assert_memory_equal(f->read.requests.bucket, simple, sizeof simple);
    assert_int_equal(f->read.metered.count, 1);
    assert_memory_equal(f->read.metered.bucket, metered, sizeof metered);
    assert_int_equal(f->read.metered_100ms.count, 1);
    assert_memory_equal(f->read.metered_100ms.bucket, metered_100ms, sizeof metered_100ms);
    assert_int_equal(f->read.mmu_count, 2);
    assert_memory_equal(f->read.mmu, mmu, sizeof mmu);
    assert_int_equal(f->read.bmu_count, 1);
    assert_memory_equal(f->read.bmu, bmu, sizeof bmu);
}

static void quotes_controls_and_unicode_survive(void **state)
{
    struct fixture *f = *state;
    const char *odd = "\"quoted\" back\\slash \t\n\r\x01\x1f\x7f </script> \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80";
    strcpy(f->record.message, odd);
    strcpy(f->record.params[0].name, "a\"b");
    strcpy(f->record.params[0].text, "\n");
    turn_around(f);
    assert_string_equal(f->read.message, odd);
    assert_string_equal(f->read.params[0].name, "a\"b");
    assert_string_equal(f->read.params[0].text, "\n");
}

static void bytes_that_are_no_utf8_become_question_marks(void **state)
{
    struct fixture *f = *state;
    static const char *const table[][2] = {
        {"a\xFFz", "a?z"},       {"cut \xE2\x82", "cut ??"},    {"\xC0\xAF", "??"},
        {"\xED\xA0\x80", "???"}, {"\xF4\x90\x80\x80", "????"},  {"\xE0\x80\x80", "???"},
        {"\x80", "?"},           {"\xC3\xA4\xC3", "\xC3\xA4?"}, {"\xF8\x88\x80\x80\x80", "?????"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        strcpy(f->record.message, table[i][0]);
        turn_around(f);
        assert_string_equal(f->read.message, table[i][1]);
    }
}

static void the_longest_text_fits(void **state)
{
    struct fixture *f = *state;
    memset(f->record.message, 0xFF, RECORD_TEXT_BYTES - 1);
    memset(f->record.configuration, '"', RECORD_TEXT_BYTES - 1);
    turn_around(f);
    assert_int_equal(strlen(f->read.message), RECORD_TEXT_BYTES - 1);
    assert_string_equal(f->read.configuration, f->record.configuration);
}

static void doubles_keep_every_bit(void **state)
{
    struct fixture *f = *state;
    const double numbers[] = {0.25, 0.1, 1.0 / 3, 1e-300, 123456789.123456789, 2};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        f->record.scale = numbers[i];
        turn_around(f);
        assert_memory_equal(&f->read.scale, &numbers[i], sizeof numbers[i]);
    }
    f->record.scale = INFINITY;
    turn_around(f);
    assert_true(isnan(f->read.scale));
}

static void a_short_buffer_gets_what_fits_and_the_length_it_takes(void **state)
{
    struct fixture *f = *state;
    char small[16];
    memset(small, 'x', sizeof small);
    size_t length = record_write(&f->record, NULL, 0);
    assert_int_equal(record_write(&f->record, small, 8), length);
    assert_int_equal(strlen(small), 7);
    assert_int_equal(small[8], 'x');
    assert_int_equal(record_write(&f->record, f->line, sizeof f->line), length);
    assert_memory_equal(small, f->line, 7);
}

static void keys_that_are_not_known_are_ignored(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_text(f, "{\"workload\":\"chain\",\"later\":{\"a\":[1,{}]},\"rss\":{\"later\":1}}"), 0);
    assert_string_equal(f->read.workload, "chain");
    assert_int_equal(f->read.rss_peak_bytes, RECORD_UNKNOWN);
}

static void what_is_missing_stays_unknown(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_text(f, "{}"), 0);
    assert_int_equal(f->read.wall_ns, RECORD_UNKNOWN);
    assert_int_equal(f->read.count0, RECORD_UNKNOWN_SIGNED);
    assert_string_equal(f->read.status, "");
}

static void json_that_is_no_record_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const table[][2] = {
        {"", "run record: no JSON"},
        {"nonsense", "run record: no JSON"},
        {"{\"workload\":\"chain\"", "run record: no JSON"},
        {"{} {}", "run record: no JSON"},
        {"{\"message\":\"\xff\"}", "run record: no JSON"},
        {"{\"message\":\"\\u0000\"}", "run record: no JSON"},
        {"{\"wall_ns\":99999999999999999999}", "run record: no JSON"},
        {"\x01\x02\n\x1b[1m", "run record: no JSON"},
        {"[1,2]", "run record: top level: must be an object"},
        {"7", "run record: no JSON"},
        {"{\"schema\":2}", "run record: schema: is not one that this gcsweep reads"},
        {"{\"workload\":5}", "run record: workload: must be a string"},
        {"{\"wall_ns\":\"5\"}", "run record: wall_ns: must be a whole number, 0 or more"},
        {"{\"wall_ns\":1.5}", "run record: wall_ns: must be a whole number, 0 or more"},
        {"{\"wall_ns\":-1}", "run record: wall_ns: must be a whole number, 0 or more"},
        {"{\"exit\":{\"code\":true}}", "run record: exit.code: must be a whole number"},
        {"{\"twin\":1}", "run record: twin: must be true or false"},
        {"{\"scale\":\"1\"}", "run record: scale: must be a number"},
        {"{\"checksum\":\"xyz\"}", "run record: checksum: must be a string of at most 16 hexadecimal digits"},
        {"{\"checksum\":17}", "run record: checksum: must be a string of at most 16 hexadecimal digits"},
        {"{\"checksum\":\"00112233445566778\"}", "run record: checksum: must be a string of at most 16"},
        {"{\"generations\":[{\"collections\":\"x\"}]}", "run record: generations.0.collections: must be a whole"},
        {"{\"params\":[]}", "run record: params: must be an object"},
        {"{\"params\":{\"a\":1}}", "run record: params: must hold short names with short texts"},
        {"{\"params\":{\"\":\"1\"}}", "run record: params: must hold short names with short texts"},
        {"{\"rss\":{\"samples\":{}}}", "run record: rss.samples: must be an array"},
        {"{\"rss\":{\"samples\":[[1]]}}", "run record: rss.samples: has an item of the wrong length"},
        {"{\"rss\":{\"samples\":[[1,2],[3,-4]]}}", "run record: rss.samples: has an item that is no whole number"},
        {"{\"rss\":{\"samples\":[7]}}", "run record: rss.samples: has an item of the wrong length"},
        {"{\"pauses\":{\"longest\":[[1,2,\"x\"]]}}", "run record: pauses.longest: has an item that is no whole"},
        {"{\"generations\":[{\"pauses\":{\"histogram\":{\"buckets\":[[5,1],[5,1]]}}}]}",
         "run record: generations.0.pauses.histogram.buckets: must hold filled buckets, lowest first, of at most 2^48 "
         "events"},
        {"{\"noise\":{\"histogram\":{\"buckets\":[[5,281474976710656],[6,1]]}}}",
         "run record: noise.histogram.buckets: must hold filled buckets, lowest first, of at most 2^48 events"},
        {"{\"generations\":[{\"pauses\":{\"histogram\":{\"buckets\":[[5,0]]}}}]}",
         "run record: generations.0.pauses.histogram.buckets: must hold filled buckets, lowest first, of at most 2^48 "
         "events"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_int_equal(read_text(f, table[i][0]), -1);
        assert_memory_equal(f->error, table[i][1], strlen(table[i][1]));
        for (const char *c = f->error; *c; c++)
            assert_true(*c >= ' ' && *c <= '~');
        assert_null(f->read.longest);
        assert_int_equal(f->read.wall_ns, RECORD_UNKNOWN);
    }
}

/* `count` times [value,1] with rising values. */
static char *long_list(const char *before, size_t count, const char *row, const char *after)
{
    size_t size = strlen(before) + count * (strlen(row) + 24) + strlen(after) + 1, used = 0;
    char *text = malloc(size);
    assert_non_null(text);
    used += (size_t)snprintf(text, size, "%s", before);
    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s[%zu", i ? "," : "", i);
        used += (size_t)snprintf(text + used, size - used, "%s]", row);
    }
    snprintf(text + used, size - used, "%s", after);
    return text;
}

static void a_list_may_be_as_long_as_a_worker_writes_it_and_no_longer(void **state)
{
    struct fixture *f = *state;
    char *most = long_list("{\"pauses\":{\"longest\":[", 1000, ",1,0", "]}}");
    char *more = long_list("{\"pauses\":{\"longest\":[", 1001, ",1,0", "]}}");
    char *buckets =
        long_list("{\"generations\":[{\"pauses\":{\"histogram\":{\"buckets\":[", HISTOGRAM_BUCKETS + 1, ",1", "]}}}]}");
    assert_int_equal(read_text(f, most), 0);
    assert_int_equal(f->read.longest_count, 1000);
    assert_int_equal(read_text(f, more), -1);
    assert_string_equal(f->error, "run record: pauses.longest: has too many items");
    assert_int_equal(read_text(f, buckets), -1);
    assert_string_equal(f->error, "run record: generations.0.pauses.histogram.buckets: has too many items");
    free(most);
    free(more);
    free(buckets);
}

static void a_text_that_is_too_long_is_refused(void **state)
{
    struct fixture *f = *state;
    char json[RECORD_TEXT_BYTES + 64];
    snprintf(json, sizeof json, "{\"message\":\"%0*d\"}", RECORD_TEXT_BYTES, 0);
    assert_int_equal(read_text(f, json), -1);
    assert_string_equal(f->error, "run record: message: is too long");
}

static void no_beginning_of_a_record_is_a_record(void **state)
{
    struct fixture *f = *state;
    struct record_bucket bucket = {100, 5};
    fill(&f->record);
    f->record.pauses[1] = (struct record_histogram){1, &bucket};
    size_t length = record_write(&f->record, f->line, sizeof f->line);
    for (size_t n = 0; n < length; n++) {
        assert_int_equal(record_read(f->line, n, &f->read, f->error, sizeof f->error), -1);
        assert_null(f->read.pauses[1].bucket);
    }
}

/* Read or refused, but never beyond its end, and never half. */
static void a_record_with_any_byte_changed_does_no_harm(void **state)
{
    static const char other[] = "\"[]{}:,\\-9e.\0";
    struct fixture *f = *state;
    struct record_bucket bucket = {100, 5};
    struct record_pause pause = {1, 2, 0};
    f->record.pause_count = 5;
    f->record.pauses[1] = (struct record_histogram){1, &bucket};
    f->record.longest = &pause;
    f->record.longest_count = 1;
    size_t length = record_write(&f->record, f->line, sizeof f->line), refused = 0;
    for (size_t at = 0; at < length; at++) {
        char kept = f->line[at];
        for (size_t k = 0; k < sizeof other - 1; k++) {
            f->line[at] = other[k];
            refused += record_read(f->line, length, &f->read, f->error, sizeof f->error) != 0;
            record_free(&f->read);
        }
        f->line[at] = kept;
    }
    assert_true(refused > length);
}

static void deeply_nested_json_is_refused(void **state)
{
    struct fixture *f = *state;
    memset(f->line, '[', sizeof f->line - 1);
    assert_int_equal(read_text(f, f->line), -1);
}

static void every_path_and_column_is_there_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < record_field_count; i++)
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(record_fields[i].path, record_fields[k].path);
            assert_string_not_equal(record_fields[i].member, record_fields[k].member);
        }
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, open_fixture, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(every_scalar_survives_the_way_to_json_and_back),
        WITH_FIXTURE(what_is_unknown_is_null_and_stays_unknown),
        WITH_FIXTURE(paths_become_nested_objects_and_arrays),
        WITH_FIXTURE(lists_and_parameters_survive),
        WITH_FIXTURE(latencies_and_utilization_survive),
        WITH_FIXTURE(quotes_controls_and_unicode_survive),
        WITH_FIXTURE(bytes_that_are_no_utf8_become_question_marks),
        WITH_FIXTURE(the_longest_text_fits),
        WITH_FIXTURE(doubles_keep_every_bit),
        WITH_FIXTURE(a_short_buffer_gets_what_fits_and_the_length_it_takes),
        WITH_FIXTURE(keys_that_are_not_known_are_ignored),
        WITH_FIXTURE(what_is_missing_stays_unknown),
        WITH_FIXTURE(json_that_is_no_record_is_refused),
        WITH_FIXTURE(a_list_may_be_as_long_as_a_worker_writes_it_and_no_longer),
        WITH_FIXTURE(a_text_that_is_too_long_is_refused),
        WITH_FIXTURE(no_beginning_of_a_record_is_a_record),
        WITH_FIXTURE(a_record_with_any_byte_changed_does_no_harm),
        WITH_FIXTURE(deeply_nested_json_is_refused),
        cmocka_unit_test(every_path_and_column_is_there_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
