/* thresholds.c - gc.set_threshold(T0, T1, T2).
 *
 * T0   allocations minus deallocations of tracked objects before generation 0
 *      is collected; 0 turns automatic collection off.
 * T1   collections of generation 0 before one of generation 1.
 * T2   the same for generation 2, which the 25 % rule may put off still.
 * Source  CPython 3.11 Modules/gcmodule.c; its defaults are 700,10,10.
 */
#include "harness/worker/tunings/numbers.h"
#include "harness/worker/tunings/tuning.h"

#include <string.h>

static int parse(const char *text, struct tuning_setting *out, char *error, size_t error_size)
{
    if (!strchr("0123456789+-.,", text[0]))
        return 0;
    return numbers_read_thresholds(text, out->threshold, error, error_size) == 0 ? 1 : -1;
}

static void write_text(const struct tuning_setting *setting, char *text, size_t size)
{
    numbers_write_thresholds(setting->threshold, text, size);
}

const struct tuning tuning_thresholds = {
    .name = "thresholds",
    .form = "T0,T1,T2",
    .summary = "gc.set_threshold(T0, T1, T2) at the start; T1 and T2 default to 10",
    .example = "700,10,10",
    .parse = parse,
    .write = write_text,
};
