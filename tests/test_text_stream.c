/* A text of any length from a stream, and one that finds no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/resource.h>

#include "harness/record/json_text.h"
#include "harness/sweep/json_build.h"
#include "harness/sweep/text_stream.h"

static void a_text_of_any_length_comes_back_as_it_was_written(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 1, 254, 255, 256, 257, 100000};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct text_stream t;
        FILE *f = text_stream_open(&t);
        assert_non_null(f);
        for (size_t k = 0; k < lengths[i]; k++)
            fputc("0123456789"[k % 10], f);
        char *text = text_stream_close(&t);
        assert_non_null(text);
        assert_int_equal(t.length, lengths[i]);
        assert_int_equal(strlen(text), lengths[i]);
        for (size_t k = 0; k < lengths[i]; k++)
            assert_int_equal(text[k], "0123456789"[k % 10]);
        free(text);
    }
}

/* One part finds no memory, and what is written after it would. */
static void a_text_of_which_a_part_found_no_memory_is_none(void **state)
{
    (void)state;
#ifdef GCSWEEP_SANITIZED
    skip(); /* a sanitizer's shadow is larger than any limit, and it ends a program without memory */
#endif
    enum { PART = 1 << 20, PARTS = 256 };
    static char part[PART];
    struct rlimit before, little;
    struct text_stream t;
    FILE *f = text_stream_open(&t);
    assert_non_null(f);
    memset(part, 'x', sizeof part);
    assert_int_equal(getrlimit(RLIMIT_DATA, &before), 0);
    little = before;
    little.rlim_cur = 64 << 20;
    assert_int_equal(setrlimit(RLIMIT_DATA, &little), 0);
    size_t written = 0;
    for (int i = 0; i < PARTS; i++)
        written += fwrite(part, 1, PART, f) == PART;
    assert_int_equal(setrlimit(RLIMIT_DATA, &before), 0);
    assert_true(written < PARTS);
    fputs("and on", f);
    assert_null(text_stream_close(&t));
}

static void json_is_read_and_written_whole(void **state)
{
    (void)state;
    static const char text[] = "{\"name\":[1,2.5,\"three\",null]}";
    json_error_t why;
    bool full = true;
    json_t *value = json_of_text(text, &full);
    assert_non_null(value);
    assert_false(full);
    char *again = json_to_text(value, JSON_COMPACT | JSON_REAL_PRECISION(6));
    assert_string_equal(again, text);
    free(again);
    json_decref(value);
    assert_null(json_of_text("{\"name\":", &full));
    assert_false(full);
    assert_null(json_of_text(NULL, &full));
    assert_false(full);
    assert_null(json_text_read("[1", 2, 0, &why));
    assert_true(why.text[0] != '\0');
    assert_null(json_to_text(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_of_any_length_comes_back_as_it_was_written),
        cmocka_unit_test(a_text_of_which_a_part_found_no_memory_is_none),
        cmocka_unit_test(json_is_read_and_written_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
