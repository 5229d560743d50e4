/* test_exporters.c - what every row of exporters.def promises. */
#include "tests/export_fixture.h"

static bool is_named(const struct exporter *exporter, const char *end)
{
    return strcmp(exporter->extension, end) == 0;
}

static void is_json(const struct exporter *exporter, const char *text, size_t length)
{
    json_error_t error;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL)
        fail_msg("%s: %s: %.*s", exporter->name, error.text, (int)length, text);
    json_decref(json);
}

static void is_clean_text(const struct exporter *exporter, const char *text)
{
    json_t *utf8 = json_string(text);
    if (utf8 == NULL)
        fail_msg("%s: broken UTF-8", exporter->name);
    json_decref(utf8);
    for (const char *s = text; *s != '\0'; s++)
        if (((unsigned char)*s < ' ' && *s != '\n' && !(*s == '\r' && s[1] == '\n')) || *s == 0x7F)
            fail_msg("%s: control character %d", exporter->name, *s);
}

/* No number is NaN or infinite but for those that formats ask for. */
static void has_no_nan(const struct exporter *exporter, const char *text)
{
    static const char *const numbers[] = {" nan", " -nan", ",nan", " -inf", ":nan"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strstr(text, numbers[i]) != NULL)
            fail_msg("%s: '%s' in %s", exporter->name, numbers[i], text);
}

static void is_valid(const struct exporter *exporter, const char *text)
{
    if (is_named(exporter, "json")) {
        is_json(exporter, text, strlen(text));
    } else if (is_named(exporter, "jsonl")) {
        for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
            is_json(exporter, line, strcspn(line, "\n"));
    } else {
        is_clean_text(exporter, text);
        has_no_nan(exporter, text);
    }
    if (text[0] != '\0' && text[strlen(text) - 1] != '\n')
        fail_msg("%s: the last line has no end", exporter->name);
}

/* Every format of these results is valid, of all configurations together and of each alone. */
static void all_are_valid(const struct result_set *results)
{
    struct summary summary;
    struct export_source all, one;
    char error[512];

    assert_int_equal(summarise(results, &summary), 0);
    assert_int_equal(export_select(&summary, NULL, &all, error, sizeof error), 0);
    for (size_t i = 0; i < exporter_count; i++) {
        char *text = exported(exporters[i], &all);
        is_valid(exporters[i], text);
        free(text);
        for (size_t k = 0; k < all.configuration_count; k++) {
            assert_int_equal(export_one(&all, k, &one), 0);
            text = exported(exporters[i], &one);
            is_valid(exporters[i], text);
            free(text);
            export_source_free(&one);
        }
    }
    export_source_free(&all);
    summary_free(&summary);
}

static void every_format_says_who_reads_it_and_what_becomes_of_failed_runs(void **state)
{
    (void)state;
    assert_int_equal(exporter_count, 10);
    for (size_t i = 0; i < exporter_count; i++) {
        assert_true(strlen(exporters[i]->name) > 0 && strlen(exporters[i]->name) < 25);
        assert_true(strlen(exporters[i]->help) > 10 && strlen(exporters[i]->help) < 54);
        assert_true(strlen(exporters[i]->failed) > 3 && strlen(exporters[i]->failed) < 42);
        assert_true(strlen(exporters[i]->extension) > 0);
        assert_ptr_equal(find_exporter(exporters[i]->name), exporters[i]);
    }
    assert_null(find_exporter("xml"));
    assert_null(find_exporter(""));
}

static void a_sweep_is_valid_in_every_format(void **state)
{
    struct result_set results = export_results();
    (void)state;
    all_are_valid(&results);
    synthetic_free(&results);
}

static void an_empty_store_is_valid_in_every_format(void **state)
{
    struct result_set results = export_results();
    size_t count = results.run_count;
    (void)state;
    results.run_count = 0;
    all_are_valid(&results);
    results.run_count = count;
    synthetic_free(&results);
}

static void failed_runs_alone_are_valid_in_every_format(void **state)
{
    static const char *const statuses[] = {"crashed", "timeout", "out-of-memory", "failed", "no such status"};
    struct result_set results = export_results();
    (void)state;
    for (size_t i = 0; i < results.run_count; i++)
        export_fail(&results.runs[i], statuses[i % 5], "signal 11", 11);
    all_are_valid(&results);
    synthetic_free(&results);
}

static void records_that_know_nothing_are_valid_in_every_format(void **state)
{
    struct result_set results = export_results();
    (void)state;
    for (size_t i = 0; i < results.run_count; i++) {
        struct run_record *r = &results.runs[i], nothing;
        record_clear(&nothing);
        memcpy(nothing.configuration, r->configuration, sizeof nothing.configuration);
        memcpy(nothing.workload, r->workload, sizeof nothing.workload);
        strcpy(nothing.status, "ok");
        nothing.round = r->round;
        memcpy(nothing.pauses, r->pauses, sizeof nothing.pauses);
        nothing.samples = r->samples;
        *r = nothing;
    }
    all_are_valid(&results);
    synthetic_free(&results);
}

