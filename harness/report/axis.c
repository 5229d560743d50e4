#include "harness/report/axis.h"

#include <math.h>

enum { WANTED_TICKS = 6, DECADES_WITH_ALL = 3 };

static double power_of_ten_below(double value)
{
    return pow(10, floor(log10(value) + 1e-9));
}

/* A step of 1, 2 or 5 times a power of ten that leaves about WANTED_TICKS in a span. */
static double nice_step(double span)
{
    double step = span / WANTED_TICKS, power = power_of_ten_below(step), share = step / power;

    return power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
}

/* 1, 2 or 5 times a power of ten, at most `value`. */
static double nice_below(double value)
{
    double power = power_of_ten_below(value), share = value / power + 1e-9;

    return power * (share >= 5 ? 5 : share >= 2 ? 2 : 1);
}

static double nice_after(double value)
{
    double power = power_of_ten_below(value), share = value / power + 1e-9;

    return power * (share >= 5 ? 10 : share >= 2 ? 5 : 2);
}

struct axis axis_around(double least, double most, bool logarithmic, double start, double end)
{
    struct axis axis = {logarithmic, least, most, start, end};

    if (logarithmic) {
        axis.least = nice_below(least * 0.9);
        axis.most = nice_after(nice_below(most * 1.1));
        return axis;
    }
    double step = nice_step(most > least ? most - least : fmax(fabs(most), 1) * 0.1);
    axis.least = fmax(floor((least - 0.2 * step) / step) * step, least < 0 ? -INFINITY : 0);
    axis.most = ceil((most + 0.2 * step) / step) * step;
    return axis;
}

double axis_place(const struct axis *axis, double value)
{
    double share = axis->logarithmic ? log(value / axis->least) / log(axis->most / axis->least)
                                     : (value - axis->least) / (axis->most - axis->least);

    return axis->start + fmin(fmax(share, 0), 1) * (axis->end - axis->start);
}

bool axis_is_power(double tick)
{
    return tick / power_of_ten_below(tick) < 1.5;
}

static size_t logarithmic_ticks(const struct axis *axis, double ticks[AXIS_TICKS])
{
    bool all = axis->most / axis->least <= pow(10, DECADES_WITH_ALL);
    size_t count = 0;

    double tick = axis->least;
    while (tick <= axis->most * 1.001 && count < AXIS_TICKS) {
        if (all || axis_is_power(tick))
            ticks[count++] = tick;
        tick = nice_after(tick);
    }
    return count;
}

size_t axis_ticks(const struct axis *axis, double ticks[AXIS_TICKS])
{
    size_t count = 0;

    if (axis->logarithmic)
        return logarithmic_ticks(axis, ticks);
    double step = nice_step(axis->most - axis->least);
    double first = ceil(axis->least / step - 1e-9);
    while (count < AXIS_TICKS && (first + (double)count) * step <= axis->most + step * 1e-6) {
        ticks[count] = (first + (double)count) * step;
        count++;
    }
    return count;
}
