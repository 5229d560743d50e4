/* test_examples.c - each script in examples/ prints the same on the model and
 * on the real CPython: what tests/data/examples/ says, as the real one gave it.
 *
 * One test an example, found by listing the folder. An example is a lesson: a
 * comment at its top says what to see, and `print blocks` ends it, so that
 * memory that one runtime keeps and the other does not is seen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/command.h"

#define EXAMPLES "examples"
#define EXPECTED "tests/data/examples"

enum { EXAMPLES_LEAST = 32, EXAMPLES_MOST = 256, FILE_TEXT = 65536 };

/* The names of all FOLDER/NAME.ENDING, sorted, without the ending. */
struct names {
    char *name[EXAMPLES_MOST];
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_names(struct names *names, const char *folder, const char *ending)
{
    names->count = 0;
    DIR *open = opendir(folder);
    struct dirent *entry;
    while (open && (entry = readdir(open)) && names->count < EXAMPLES_MOST) {
        size_t length = strlen(entry->d_name), tail = strlen(ending);
        if (length > tail && strcmp(entry->d_name + length - tail, ending) == 0)
            names->name[names->count++] = strndup(entry->d_name, length - tail);
    }
    if (open)
        closedir(open);
    qsort(names->name, names->count, sizeof names->name[0], by_name);
}

static void forget_names(struct names *names)
{
    while (names->count > 0)
        free(names->name[--names->count]);
}

static void read_text(char text[FILE_TEXT], const char *folder, const char *name, const char *ending)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is not there", path);
    size_t n = fread(text, 1, FILE_TEXT, file);
    fclose(file);
    assert_true(n < FILE_TEXT);
    text[n] = '\0';
}

static void run_on(const char *runtime, const char *name, const char *expected)
{
    static struct command c;
    char path[PATH_MAX];
    snprintf(path, sizeof path, EXAMPLES "/%s.heap", name);
    GCSWEEP(&c, "script", path, "--runtime", runtime);
    if (c.status != 0)
        fail_msg("%s on the %s runtime: exit status %d: %s", path, runtime, c.status, c.error);
    assert_string_equal(c.error, "");
    assert_string_equal(c.out, expected);
}

static void prints_what_is_written_on_both_runtimes(void **state)
{
    static char expected[FILE_TEXT];
    read_text(expected, EXPECTED, *state, ".out");
    run_on("model", *state, expected);
#ifndef GCSWEEP_SANITIZED
    if (access(built("gcsweep-worker-cpython"), X_OK) == 0)
        run_on("cpython", *state, expected);
#endif
}

static void there_are_enough_examples_and_an_output_for_each(void **state)
{
    (void)state;
    struct names scripts, outputs;
    list_names(&scripts, EXAMPLES, ".heap");
    list_names(&outputs, EXPECTED, ".out");
    assert_in_range(scripts.count, EXAMPLES_LEAST, EXAMPLES_MOST - 1);
    assert_int_equal(scripts.count, outputs.count);
    for (size_t i = 0; i < scripts.count; i++)
        assert_string_equal(scripts.name[i], outputs.name[i]);
    forget_names(&scripts);
    forget_names(&outputs);
}

/* Two lines of comment at least, and no line too wide to read. */
static void assert_is_a_lesson(const char *name, const char *text)
{
    static const char last[] = "\nprint blocks\n";
    const char *second = strchr(text, '\n');
    if (strncmp(text, "# ", 2) != 0 || !second || strncmp(second, "\n# ", 3) != 0)
        fail_msg("%s does not begin with a comment that says what to see", name);
    size_t length = strlen(text);
    if (length < sizeof last || strcmp(text + length - strlen(last), last) != 0)
        fail_msg("%s does not end with `print blocks`", name);
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        if (strcspn(line, "\n") > 100)
            fail_msg("%s has a line of more than 100 characters", name);
}

static void each_example_begins_with_a_comment_and_ends_with_its_blocks(void **state)
{
    (void)state;
    static char text[FILE_TEXT];
    struct names scripts;
    list_names(&scripts, EXAMPLES, ".heap");
    for (size_t i = 0; i < scripts.count; i++) {
        read_text(text, EXAMPLES, scripts.name[i], ".heap");
        assert_is_a_lesson(scripts.name[i], text);
    }
    forget_names(&scripts);
}

int main(void)
{
    static struct names scripts;
    static struct CMUnitTest tests[EXAMPLES_MOST + 2] = {
        cmocka_unit_test(there_are_enough_examples_and_an_output_for_each),
        cmocka_unit_test(each_example_begins_with_a_comment_and_ends_with_its_blocks),
    };
    list_names(&scripts, EXAMPLES, ".heap");
    for (size_t i = 0; i < scripts.count; i++)
        tests[i + 2] = (struct CMUnitTest){
            .name = scripts.name[i],
            .test_func = prints_what_is_written_on_both_runtimes,
            .initial_state = scripts.name[i],
        };
    int failed = _cmocka_run_group_tests("examples", tests, scripts.count + 2, NULL, NULL);
    forget_names(&scripts);
    return failed;
}