static void odd_names_are_valid_in_every_format(void **state)
{
    static const char *const names[] = {
        "a \"quoted\" 'name'",
        "line\nfeed\r\nand\ttab",
        "back\\slash\\",
        "na\xc3\xafve \xe2\x82\xac",
        "\xff\xfe broken",
        "\x1b[31mred\x7f",
        "=cmd|' /C calc'!A0",
        "100%/a=b,c:d",
        "{\"json\": [1]}",
        "",
        "# EOF",
        "\xc2\x85 next line",
        "\xe2\x80\xa8 separator",
    };
    (void)state;
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        struct result_set results = export_results();
        for (size_t i = 0; i < results.run_count; i++) {
            struct run_record *r = &results.runs[i];
            snprintf(r->workload, sizeof r->workload, "%s", names[n]);
            if (strcmp(r->allocator, "jemalloc") == 0)
                snprintf(r->allocator, sizeof r->allocator, "%s", names[n]);
            snprintf(r->configuration, sizeof r->configuration, "%.50s[%.40s=%.40s] scale=1 seed=1 model %.50s %.30s",
                     r->workload, names[n], names[n], r->allocator, r->tuning);
            snprintf(r->params[0].name, sizeof r->params[0].name, "%.40s", names[n]);
            snprintf(r->params[0].text, sizeof r->params[0].text, "%.40s", names[n]);
            snprintf(r->version_gcsweep, sizeof r->version_gcsweep, "%s", names[n]);
            snprintf(r->started, sizeof r->started, "%s", names[n]);
        }
        export_fail(&results.runs[0], "crashed", names[n], 11);
        all_are_valid(&results);
        synthetic_free(&results);
    }
}

static void the_same_results_give_the_same_bytes(void **state)
{
    struct result_set results = export_results(), again = export_results();
    (void)state;
    for (size_t i = 0; i < exporter_count; i++) {
        char *one = exported_whole(exporters[i], &results);
        char *other = exported_whole(exporters[i], &again);
        assert_string_equal(one, other);
        free(one);
        free(other);
    }
    synthetic_free(&results);
    synthetic_free(&again);
}

static void a_twin_is_in_csv_and_json_only(void **state)
{
    struct result_set results = export_results();
    (void)state;
    char *with[16], *without[16];
    assert_true(exporter_count < 16);
    for (size_t i = 0; i < exporter_count; i++)
        with[i] = exported_whole(exporters[i], &results);
    for (size_t i = 0; i < results.run_count; i++)
        if (results.runs[i].twin) { /* a twin with other figures changes what holds it, and nothing else */
            results.runs[i].wall_ns *= 2;
            results.runs[i].rss_peak_bytes *= 2;
        }
    for (size_t i = 0; i < exporter_count; i++) {
        bool holds = strcmp(exporters[i]->name, "csv") == 0 || strcmp(exporters[i]->name, "json") == 0;
        without[i] = exported_whole(exporters[i], &results);
        if ((strcmp(with[i], without[i]) != 0) != holds)
            fail_msg("%s: the twin is %s", exporters[i]->name, holds ? "missing" : "there");
        free(with[i]);
        free(without[i]);
    }
    synthetic_free(&results);
}

static void a_failed_run_is_a_time_in_no_format(void **state)
{
    struct result_set results = export_results();
    (void)state;
    export_fail(&results.runs[1], "timeout", "stopped", 9);
    results.runs[1].wall_ns = 987654321098; /* what a record of a failed run may still hold */
    for (size_t i = 0; i < exporter_count; i++) {
        bool holds = strcmp(exporters[i]->name, "csv") == 0 || strcmp(exporters[i]->name, "json") == 0;
        char *text = exported_whole(exporters[i], &results);
        if ((strstr(text, "987654321098") != NULL || strstr(text, "987.654321") != NULL) != holds)
            fail_msg("%s: the failed run's time is %s", exporters[i]->name, holds ? "missing" : "there");
        free(text);
    }
    synthetic_free(&results);
}

static void other_results_than_the_rest_give_no_time(void **state)
{
    struct result_set results = export_results();
    (void)state;
    for (size_t i = 0; i < results.run_count; i++)
        if (strcmp(results.runs[i].allocator, "jemalloc") == 0 && strcmp(results.runs[i].tuning, "disabled") == 0) {
            results.runs[i].checksum ^= 1;
            results.runs[i].wall_ns = 987654321098;
        }
    for (size_t i = 0; i < exporter_count; i++) {
        bool holds = strcmp(exporters[i]->name, "csv") == 0 || strcmp(exporters[i]->name, "json") == 0;
        char *text = exported_whole(exporters[i], &results);
        if ((strstr(text, "987654321098") != NULL || strstr(text, "987.654321") != NULL) != holds)
            fail_msg("%s: the time of other work is %s", exporters[i]->name, holds ? "missing" : "there");
        free(text);
    }
    synthetic_free(&results);
}

