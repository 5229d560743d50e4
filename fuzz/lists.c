/* lists.c - what is kept in binary: a run's lists as the store has them, and a
 * worker's timeline. Each input is tried as both. */
#include "fuzz/target.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/record/derive.h"
#include "harness/record/lists.h"
#include "harness/record/timeline.h"

enum { ERROR_BYTES = 256 };

static void unpack_lists(const uint8_t *bytes, size_t count)
{
    static struct run_record r, again;
    char error[ERROR_BYTES] = "";

    record_clear(&r);
    if (record_unpack_lists(bytes, count, &r, error, sizeof error) != 0) {
        fuzz_expect_one_line(error);
        return;
    }
    record_derive(&r);
    unsigned char *packed = malloc(record_lists_bound(&r) + 1);
    size_t size = record_pack_lists(&r, packed);
    record_clear(&again);
    fuzz_expect(size <= record_lists_bound(&r), "lists within their bound");
    fuzz_expect(record_unpack_lists(packed, size, &again, error, sizeof error) == 0, "packed lists to be unpacked");
    unsigned char *packed_again = malloc(record_lists_bound(&again) + 1);
    fuzz_expect(record_pack_lists(&again, packed_again) == size && memcmp(packed, packed_again, size) == 0,
                "the same lists from their own bytes");
    record_free(&again);
    record_free(&r);
    free(packed_again);
    free(packed);
}

static void read_timeline(const uint8_t *bytes, size_t count)
{
    static int fd = -1;
    struct timeline t;
    char error[ERROR_BYTES] = "";

    if (fd < 0)
        fd = memfd_create("timeline", MFD_CLOEXEC);
    fuzz_expect(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, bytes, count, 0) == (ssize_t)count, "a file in memory");
    if (timeline_read(fd, &t, error, sizeof error) != 0) {
        fuzz_expect_one_line(error);
        return;
    }
    for (uint64_t i = 0; i < t.header.ends; i++)
        fuzz_expect(timeline_request_start_ns(&t, i) <= t.end[i], "requests that begin before they end");
    timeline_free(&t);
}

void fuzz_lists(const uint8_t *bytes, size_t count)
{
    unpack_lists(bytes, count);
    read_timeline(bytes, count);
}
