/* exporter.c - the table of formats. */
#include "harness/exporters/exporter.h"

#include <string.h>

const struct exporter *const exporters[] = {
#define EXPORTER(symbol) &exporter_##symbol,
#include "harness/exporters/exporters.def"
};
const size_t exporter_count = sizeof exporters / sizeof *exporters;

const struct exporter *find_exporter(const char *name)
{
    for (size_t i = 0; i < exporter_count; i++)
        if (strcmp(exporters[i]->name, name) == 0)
            return exporters[i];
    return NULL;
}
