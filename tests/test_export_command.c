/* test_export_command.c - gcsweep export as its users type it. */
#include "tests/command.h"
#include "tests/export_fixture.h"

static char *folder;
static struct command c;

/* Puts made-up results into the test's folder. */
static int set_up(void **state)
{
    struct result_set results = export_results();
    struct store *store;
    char error[512];
    (void)state;
    folder = folder_make();
    export_fail(&results.runs[0], "crashed", "signal 11", 11);
    int status = store_create(folder, "{}", results.environment, &store, error, sizeof error);
    for (size_t i = 0; status == 0 && i < results.run_count; i++)
        status = store_add_run(store, &results.runs[i], error, sizeof error);
    synthetic_free(&results);
    return status == 0 ? store_close(store, error, sizeof error) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    folder_remove(folder);
    return 0;
}

static void refused(const char *part)
{
    if (c.status != 2 || strstr(c.error, part) == NULL || line_count(c.error) != 1 || c.out[0] != '\0')
        fail_msg("exit %d, not '%s': %s%s", c.status, part, c.error, c.out);
}

static void every_format_is_written_and_told_of_in_help(void **state)
{
    (void)state;
    GCSWEEP(&c, "export", "--help");
    assert_int_equal(c.status, 0);
    for (size_t i = 0; i < exporter_count; i++) {
        char path[256];
        struct stat info;
        assert_non_null(strstr(c.out, exporters[i]->name));
        assert_non_null(strstr(c.out, exporters[i]->help));
        snprintf(path, sizeof path, "%s/out.%s", folder, exporters[i]->name);
        static struct command export;
        GCSWEEP(&export, "export", folder, "--format", exporters[i]->name, "--out", path);
        assert_int_equal(export.status, 0);
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(S_ISDIR(info.st_mode) != 0, exporters[i]->one_each);
        assert_non_null(strstr(export.error, "1 of 32 runs failed"));
        assert_non_null(strstr(export.error, exporters[i]->failed));
        assert_string_equal(export.out, "");
    }
    for (const char *line = c.out; *line != '\0'; line = strchr(line, '\n') + 1)
        assert_true(strcspn(line, "\n") < 80);
}

static void standard_output_gets_what_a_file_gets(void **state)
{
    static char text[COMMAND_TEXT];
    (void)state;
    GCSWEEP(&c, "export", folder, "--format", "hyperfine");
    assert_int_equal(c.status, 0);
    const char *path = in_folder(folder, "file.json");
    static struct command file;
    GCSWEEP(&file, "export", folder, "--format=hyperfine", "--out", path);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    assert_string_equal(c.out, text);
}

static void hgrm_is_a_folder_of_configurations_or_one_of_them(void **state)
{
    (void)state;
    GCSWEEP(&c, "export", folder, "--format", "hgrm");
    refused("hgrm holds one configuration and there are 4: choose one with --configuration, or name a folder");
    GCSWEEP(&c, "export", folder, "--format", "hgrm", "--configuration", "jemalloc 700,10,10");
    assert_int_equal(c.status, 0);
    assert_non_null(strstr(c.out, "1/(1-Percentile)"));
    assert_non_null(strstr(c.out, "8 runs, 0 left out"));
    char out[256];
    snprintf(out, sizeof out, "%s/pauses", folder);
    GCSWEEP(&c, "export", folder, "--format", "hgrm", "--out", out);
    assert_int_equal(c.status, 0);
    assert_int_equal(access(in_folder(out, "004-gcbench_scale=1_seed=1_runtime=model_allocator=jemalloc_"
                                           "collector=cpython-3.11_tuning=disabled_refcount=plain.hgrm"),
                            R_OK),
                     0);
    GCSWEEP(&c, "export", folder, "--format", "hgrm", "--out", out);
    refused("is there already");
}

static void what_is_there_is_not_replaced(void **state)
{
    struct stat before, after;
    (void)state;
    const char *path = in_folder(folder, STORE_FILE);
    assert_int_equal(stat(path, &before), 0);
    GCSWEEP(&c, "export", folder, "--format", "csv", "--out", path);
    refused("results.sqlite: is there already; --out writes a new file");
    assert_int_equal(stat(path, &after), 0);
    assert_int_equal(before.st_size, after.st_size);
    GCSWEEP(&c, "export", folder, "--format", "csv", "--out", folder);
    refused("is a folder; --out names a file");
    GCSWEEP(&c, "export", folder, "--format", "csv", "--out", in_folder(folder, "no/such/file"));
    refused("cannot write");
}

static void bad_input_is_refused_in_one_line(void **state)
{
    (void)state;
    GCSWEEP(&c, "export", folder);
    refused("which --format? There are: hyperfine, google-benchmark, pyperf,");
    GCSWEEP(&c, "export", folder, "--format", "xml");
    refused("unknown format 'xml'; known: hyperfine,");
    GCSWEEP(&c, "export", folder, "--format", "\x1b[31m\n");
    refused("unknown format '?[31m?'; known: hyperfine,");
    GCSWEEP(&c, "export", "--format", "csv");
    refused("which results? Name the folder that a sweep wrote with --out");
    GCSWEEP(&c, "export", folder, folder, "--format", "csv");
    refused("one results folder at a time");
    GCSWEEP(&c, "export", "", "--format", "csv");
    refused("is empty");
    GCSWEEP(&c, "export", folder, "--format", "csv", "--out", "");
    refused("is empty");
    GCSWEEP(&c, "export", in_folder(folder, "none"), "--format", "csv");
    refused("none");
    GCSWEEP(&c, "export", folder, "--format", "csv", "--configuration", "mimalloc");
    refused("has 'mimalloc'; there is");
}

static void a_full_disk_is_told_of(void **state)
{
    (void)state;
    const char *const words[] = {"-c", "\"$0\" export \"$1\" --format csv >/dev/full", built("gcsweep"), folder, NULL};
    command_run(&c, "/bin/sh", words);
    assert_int_equal(c.status, 1);
    assert_non_null(strstr(c.error, "standard output: No space left on device"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_format_is_written_and_told_of_in_help),
        TEST(standard_output_gets_what_a_file_gets),
        TEST(hgrm_is_a_folder_of_configurations_or_one_of_them),
        TEST(what_is_there_is_not_replaced),
        TEST(bad_input_is_refused_in_one_line),
        TEST(a_full_disk_is_told_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
