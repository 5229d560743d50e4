/* report_folder.h - what the suites of the report share: a folder of its own
 * for each test, and what its files hold.
 */
#ifndef GCSWEEP_TESTS_REPORT_FOLDER_H
#define GCSWEEP_TESTS_REPORT_FOLDER_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "harness/report/report.h"
#include "tests/command.h"
#include "tests/synthetic.h"

static char folder[64];

static inline int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/gcsweep-report-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < 100 && access(folder, F_OK) == 0; i++) { /* what a browser left behind may still write */
        folder_remove(strdup(folder));
        usleep(i > 0 ? 50000 : 0);
    }
    return access(folder, F_OK) == 0 ? -1 : 0;
}

/* The file's text, to be freed; NULL when there is none. */
static char *read_file(const char *directory, const char *name)
{
    char path[512];
    char *text = NULL;
    size_t size = 0;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *in = fopen(path, "r");
    if (in == NULL)
        return NULL;
    FILE *out = open_memstream(&text, &size);
    for (int c; (c = fgetc(in)) != EOF;)
        fputc(c, out);
    fclose(in);
    fclose(out);
    return text;
}

static inline void file_holds(const char *name, const char *part)
{
    char *text = read_file(folder, name);

    if (text == NULL || strstr(text, part) == NULL)
        fail_msg("%s does not hold '%s'", name, part);
    free(text);
}

static inline void file_lacks(const char *name, const char *part)
{
    char *text = read_file(folder, name);

    assert_non_null(text);
    if (strstr(text, part) != NULL)
        fail_msg("%s holds '%s'", name, part);
    free(text);
}

static inline struct report_outcome report_of(struct result_set *results, bool with_pictures)
{
    struct report_outcome outcome;
    struct summary summary;
    char error[600] = "";

    assert_int_equal(summarise(results, &summary), 0);
    const struct report_request request = {folder, "gcsweep sweep --like THIS --out NEW", with_pictures};
    if (report_write(&summary, &request, &outcome, error, sizeof error) != 0)
        fail_msg("%s", error);
    summary_free(&summary);
    return outcome;
}

static inline void need_gnuplot(void)
{
    if (access("/usr/bin/gnuplot", X_OK) != 0)
        skip();
}

static inline void add_fact(struct result_set *results, const char *name, const char *text)
{
    results->facts = realloc(results->facts, (results->fact_count + 1) * sizeof *results->facts);
    results->facts[results->fact_count++] = (struct result_fact){strdup(name), strdup(text)};
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* What hyperfine says of two settings of synthetic_bench. */
#define HYPERFINE_TIMES                                                                                  \
    "{\"results\":[{\"command\":\"gcbench scale=1 seed=1 model pymalloc cpython-3.11 700,10,10 plain\"," \
    "\"mean\":0.5,\"stddev\":0.01,\"median\":0.5,\"times\":[0.5,0.5],\"exit_codes\":[0,0]},"             \
    "{\"command\":\"gcbench scale=1 seed=1 model jemalloc cpython-3.11 2000,10,10 plain\","              \
    "\"mean\":0.4,\"stddev\":0.01,\"median\":0.4,\"times\":[0.4,0.4],\"exit_codes\":[0,0]}]}"

#endif
