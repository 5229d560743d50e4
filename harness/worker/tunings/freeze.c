/* freeze.c - gc.freeze() after set-up: what lives by then is never traversed
 * again. For a server that loads much once, and before a fork.
 */
#include "harness/worker/tunings/numbers.h"
#include "harness/worker/tunings/tuning.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "freeze"

static int parse(const char *text, struct tuning_setting *out, char *error, size_t error_size)
{
    if (strncmp(text, PREFIX, sizeof PREFIX - 1) != 0)
        return 0;
    text += sizeof PREFIX - 1;
    if (text[0] != '+') {
        snprintf(error, error_size, "must be " PREFIX "+T0,T1,T2, such as " PREFIX "+700,10,10");
        return -1;
    }
    out->freeze = true;
    return numbers_read_thresholds(text + 1, out->threshold, error, error_size) == 0 ? 1 : -1;
}

static void write_text(const struct tuning_setting *setting, char *text, size_t size)
{
    char thresholds[64];
    numbers_write_thresholds(setting->threshold, thresholds, sizeof thresholds);
    snprintf(text, size, PREFIX "+%s", thresholds);
}

const struct tuning tuning_freeze = {
    .name = "freeze",
    .form = PREFIX "+T0,T1,T2",
    .summary = "thresholds at the start, gc.freeze() after set-up",
    .example = PREFIX "+700,10,10",
    .parse = parse,
    .write = write_text,
};
