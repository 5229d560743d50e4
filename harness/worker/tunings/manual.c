/* manual.c - automatic collection off, gc.collect() after every N requests:
 * the program chooses when it stands still.
 */
#include "harness/worker/tunings/numbers.h"
#include "harness/worker/tunings/tuning.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "manual"

static const uint64_t most_requests = UINT64_C(1000000000000);

static int parse(const char *text, struct tuning_setting *out, char *error, size_t error_size)
{
    if (strncmp(text, PREFIX, sizeof PREFIX - 1) != 0)
        return 0;
    text += sizeof PREFIX - 1;
    if (text[0] != ':') {
        snprintf(error, error_size, "must be " PREFIX ":N, such as " PREFIX ":100");
        return -1;
    }
    out->disabled = true;
    return numbers_read(text + 1, strlen(text + 1), "N", 1, most_requests, &out->every, error, error_size) == 0 ? 1
                                                                                                                : -1;
}

static void write_text(const struct tuning_setting *setting, char *text, size_t size)
{
    snprintf(text, size, PREFIX ":%" PRIu64, setting->every);
}

const struct tuning tuning_manual = {
    .name = "manual",
    .form = PREFIX ":N",
    .summary = "no automatic collection; gc.collect() every N requests",
    .example = PREFIX ":100",
    .parse = parse,
    .write = write_text,
};
