/* test_fuzz.c - the inputs kept in fuzz/corpus, replayed: what the targets were
 * begun with, and each that once found something. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz/target.h"

enum { INPUT_BYTES_MOST = 1 << 20, SECONDS_MOST = 60, PATTERN_BYTES = 128 };

struct target {
    const char *name;
    fuzz_target *run;
    size_t most_bytes;
};

static size_t read_input(const char *path, uint8_t *bytes)
{
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    size_t count = fread(bytes, 1, INPUT_BYTES_MOST, file);
    fclose(file);
    return count;
}

/* From a copy that ends where it ends, so that a step beyond is seen. */
static void run_input(const struct target *t, const char *path)
{
    uint8_t *all = malloc(INPUT_BYTES_MOST);
    size_t count = read_input(path, all);
    if (count > t->most_bytes)
        exit(EXIT_FAILURE); /* make fuzz would cut it */
    uint8_t *bytes = realloc(all, count + (count == 0));

    t->run(bytes, count);
    free(bytes);
}

/* In a process of its own: a crash, an abort or a hang costs one input. */
static void replay(const struct target *t, const char *path)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();

    if (child == 0) {
        alarm(SECONDS_MOST);
        run_input(t, path);
        exit(EXIT_SUCCESS);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s: %s %d", path, WIFSIGNALED(status) ? "signal" : "exit status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void every_input_that_is_kept_of_a_target_holds(void **state)
{
    const struct target *t = *state;
    char pattern[PATTERN_BYTES];
    glob_t found;

    snprintf(pattern, sizeof pattern, "fuzz/corpus/%s/*", t->name);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        replay(t, found.gl_pathv[i]);
    globfree(&found);
}

static void an_empty_input_and_each_single_byte_holds(void **state)
{
    const struct target *t = *state;
    int status = 0;
    fflush(NULL);
    pid_t child = fork();

    if (child == 0) {
        alarm(SECONDS_MOST);
        t->run((const uint8_t *)"", 0);
        for (unsigned byte = 0; byte < 256; byte += 5)
            t->run(&(uint8_t){(uint8_t)byte}, 1);
        exit(EXIT_SUCCESS);
    }
    assert_true(child > 0 && waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
}

static struct target targets[] = {
#define FUZZ_TARGET(name_, most_bytes_) {#name_, fuzz_##name_, most_bytes_},
#include "fuzz/targets.def"
#undef FUZZ_TARGET
};
enum { TARGETS = sizeof targets / sizeof *targets };

int main(void)
{
    struct CMUnitTest tests[2 * TARGETS];
    static char names[2 * TARGETS][PATTERN_BYTES];

    for (size_t i = 0; i < TARGETS; i++) {
        snprintf(names[2 * i], PATTERN_BYTES, "every_input_that_is_kept_of_%s_holds", targets[i].name);
        tests[2 * i] =
            (struct CMUnitTest){names[2 * i], every_input_that_is_kept_of_a_target_holds, NULL, NULL, &targets[i]};
        snprintf(names[2 * i + 1], PATTERN_BYTES, "an_empty_input_and_single_bytes_to_%s_hold", targets[i].name);
        tests[2 * i + 1] =
            (struct CMUnitTest){names[2 * i + 1], an_empty_input_and_each_single_byte_holds, NULL, NULL, &targets[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
