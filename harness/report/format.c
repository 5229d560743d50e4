#include "harness/report/format.h"

#include <math.h>
#include <stdio.h>

/* Three significant digits of a value from 1 to 9999. */
static int decimals_of(double value)
{
    return fabs(value) < 9.995 ? 2 : fabs(value) < 99.95 ? 1 : 0;
}

static void format_scaled(double value, double step, const char *const *units, size_t unit_count, char *text,
                          size_t size)
{
    size_t unit = 0;

    if (isnan(value)) {
        snprintf(text, size, "-");
        return;
    }
    /* 999.5 would be printed as 1000 of this unit. */
    while (unit + 1 < unit_count && fabs(value) >= step * 0.9995) {
        value /= step;
        unit++;
    }
    snprintf(text, size, "%.*f%s", decimals_of(value), value, units[unit]);
}

void format_duration(double ns, char *text, size_t size)
{
    static const char *const units[] = {" ns", " µs", " ms", " s"};

    if (ns == 0)
        snprintf(text, size, "none");
    else
        format_scaled(ns, 1000, units, sizeof units / sizeof *units, text, size);
}

void format_bytes(double bytes, char *text, size_t size)
{
    static const char *const units[] = {" B", " KiB", " MiB", " GiB", " TiB"};

    format_scaled(bytes, 1024, units, sizeof units / sizeof *units, text, size);
}

void format_rate(double per_second, char *text, size_t size)
{
    static const char *const units[] = {" /s", " k/s", " M/s", " G/s"};

    format_scaled(per_second, 1000, units, sizeof units / sizeof *units, text, size);
}

void format_share(double share, char *text, size_t size)
{
    if (isnan(share))
        snprintf(text, size, "-");
    else
        snprintf(text, size, "%.1f %%", share * 100);
}

void format_count(double count, char *text, size_t size)
{
    if (isnan(count))
        snprintf(text, size, "-");
    else
        snprintf(text, size, "%.0f", count);
}

void format_spread(const struct spread *spread, formatter *format, char *text, size_t size)
{
    char median[FORMAT_BYTES], q1[FORMAT_BYTES], q3[FORMAT_BYTES];

    format(spread->median, median, sizeof median);
    format(spread->q1, q1, sizeof q1);
    format(spread->q3, q3, sizeof q3);
    if (spread->count < 3)
        snprintf(text, size, "%s", median);
    else
        snprintf(text, size, "%s [%s, %s]", median, q1, q3);
}