static void a_write_that_fails_shows(void **state)
{
    struct result_set results = export_results();
    struct summary summary;
    struct export_source source;
    char error[512];
    (void)state;
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(export_select(&summary, NULL, &source, error, sizeof error), 0);
    for (size_t i = 0; i < exporter_count; i++) {
        FILE *full = fopen("/dev/full", "w");
        assert_non_null(full);
        int status = exporters[i]->write(&source, full);
        if (status != 0 || (fflush(full) == 0 && !ferror(full)))
            fail_msg("%s: status %d, and no error of the file", exporters[i]->name, status);
        fclose(full);
    }
    export_source_free(&source);
    summary_free(&summary);
    synthetic_free(&results);
}

/* ---- Memory that runs out in jansson ---- */

static size_t allocations_left;

static void *allocate_while_some_are_left(size_t size)
{
    if (allocations_left == 0)
        return NULL;
    allocations_left--;
    return malloc(size);
}

static void every_allocation_of_json_gets_to_fail(void **state)
{
    struct result_set results = export_results();
    struct summary summary;
    struct export_source source;
    char error[512];
    (void)state;
    export_fail(&results.runs[1], "timeout", "stopped", 9);
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(export_select(&summary, "disabled", &source, error, sizeof error), 0);
    json_set_alloc_funcs(allocate_while_some_are_left, free);
    for (size_t i = 0; i < exporter_count; i++) {
        int status = -1;
        for (size_t n = 0; status != 0 && is_named(exporters[i], "json"); n += n < 200 ? 1 : 17) {
            FILE *f = fopen("/dev/null", "w");
            allocations_left = n;
            status = exporters[i]->write(&source, f);
            if (n < 3)
                assert_int_equal(status, -1);
            assert_true(n < 100000);
            fclose(f);
        }
    }
    json_set_alloc_funcs(malloc, free);
    export_source_free(&source);
    summary_free(&summary);
    synthetic_free(&results);
}

/* ---- The choice of configurations ---- */

/* How many; 0 with an error. */
static size_t selected(const struct summary *summary, const char *words)
{
    struct export_source source;
    char error[512] = "";
    if (export_select(summary, words, &source, error, sizeof error) != 0) {
        assert_true(strlen(error) > 0);
        return 0;
    }
    size_t count = source.configuration_count;
    export_source_free(&source);
    return count;
}

static void configurations_are_chosen_by_all_their_words(void **state)
{
    struct result_set results = export_results();
    struct summary summary;
    (void)state;
    for (size_t i = 0; i < results.run_count; i++) {
        struct run_record *r = &results.runs[i];
        snprintf(r->configuration, sizeof r->configuration, "gcbench[depth=16] scale=1 seed=1 model %.40s %.40s",
                 r->allocator, r->tuning);
    }
    assert_int_equal(summarise(&results, &summary), 0);
    assert_int_equal(selected(&summary, NULL), 4);
    assert_int_equal(selected(&summary, "pymalloc"), 2);
    assert_int_equal(selected(&summary, "700,10,10  pymalloc"), 1);
    assert_int_equal(selected(&summary, "gcbench disabled"), 2);
    assert_int_equal(selected(&summary, "depth=16"), 4);
    assert_int_equal(selected(&summary, "gcbench[depth=16] scale=1 seed=1 model pymalloc disabled"), 1);
    assert_int_equal(selected(&summary, "pymallo"), 0);
    assert_int_equal(selected(&summary, "pymalloc jemalloc"), 0);
    assert_int_equal(selected(&summary, "pymalloc twin"), 0);
    summary_free(&summary);
    synthetic_free(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_says_who_reads_it_and_what_becomes_of_failed_runs),
        cmocka_unit_test(a_sweep_is_valid_in_every_format),
        cmocka_unit_test(an_empty_store_is_valid_in_every_format),
        cmocka_unit_test(failed_runs_alone_are_valid_in_every_format),
        cmocka_unit_test(records_that_know_nothing_are_valid_in_every_format),
        cmocka_unit_test(odd_names_are_valid_in_every_format),
        cmocka_unit_test(the_same_results_give_the_same_bytes),
        cmocka_unit_test(a_twin_is_in_csv_and_json_only),
        cmocka_unit_test(a_failed_run_is_a_time_in_no_format),
        cmocka_unit_test(other_results_than_the_rest_give_no_time),
        cmocka_unit_test(a_write_that_fails_shows),
        cmocka_unit_test(every_allocation_of_json_gets_to_fail),
        cmocka_unit_test(configurations_are_chosen_by_all_their_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
