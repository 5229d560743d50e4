/* disabled.c - gc.disable(): reference counts alone free objects, cycles stay. */
#include "harness/worker/tunings/tuning.h"

#include <stdio.h>
#include <string.h>

static int parse(const char *text, struct tuning_setting *out, char *error, size_t error_size)
{
    (void)error, (void)error_size;
    if (strcmp(text, "disabled") != 0)
        return 0;
    out->disabled = true;
    return 1;
}

static void write_text(const struct tuning_setting *setting, char *text, size_t size)
{
    (void)setting;
    snprintf(text, size, "disabled");
}

const struct tuning tuning_disabled = {
    .name = "disabled",
    .form = "disabled",
    .summary = "gc.disable() at the start: no automatic collection",
    .example = "disabled",
    .parse = parse,
    .write = write_text,
};
