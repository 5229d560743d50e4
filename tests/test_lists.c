/* test_lists.c - a record's lists as bytes: what was packed comes back, and no other bytes do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "harness/record/lists.h"

static char error[256];

/* A record with something in every kind of list; the lists are static. */
static struct run_record record(void)
{
    static struct record_bucket young[] = {{1, 9}, {2047, 1}, {UINT64_MAX, UINT64_C(1) << 47}}, late[] = {{5, 1}};
    static struct record_pause longest[] = {{900, 80, 2}, {0, 70, RECORD_RELEASE}, {UINT64_MAX, 0, 0}};
    static struct record_sample samples[] = {{0, 4096}, {1000000, 0}, {2000000, UINT64_MAX}};
    static struct record_floating floating[] = {{1, 2, 3}, {4, 0, 0}};
    static struct record_utilization mmu[] = {{1000, 0}, {10000, 0.1}, {100000, 1}};
    struct run_record r;
    record_clear(&r);
    r.pauses[0] = (struct record_histogram){3, young};
    r.noise = (struct record_histogram){1, late};
    r.longest = longest;
    r.longest_count = 3;
    r.samples = samples;
    r.sample_count = 3;
    r.floating = floating;
    r.floating_count = 2;
    r.mmu = mmu;
    r.mmu_count = 3;
    return r;
}

static unsigned char *pack(const struct run_record *r, size_t *size)
{
    unsigned char *bytes = malloc(record_lists_bound(r));
    *size = record_pack_lists(r, bytes);
    assert_true(*size <= record_lists_bound(r));
    return bytes;
}

static void lists_come_back_bit_by_bit(void **state)
{
    struct run_record r = record(), back;
    size_t size;
    unsigned char *bytes = pack(&r, &size);
    (void)state;
    record_clear(&back);
    if (record_unpack_lists(bytes, size, &back, error, sizeof error) != 0)
        fail_msg("%s", error);
    assert_int_equal(back.pauses[0].count, 3);
    assert_memory_equal(back.pauses[0].bucket, r.pauses[0].bucket, 3 * sizeof *r.pauses[0].bucket);
    assert_int_equal(back.pauses[1].count, 0);
    assert_null(back.pauses[1].bucket);
    assert_memory_equal(back.noise.bucket, r.noise.bucket, sizeof *r.noise.bucket);
    assert_memory_equal(back.longest, r.longest, 3 * sizeof *r.longest);
    assert_memory_equal(back.samples, r.samples, 3 * sizeof *r.samples);
    assert_memory_equal(back.floating, r.floating, 2 * sizeof *r.floating);
    assert_memory_equal(back.mmu, r.mmu, 3 * sizeof *r.mmu);
    record_free(&back);
    free(bytes);
}

static void a_record_without_lists_has_none_afterwards(void **state)
{
    struct run_record r, back;
    size_t size;
    (void)state;
    record_clear(&r);
    record_clear(&back);
    unsigned char *bytes = pack(&r, &size);
    assert_int_equal(record_unpack_lists(bytes, size, &back, error, sizeof error), 0);
    assert_null(back.samples);
    free(bytes);
}

/* The bytes end where their block does, so that a sanitizer sees a step too far. */
static void bytes_cut_off_anywhere_are_refused(void **state)
{
    struct run_record r = record(), back;
    size_t size;
    unsigned char *bytes = pack(&r, &size);
    (void)state;
    for (size_t length = 0; length < size; length++) {
        unsigned char *cut = malloc(length + 1);
        memcpy(cut + 1, bytes, length);
        record_clear(&back);
        assert_int_equal(record_unpack_lists(cut + 1, length, &back, error, sizeof error), -1);
        assert_null(back.pauses[0].bucket);
        assert_null(back.samples);
        free(cut);
    }
    free(bytes);
}

static void bytes_that_go_on_are_refused(void **state)
{
    struct run_record r = record(), back;
    size_t size;
    unsigned char *bytes = pack(&r, &size);
    (void)state;
    bytes = realloc(bytes, size + 1);
    bytes[size] = 0;
    record_clear(&back);
    assert_int_equal(record_unpack_lists(bytes, size + 1, &back, error, sizeof error), -1);
    assert_non_null(strstr(error, "followed by more"));
    free(bytes);
}

/* Refused, or read as sound lists: never a crash, a leak or much memory. */
static void flipped_bits_do_no_harm(void **state)
{
    struct run_record r = record(), back;
    size_t size, refused = 0;
    unsigned char *bytes = pack(&r, &size);
    (void)state;
    for (size_t bit = 0; bit < 8 * size; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        record_clear(&back);
        if (record_unpack_lists(bytes, size, &back, error, sizeof error) != 0)
            refused++;
        else
            assert_true(histogram_is_sound(&back.pauses[0]) && curve_is_sound(back.mmu, back.mmu_count));
        record_free(&back);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    assert_true(refused > 0);
    free(bytes);
}

static void what_claims_to_be_long_takes_no_memory(void **state)
{
    /* Version 1, empty histograms, then lists of 2^63 and of 1,000 pauses with nothing behind. */
    static const unsigned char endless[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 127};
    static const unsigned char hollow[] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 232, 7};
    static const unsigned char overlong[] = {1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 127};
    struct run_record back;
    (void)state;
    record_clear(&back);
    assert_int_equal(record_unpack_lists(endless, sizeof endless, &back, error, sizeof error), -1);
    assert_string_equal(error, "its list of longest is too long");
    assert_int_equal(record_unpack_lists(hollow, sizeof hollow, &back, error, sizeof error), -1);
    assert_string_equal(error, "its list of longest is cut off");
    assert_int_equal(record_unpack_lists(overlong, sizeof overlong, &back, error, sizeof error), -1);
    assert_string_equal(error, "its list of pauses of generation 0 is cut off");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_come_back_bit_by_bit),
        cmocka_unit_test(a_record_without_lists_has_none_afterwards),
        cmocka_unit_test(bytes_cut_off_anywhere_are_refused),
        cmocka_unit_test(bytes_that_go_on_are_refused),
        cmocka_unit_test(flipped_bits_do_no_harm),
        cmocka_unit_test(what_claims_to_be_long_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
