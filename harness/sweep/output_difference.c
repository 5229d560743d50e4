#include "harness/sweep/output_difference.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_BYTES = 200 };

/* A line in quotes, or "ends" where there is none. */
static void show(const char *line, char *out, size_t size)
{
    if (*line == '\0')
        snprintf(out, size, "ends");
    else
        snprintf(out, size, "'%.*s'", (int)strcspn(line, "\n"), line);
}

bool same_output(const char *model, const char *cpython, char *text, size_t size)
{
    char of_model[SHOWN_BYTES], of_cpython[SHOWN_BYTES];
    for (size_t line = 1; *model || *cpython; line++) {
        size_t length = strcspn(model, "\n"), other = strcspn(cpython, "\n");
        if (length != other || memcmp(model, cpython, length) != 0 || model[length] != cpython[length]) {
            show(model, of_model, sizeof of_model);
            show(cpython, of_cpython, sizeof of_cpython);
            snprintf(text, size, "line %zu: model %s, cpython %s", line, of_model, of_cpython);
            return false;
        }
        model += length + (model[length] == '\n');
        cpython += length + (cpython[length] == '\n');
    }
    return true;
}
