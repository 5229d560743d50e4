#include "harness/analysis/difference.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_BYTES = 300 };

/* Only texts and 64-bit integers. */
static bool is_compared(const char *path)
{
    static const char *const counted[] = {"status", "checksum", "operations", "pauses.count",
                                         "heap.floating_garbage_objects_peak", "heap.floating_garbage_bytes_peak"};
    static const char *const groups[] = {"generations.", "counts.", "long_lived."};
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
        if (strcmp(path, counted[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (strncmp(path, groups[i], strlen(groups[i])) == 0)
            return !strstr(path, "_ns");
    return false;
}

/* The field's value as text, so that two of them compare as people read them. */
static void write_value(const struct run_record *r, const struct record_field *field, char text[VALUE_BYTES])
{
    const void *member = (const char *)r + field->offset;
    if (field->kind == RECORD_KIND_TEXT)
        snprintf(text, VALUE_BYTES, "%s", (const char *)member);
    else if (field->kind == RECORD_KIND_HEX)
        snprintf(text, VALUE_BYTES, "%016" PRIx64, *(const uint64_t *)member);
    else if (field->kind == RECORD_KIND_I64)
        snprintf(text, VALUE_BYTES, "%" PRId64, *(const int64_t *)member);
    else
        snprintf(text, VALUE_BYTES, "%" PRIu64, *(const uint64_t *)member);
}

size_t find_differences(const struct run_record *a, const struct run_record *b, char *text, size_t size)
{
    size_t found = 0, used = 0;
    if (size > 0)
        text[0] = '\0';
    for (size_t i = 0; i < record_field_count; i++) {
        const struct record_field *field = &record_fields[i];
        if (!is_compared(field->path))
            continue;
        char of_a[VALUE_BYTES], of_b[VALUE_BYTES];
        write_value(a, field, of_a);
        write_value(b, field, of_b);
        if (strcmp(of_a, of_b) == 0)
            continue;
        int n = snprintf(text + used, size - used, "%s%s %s against %s", found ? ", " : "", field->path, of_a, of_b);
        used += n > 0 && (size_t)n < size - used ? (size_t)n : 0;
        found++;
    }
    return found;
}
