/* store_unpack.c - the blobs of a results file, which may hold anything. */
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "harness/record/derive.h"
#include "harness/record/lists.h"
#include "harness/store/store_load.h"
#include "harness/sweep/line.h"
#include "harness/worker/worker.h"

/* Nothing that a worker can send is longer: what claims to be is refused before memory is taken for it. */
enum { UNPACKED_MOST = 2 * WORKER_RECORD_BYTES };

/* malloc'd; NULL with what is wrong. */
static void *unpack(const void *packed, size_t size, size_t *length, char *error, size_t error_size)
{
    unsigned long long claimed = packed ? ZSTD_getFrameContentSize(packed, size) : ZSTD_CONTENTSIZE_ERROR;
    if (claimed == ZSTD_CONTENTSIZE_ERROR || claimed == ZSTD_CONTENTSIZE_UNKNOWN || claimed > UNPACKED_MOST) {
        line_error(error, error_size, "its record is damaged");
        return NULL;
    }
    void *bytes = malloc((size_t)claimed + 1);
    if (!bytes) {
        line_error(error, error_size, "out of memory");
        return NULL;
    }
    size_t unpacked = ZSTD_decompress(bytes, (size_t)claimed, packed, size);
    if (unpacked != claimed) {
        bool no_memory = ZSTD_getErrorCode(unpacked) == ZSTD_error_memory_allocation;
        line_error(error, error_size, no_memory ? "out of memory" : "its record is damaged");
        free(bytes);
        return NULL;
    }
    *length = (size_t)claimed;
    return bytes;
}

bool store_holds_json(int schema)
{
    return schema < 4;
}

int store_unpack_json(const void *packed, size_t size, struct run_record *out, char *error, size_t error_size)
{
    size_t length;
    char *json = unpack(packed, size, &length, error, error_size);
    if (!json)
        return -1;
    int result = record_read(json, length, out, error, error_size);
    if (result == 0)
        record_derive(out);
    free(json);
    return result;
}

int store_unpack_lists(const void *packed, size_t size, struct run_record *out, char *error, size_t error_size)
{
    size_t length;
    unsigned char *bytes = unpack(packed, size, &length, error, error_size);
    if (!bytes)
        return -1;
    int result = record_unpack_lists(bytes, length, out, error, error_size);
    free(bytes);
    return result;
}
