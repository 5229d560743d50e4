/* record.c - what a worker may send: a record as JSON, which may be anything.
 *
 * What is taken comes back from each form that it is kept in: as JSON again,
 * and its lists packed for the store. */
#include "fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "harness/record/derive.h"
#include "harness/record/lists.h"
#include "harness/record/steady.h"

enum { ERROR_BYTES = 256 };

static char *write_whole(const struct run_record *r, size_t *length)
{
    *length = record_write(r, NULL, 0);
    char *json = malloc(*length + 1);
    fuzz_expect(record_write(r, json, *length + 1) == *length, "the same length of the same record");
    return json;
}

/* Written, read and written again, it is the same text. */
static void expect_same_as_json(const struct run_record *r)
{
    static struct run_record again;
    char error[ERROR_BYTES];
    size_t length, length_again;
    char *json = write_whole(r, &length);

    fuzz_expect(record_read(json, length, &again, error, sizeof error) == 0, "a written record to be read");
    char *json_again = write_whole(&again, &length_again);
    fuzz_expect(length == length_again && memcmp(json, json_again, length) == 0, "the same record from its own JSON");
    record_free(&again);
    free(json);
    free(json_again);
}

/* Packed, unpacked and packed again, the lists are the same bytes. */
static void expect_same_as_lists(const struct run_record *r)
{
    static struct run_record again;
    char error[ERROR_BYTES];
    size_t bound = record_lists_bound(r);
    unsigned char *packed = malloc(bound + 1), *packed_again = malloc(bound + 1);
    size_t bytes = record_pack_lists(r, packed);

    fuzz_expect(bytes <= bound, "lists within their bound");
    record_clear(&again);
    fuzz_expect(record_unpack_lists(packed, bytes, &again, error, sizeof error) == 0, "packed lists to be unpacked");
    fuzz_expect(record_lists_bound(&again) == bound, "the same bound of the same lists");
    fuzz_expect(record_pack_lists(&again, packed_again) == bytes && memcmp(packed, packed_again, bytes) == 0,
                "the same lists from their own bytes");
    record_free(&again);
    free(packed);
    free(packed_again);
}

void fuzz_record(const uint8_t *bytes, size_t count)
{
    static struct run_record r;
    char error[ERROR_BYTES] = "";

    if (record_read((const char *)bytes, count, &r, error, sizeof error) != 0) {
        fuzz_expect_one_line(error);
        return;
    }
    is_steady(r.floating, r.floating_count, r.wall_ns);
    record_derive(&r);
    expect_same_as_json(&r);
    expect_same_as_lists(&r);
    record_free(&r);
}
