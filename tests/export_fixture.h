/* export_fixture.h - what the suites of the exporters share: made-up results, and an export as a text.
 */
#ifndef GCSWEEP_TESTS_EXPORT_FIXTURE_H
#define GCSWEEP_TESTS_EXPORT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>

#include "harness/exporters/exporter.h"
#include "tests/synthetic.h"

static const char *const export_workloads[] = {"gcbench", NULL};
static const char *const export_allocators[] = {"pymalloc", "jemalloc", NULL};
static const char *const export_tunings[] = {"700,10,10", "disabled", NULL};

/* Four configurations of eight rounds, and the twin of the first. */
static const struct synthetic export_sweep = {
    export_workloads, synthetic_runtimes, export_allocators, export_tunings, 8, true};

static inline struct result_set export_results(void)
{
    struct result_set results = synthetic_results(&export_sweep);
    free(results.environment);
    results.environment = strdup("{\"cpu\": {\"cores\": 2, \"governor\": \"powersave\"}}");
    for (size_t i = 0; i < results.run_count; i++) {
        struct run_record *r = &results.runs[i];
        r->user_ns = r->wall_ns / 2;
        r->system_ns = r->wall_ns / 8;
        r->process_ns = r->wall_ns + 1000000;
        r->release_count = r->release_total_ns = 0;
        r->gen0_gc_ns = r->gen1_gc_ns = 0;
        r->gen2_gc_ns = r->gc_ns;
        r->exit_signal = RECORD_UNKNOWN_SIGNED;
        strcpy(r->params[0].name, "depth");
        strcpy(r->params[0].text, "16");
    }
    return results;
}

static inline void export_fail(struct run_record *r, const char *status, const char *message, int64_t signal)
{
    synthetic_fail(r, status, message);
    r->exit_signal = signal;
    r->exit_code = signal > 0 ? RECORD_UNKNOWN_SIGNED : 1;
}

/* What `exporter` makes of it; to be freed. */
static inline char *exported(const struct exporter *exporter, const struct export_source *source)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);

    assert_non_null(f);
    assert_int_equal(exporter->write(source, f), 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(strlen(text), size);
    return text;
}

/* The same of all configurations. */
static inline char *exported_whole(const struct exporter *exporter, const struct result_set *results)
{
    struct summary summary;
    struct export_source source;
    char error[512];

    assert_int_equal(summarise(results, &summary), 0);
    assert_int_equal(export_select(&summary, NULL, &source, error, sizeof error), 0);
    char *text = exported(exporter, &source);
    export_source_free(&source);
    summary_free(&summary);
    return text;
}

static inline char *export_text_of(const char *format, const struct result_set *results)
{
    const struct exporter *exporter = find_exporter(format);
    assert_non_null(exporter);
    return exported_whole(exporter, results);
}

static inline json_t *export_json_of(const char *format, const struct result_set *results)
{
    json_error_t error;
    char *text = export_text_of(format, results);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL)
        fail_msg("%s: %s in %s", format, error.text, text);
    free(text);
    return json;
}

#endif
