/* units.c - durations and sizes as people type them. */
#include "harness/sweep/units.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/sweep/line.h"

struct unit {
    const char *name;
    uint64_t factor;
};

/* The greatest first, as the writers want them. */
static const struct unit durations[] = {
    {"h", UINT64_C(3600000000000)},
    {"m", UINT64_C(60000000000)},
    {"s", 1000000000},
    {"ms", 1000000},
    {"us", 1000},
    {"ns", 1},
    {NULL, 0},
};
static const struct unit sizes[] = {{"G", UINT64_C(1) << 30}, {"M", 1 << 20}, {"K", 1 << 10}, {"", 1}, {NULL, 0}};

/* Digits with at most one point, then a unit's name and nothing else. */
static int parse(const char *text, const struct unit *units, uint64_t *out)
{
    size_t digits = strspn(text, "0123456789.");
    if (digits == 0 || digits > 20)
        return -1;
    char number[24], *end;
    memcpy(number, text, digits);
    number[digits] = '\0';
    double x = strtod(number, &end);
    if (*end != '\0' || end == number)
        return -1;
    while (units->name && strcmp(units->name, text + digits) != 0)
        units++;
    if (!units->name)
        return -1;
    double product = x * (double)units->factor;
    if (product >= 0x1p62)
        return -1;
    *out = (uint64_t)llround(product);
    return 0;
}

int units_parse_duration(const char *text, uint64_t *out_ns, char *error, size_t error_size)
{
    if (parse(text, durations, out_ns) == 0)
        return 0;
    return line_error(error, error_size, "'%s' is not a duration; such as 5ms, 90s, 10m", text);
}

int units_parse_size(const char *text, uint64_t *out_bytes, char *error, size_t error_size)
{
    if (parse(text, sizes, out_bytes) == 0)
        return 0;
    return line_error(error, error_size, "'%s' is not a size; such as 500M, 4G, or a number of bytes", text);
}

int units_parse_percent(const char *text, double *out_share, char *error, size_t error_size)
{
    size_t digits = strspn(text, "0123456789.");
    char *end;
    double x = strtod(text, &end);
    if (digits == 0 || end != text + digits || strcmp(end, "%") != 0 || x > 1000)
        return line_error(error, error_size, "'%s' is not a percentage; such as 1%%, 0.5%%, up to 1000%%", text);
    *out_share = x / 100;
    return 0;
}

void units_write_percent(double share, char text[UNITS_TEXT_BYTES])
{
    snprintf(text, UNITS_TEXT_BYTES, "%.12g%%", share * 100);
}

int units_parse_count(const char *what, const char *text, uint64_t least, uint64_t most, uint64_t *out, char *error,
                      size_t error_size)
{
    char *end;
    errno = 0;
    uint64_t n = strtoull(text, &end, 10);
    bool number = text[0] != '\0' && text[strspn(text, "0123456789")] == '\0' && errno == 0;
    if (!number || n < least || n > most)
        return line_error(error, error_size, "%s is a whole number from %" PRIu64 " to %" PRIu64 ", not '%s'", what,
                          least, most, text);
    *out = n;
    return 0;
}

static void write(uint64_t n, const struct unit *units, char text[UNITS_TEXT_BYTES])
{
    while (units->factor > 1 && (n == 0 || n % units->factor != 0))
        units++;
    snprintf(text, UNITS_TEXT_BYTES, "%" PRIu64 "%s", n / units->factor, units->name);
}

void units_write_duration(uint64_t ns, char text[UNITS_TEXT_BYTES])
{
    write(ns, durations, text);
}

void units_write_size(uint64_t bytes, char text[UNITS_TEXT_BYTES])
{
    write(bytes, sizes, text);
}

void units_show_duration(uint64_t ns, char text[UNITS_TEXT_BYTES])
{
    uint64_t seconds = ns / 1000000000;
    if (seconds >= 3600) {
        snprintf(text, UNITS_TEXT_BYTES, "%" PRIu64 "h%02" PRIu64 "m", seconds / 3600, seconds % 3600 / 60);
        return;
    }
    if (seconds >= 60) {
        snprintf(text, UNITS_TEXT_BYTES, "%" PRIu64 "m%02" PRIu64 "s", seconds / 60, seconds % 60);
        return;
    }
    const struct unit *unit = durations;
    while (unit->factor > 1 && ns < unit->factor)
        unit++;
    double x = (double)ns / (double)unit->factor;
    snprintf(text, UNITS_TEXT_BYTES, "%.*f %s", unit->factor == 1 ? 0 : x < 10 ? 2 : x < 100 ? 1 : 0, x, unit->name);
}

void units_show_size(uint64_t bytes, char text[UNITS_TEXT_BYTES])
{
    if (bytes < 1024)
        snprintf(text, UNITS_TEXT_BYTES, "%" PRIu64 " B", bytes);
    else if (bytes < 1 << 20)
        snprintf(text, UNITS_TEXT_BYTES, "%.1f KiB", (double)bytes / 1024);
    else
        snprintf(text, UNITS_TEXT_BYTES, "%.1f MiB", (double)bytes / (1 << 20));
}

void units_write_number(double x, char text[UNITS_TEXT_BYTES])
{
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, UNITS_TEXT_BYTES, "%.*g", digits, x);
        double read = strtod(text, NULL);
        if (!(read < x) && !(read > x))
            return;
    }
}
