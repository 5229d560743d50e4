/* test_pool_streams.c - the streams of requests that compare two pool
 * allocators: what they do, and that an allocator with a wrong rule is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "harness/analysis/pool_difference.h"
#include "harness/worker/pool/session.h"
#include "harness/worker/pool/streams.h"

/* How the server under test is made to differ from the model. */
struct wrong {
    const struct pool_geometry *geometry;
    void (*spoil)(struct pool_server *server, struct arena_source *arenas);
};

static struct pool_server right; /* what a spoiled server is made of */

/* The readings of one stream; malloc'd. */
static char *read_stream(const char *name, uint64_t seed, const struct wrong *wrong)
{
    char error[200], *lines = NULL;
    size_t size;
    FILE *out = open_memstream(&lines, &size);
    const struct pool_stream *stream = find_pool_stream(name);
    struct pool_session *session = malloc(sizeof *session);
    struct arena_region region;
    struct pool_server server;
    assert_non_null(stream);
    assert_non_null(session);
    assert_int_equal(arena_region_open(&region, stream->arenas), 0);
    struct arena_source arenas = arena_region_source(&region);
    if (wrong && wrong->spoil)
        wrong->spoil(NULL, &arenas);
    assert_int_equal(pool_server_open(&server, wrong ? wrong->geometry : NULL, &arenas, error, sizeof error), 0);
    right = server;
    if (wrong && wrong->spoil)
        wrong->spoil(&server, NULL);
    assert_int_equal(pool_session_run(session, &server, &region, stream, seed, out), 0);
    fclose(out);
    arena_region_close(&region);
    free(session);
    return lines;
}

static uint64_t last_number(const char *lines, const char *name)
{
    char text[32];
    pool_last_value(lines, name, text, sizeof text);
    assert_string_not_equal(text, "?");
    return strtoull(text, NULL, 10);
}

/* ---- The streams ---- */

static void each_stream_makes_its_requests_and_gives_all_back_undamaged(void **state)
{
    (void)state;
    assert_true(pool_stream_count >= 8);
    for (size_t i = 0; i < pool_stream_count; i++) {
        char *lines = read_stream(pool_streams[i].name, 1, NULL);
        assert_true(last_number(lines, "request") >= pool_streams[i].requests);
        assert_true(pool_streams[i].requests >= 100000);
        assert_int_equal(last_number(lines, "blocks"), 0);
        assert_int_equal(last_number(lines, "damaged"), 0);
        assert_int_equal(last_number(lines, "pools_used"), 0);
        assert_int_equal(last_number(lines, "bytes_alignment"), 0);
        free(lines);
    }
}

static void the_same_seed_gives_the_same_readings_and_another_one_others(void **state)
{
    (void)state;
    char text[100];
    char *a = read_stream("phases", 1, NULL), *b = read_stream("phases", 1, NULL), *c = read_stream("phases", 2, NULL);
    assert_string_equal(a, b);
    assert_int_not_equal(find_pool_differences(a, c, text, sizeof text).different, 0);
    free(a);
    free(b);
    free(c);
}

static void ramps_double_the_table_of_arenas(void **state)
{
    (void)state;
    char *lines = read_stream("ramps", 1, NULL);
    assert_true(last_number(lines, "arenas_highwater") > 2 * POOL_FIRST_ARENAS);
    free(lines);
}

static void arenas_are_given_back_in_the_streams_that_order_them(void **state)
{
    (void)state;
    static const char *const names[] = {"lifo", "ramps", "fragmentation", "arena-order"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *lines = read_stream(names[i], 1, NULL);
        assert_true(last_number(lines, "arenas_allocated") > last_number(lines, "arenas_highwater"));
        free(lines);
    }
}

static void exhaustion_is_served_by_malloc_when_no_arena_is_left(void **state)
{
    (void)state;
    char *lines = read_stream("exhaustion", 1, NULL);
    assert_int_equal(last_number(lines, "arenas_highwater"), 3);
    assert_non_null(strstr(lines, " pools_unused=0 "));
    free(lines);
}

/* ---- Wrong rules ---- */

