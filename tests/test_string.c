/* test_string.c - strings: sizes, what is shared, interning, equality.
 *
 * Sizes are those of sys.getsizeof in CPython 3.11.
 */
#include <stdio.h>
#include <string.h>

#include "core/types/hash.h"
#include "core/types/intern.h"
#include "core/types/string.h"
#include "tests/heap_fixture.h"

static struct object *text(struct heap *h, const char *utf8)
{
    struct object *o = string_new(h, utf8, strlen(utf8));
    assert_non_null(o);
    return o;
}

static struct object *interned(struct heap *h, const char *utf8)
{
    struct object *o = intern(h, text(h, utf8));
    assert_non_null(o);
    return o;
}

static void drop_two(struct heap *h, struct object *a, struct object *b)
{
    object_drop(h, a);
    object_drop(h, b);
}

/* ---- Layout ---- */

static void a_string_is_as_wide_as_its_widest_character(void **state)
{
    struct heap *h = heap_under_test(state);
    static const struct {
        const char *utf8;
        size_t length, bytes;
    } rows[] = {
        {"", 0, 49},           {"a", 1, 50},           {"ab", 2, 51},      {"text with blanks", 16, 65},
        {"\u00e9", 1, 74},     {"\u00e9a", 2, 75},     {"\u20ac", 1, 76},  {"\u20aca", 2, 78},
        {"\U0001F600", 1, 80}, {"\U0001F600b", 2, 84}, {"a\uffff", 2, 78},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct object *o = text(h, rows[i].utf8);
        assert_int_equal(string_length(o), rows[i].length);
        assert_int_equal(object_bytes(o), rows[i].bytes);
        object_drop(h, o);
    }
    assert_int_equal(memory_blocks(&h->memory), 0);
}

static void a_string_may_hold_a_zero(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *a = string_new(h, "a\0b", 3), *b = string_new(h, "a\0c", 3);
    assert_int_equal(string_length(a), 3);
    assert_false(string_equal(a, b));
    drop_two(h, a, b);
}

static void bytes_that_are_no_utf_8_become_replacement_characters(void **state)
{
    struct heap *h = heap_under_test(state);
    static const struct {
        const char *bytes;
        const char *utf8;
    } rows[] = {
        {"a\x80z", "a\ufffdz"},         {"a\xc3", "a\ufffd"},
        {"a\xe2\x82", "a\ufffd\ufffd"}, {"a\xf0\x9f\x98z", "a\ufffd\ufffd\ufffdz"},
        {"a\xc0\xaf", "a\ufffd\ufffd"}, {"a\xff", "a\ufffd"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct object *a = text(h, rows[i].bytes), *b = text(h, rows[i].utf8);
        assert_true(string_equal(a, b));
        drop_two(h, a, b);
    }
}

/* ---- Sharing ---- */

static void the_empty_string_and_characters_up_to_ff_are_shared(void **state)
{
    struct heap *h = heap_under_test(state);
    static const char *const shared[] = {"", "a", "\x7f", "\xc2\x80", "\u00e9", "\u00ff"};
    for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
        struct object *a = text(h, shared[i]), *b = interned(h, shared[i]);
        assert_ptr_equal(a, b);
        assert_true(string_is_shared(a));
        drop_two(h, a, b);
    }
    assert_int_equal(memory_blocks(&h->memory), 0);
    struct object *a = text(h, "\u0100"), *b = text(h, "\u0100");
    assert_ptr_not_equal(a, b);
    assert_false(string_is_shared(a));
    drop_two(h, a, b);
}

static void a_string_is_new_each_time_unless_it_is_interned(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *a = text(h, "text"), *b = text(h, "text");
    assert_ptr_not_equal(a, b);
    assert_true(string_equal(a, b));
    a = intern(h, a);
    b = intern(h, b);
    assert_ptr_equal(a, b);
    assert_true(string_is_shared(a));
    assert_int_equal(a->refcount, 2);
    assert_int_equal(memory_blocks(&h->memory), 1);
    drop_two(h, a, b);
}

static void an_interned_string_leaves_with_its_last_reference(void **state)
{
    struct heap *h = heap_under_test(state);
    object_drop(h, interned(h, "text"));
    assert_int_equal(h->interned.used, 0);
    assert_int_equal(memory_blocks(&h->memory), 0);
    struct object *again = text(h, "text");
    assert_false(string_is_shared(again));
    object_drop(h, again);
}

enum { MANY = 500 };

static struct object *numbered(struct heap *h, int i)
{
    char name[16];
    snprintf(name, sizeof(name), "name %d", i);
    return interned(h, name);
}

static void any_of_many_interned_strings_may_leave(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *strings[MANY];
    for (int i = 0; i < MANY; i++)
        strings[i] = numbered(h, i);
    for (int i = 0; i < MANY; i += 3) {
        object_drop(h, strings[i]);
        if (i % 30 == 0)
            assert_sound(h);
    }
    for (int i = 0; i < MANY; i++) {
        if (i % 3 == 0)
            continue;
        struct object *same = numbered(h, i);
        assert_ptr_equal(same, strings[i]);
        drop_two(h, same, strings[i]);
    }
    assert_int_equal(h->interned.used, 0);
}

static void the_table_of_interned_strings_is_no_block_of_the_program(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *strings[MANY];
    for (int i = 0; i < MANY; i++)
        strings[i] = numbered(h, i);
    assert_int_equal(memory_blocks(&h->memory), MANY);
    for (int i = 0; i < MANY; i++)
        object_drop(h, strings[i]);
}

/* ---- Equality ---- */

static void strings_are_equal_by_their_characters(void **state)
{
    struct heap *h = heap_under_test(state);
    struct object *a = text(h, "spam and eggs"), *b = text(h, "spam and eggs"), *c = text(h, "spam and ham");
    intptr_t hash_a, hash_b;
    assert_true(object_equal(a, b));
    assert_false(object_equal(a, c));
    assert_true(object_hash(a, &hash_a) && object_hash(b, &hash_b));
    assert_int_equal(hash_a, hash_b);
    drop_two(h, a, b);
    object_drop(h, c);
}

/* ---- Memory ---- */

static bool strings_program(struct heap_fixture *f)
{
    struct heap *h = &f->heap;
    struct object *kept[100];
    int n = 0;
    for (; n < 100; n++) {
        char name[40];
        int length = snprintf(name, sizeof(name), n % 2 ? "text number %d" : "t\u20acxt number %d", n);
        struct object *s = string_new(h, name, (size_t)length);
        kept[n] = s ? intern(h, s) : NULL;
        if (!kept[n])
            break;
    }
    for (int i = 0; i < n; i++)
        object_drop(h, kept[i]);
    return n == 100;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        fail_each_allocation(strings_program, i & 1, i & 2, i & 1 ? 3 : 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        HEAP_TEST(a_string_is_as_wide_as_its_widest_character),
        HEAP_TEST(a_string_may_hold_a_zero),
        HEAP_TEST(bytes_that_are_no_utf_8_become_replacement_characters),
        HEAP_TEST(the_empty_string_and_characters_up_to_ff_are_shared),
        HEAP_TEST(a_string_is_new_each_time_unless_it_is_interned),
        HEAP_TEST(an_interned_string_leaves_with_its_last_reference),
        HEAP_TEST(any_of_many_interned_strings_may_leave),
        HEAP_TEST(the_table_of_interned_strings_is_no_block_of_the_program),
        HEAP_TEST(strings_are_equal_by_their_characters),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