static void assert_found(const char *stream, const struct wrong *wrong, const char *named)
{
    char text[2000];
    char *as_it_is = read_stream(stream, 1, NULL), *spoiled = read_stream(stream, 1, wrong);
    struct pool_agreement found = find_pool_differences(as_it_is, spoiled, text, sizeof text);
    assert_int_not_equal(found.different, 0);
    if (!strstr(text, named))
        fail_msg("'%s' is not named in: %s", named, text);
    free(as_it_is);
    free(spoiled);
}

static void another_geometry_is_found_in_each_stream(void **state)
{
    (void)state;
    const struct wrong wrong = {.geometry = &pool_geometry_3_9};
    for (size_t i = 0; i < pool_stream_count; i++)
        assert_found(pool_streams[i].name, &wrong, "pools_used ");
}

static void *take_second_slot(void *context, size_t bytes)
{
    struct arena_region *region = context;
    const struct arena_source source = arena_region_source(region);
    void *lowest = source.map(region, bytes), *second = source.map(region, bytes);
    if (lowest && second)
        source.unmap(region, lowest, bytes);
    return second ? second : lowest;
}

static void spoil_places(struct pool_server *server, struct arena_source *arenas)
{
    (void)server;
    if (arenas)
        arenas->map = take_second_slot;
}

static void blocks_in_other_places_are_found_where_every_counter_agrees(void **state)
{
    (void)state;
    char text[500];
    const struct wrong wrong = {.spoil = spoil_places};
    char *a = read_stream("lifo", 1, NULL), *b = read_stream("lifo", 1, &wrong);
    struct pool_agreement found = find_pool_differences(a, b, text, sizeof text);
    assert_int_equal(found.different, 1);
    assert_non_null(strstr(text, "at request=10000: places "));
    free(a);
    free(b);
}

static void *always_move(void *context, void *block, size_t bytes)
{
    struct memory *mem = context;
    if (!block || !pool_owns(&mem->pool, block))
        return right.resize(context, block, bytes);
    size_t held = pool_block_bytes(&mem->pool, block);
    void *moved = right.alloc(context, bytes);
    memcpy(moved, block, held < bytes ? held : bytes);
    right.release(context, block);
    return moved;
}

static void spoil_resize(struct pool_server *server, struct arena_source *arenas)
{
    (void)arenas;
    if (server)
        server->resize = always_move;
}

static void a_resize_that_never_stays_in_place_is_found(void **state)
{
    (void)state;
    const struct wrong wrong = {.spoil = spoil_resize};
    assert_found("realloc-down", &wrong, "bytes_in_blocks ");
    assert_found("realloc-up", &wrong, "places ");
}

static void *one_byte_for_none(void *context, size_t bytes)
{
    return right.alloc(context, bytes ? bytes : 1);
}

static void spoil_none(struct pool_server *server, struct arena_source *arenas)
{
    (void)arenas;
    if (server)
        server->alloc = one_byte_for_none;
}

static void a_request_of_no_bytes_that_a_pool_serves_is_found(void **state)
{
    (void)state;
    const struct wrong wrong = {.spoil = spoil_none};
    assert_found("size-mix", &wrong, "16.in_use ");
}

static void *resize_without_copy(void *context, void *block, size_t bytes)
{
    void *other = right.alloc(context, bytes);
    if (block)
        right.release(context, block);
    if (bytes)
        *(unsigned char *)other = 0;
    return other;
}

static void spoil_content(struct pool_server *server, struct arena_source *arenas)
{
    (void)arenas;
    if (server)
        server->resize = resize_without_copy;
}

static void content_that_is_lost_is_counted(void **state)
{
    (void)state;
    const struct wrong wrong = {.spoil = spoil_content};
    char *lines = read_stream("realloc-up", 1, &wrong);
    assert_true(last_number(lines, "damaged") > 0);
    free(lines);
}

/* ---- What counts as a difference ---- */

static struct pool_agreement compare(const char *a, const char *b, char text[100])
{
    return find_pool_differences(a, b, text, 100);
}

static void equal_readings_are_counted_and_do_not_differ(void **state)
{
    (void)state;
    char text[100];
    struct pool_agreement found = compare("request=1 x=2\nrequest=2 x=3\n", "request=1 x=2\nrequest=2 x=3\n", text);
    assert_int_equal(found.readings, 2);
    assert_int_equal(found.different, 0);
    assert_string_equal(text, "");
}

static void the_first_reading_that_differs_is_named_with_both_values(void **state)
{
    (void)state;
    char text[100];
    struct pool_agreement found =
        compare("request=1 x=2 y=3\nrequest=2 x=3 y=4\n", "request=1 x=2 y=3\nrequest=2 x=5 y=6\n", text);
    assert_int_equal(found.readings, 2);
    assert_int_equal(found.different, 2);
    assert_string_equal(text, "at request=2: x 3 against 5, y 4 against 6");
}

static void a_reading_or_a_counter_that_one_side_lacks_is_a_difference(void **state)
{
    (void)state;
    char text[100];
    assert_int_equal(compare("request=1 x=2\n", "request=1 x=2\nrequest=2 x=2\n", text).different, 1);
    assert_string_equal(text, "the first has no reading after 1");
    assert_int_equal(compare("request=1 x=2\n", "", text).different, 1);
    assert_string_equal(text, "the second has no reading after 0");
    assert_int_equal(compare("request=1 x=2\n", "request=1\n", text).different, 1);
    assert_int_equal(compare("request=1 x=2\n", "request=1 y=2\n", text).different, 1);
    assert_string_equal(text, "at request=1: a counter x against y");
}

static void many_differences_are_summed_up(void **state)
{
    (void)state;
    char text[400];
    struct pool_agreement found =
        find_pool_differences("r=1 a=1 a=1 a=1 a=1 a=1 a=1 a=1 a=1 a=1 a=1 a=1 a=1 a=1 a=1\n",
                              "r=1 a=2 a=2 a=2 a=2 a=2 a=2 a=2 a=2 a=2 a=2 a=2 a=2 a=2 a=2\n", text, sizeof text);
    assert_int_equal(found.different, 14);
    assert_non_null(strstr(text, " and 2 more"));
}

/* ---- Arenas ---- */

static void an_arena_is_the_lowest_free_slot_and_aligned(void **state)
{
    (void)state;
    struct arena_region region;
    assert_int_equal(arena_region_open(&region, 2), 0);
    const struct arena_source source = arena_region_source(&region);
    char *a = source.map(source.context, ARENA_REGION_SLOT_BYTES), *b = source.map(source.context, 4096);
    assert_int_equal((uintptr_t)a % ARENA_REGION_SLOT_BYTES, 0);
    assert_int_equal(arena_region_place(&region, a), 0);
    assert_int_equal(arena_region_place(&region, b + 48), ARENA_REGION_SLOT_BYTES + 48);
    assert_null(source.map(source.context, 4096));
    a[5] = 1;
    source.unmap(source.context, a, ARENA_REGION_SLOT_BYTES);
    assert_ptr_equal(source.map(source.context, 4096), a);
    assert_int_equal(a[5], 0);
    assert_true(arena_region_place(&region, &region) == ARENA_REGION_OUTSIDE);
    assert_true(arena_region_place(&region, NULL) == ARENA_REGION_OUTSIDE);
    arena_region_close(&region);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_stream_makes_its_requests_and_gives_all_back_undamaged),
        cmocka_unit_test(the_same_seed_gives_the_same_readings_and_another_one_others),
        cmocka_unit_test(ramps_double_the_table_of_arenas),
        cmocka_unit_test(arenas_are_given_back_in_the_streams_that_order_them),
        cmocka_unit_test(exhaustion_is_served_by_malloc_when_no_arena_is_left),
        cmocka_unit_test(another_geometry_is_found_in_each_stream),
        cmocka_unit_test(blocks_in_other_places_are_found_where_every_counter_agrees),
        cmocka_unit_test(a_resize_that_never_stays_in_place_is_found),
        cmocka_unit_test(a_request_of_no_bytes_that_a_pool_serves_is_found),
        cmocka_unit_test(content_that_is_lost_is_counted),
        cmocka_unit_test(equal_readings_are_counted_and_do_not_differ),
        cmocka_unit_test(the_first_reading_that_differs_is_named_with_both_values),
        cmocka_unit_test(a_reading_or_a_counter_that_one_side_lacks_is_a_difference),
        cmocka_unit_test(many_differences_are_summed_up),
        cmocka_unit_test(an_arena_is_the_lowest_free_slot_and_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
