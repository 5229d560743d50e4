/* collector.c - the table of collectors. */
#include "core/collectors/collector.h"

#include <string.h>

#define COLLECTOR(c_name, name) extern const struct collector collector_##c_name;
#include "core/collectors/collectors.def"
#undef COLLECTOR

const struct collector *const collectors[] = {
#define COLLECTOR(c_name, name) &collector_##c_name,
#include "core/collectors/collectors.def"
#undef COLLECTOR
};

const size_t collector_count = sizeof collectors / sizeof collectors[0];

const struct collector *find_collector(const char *name)
{
    for (size_t i = 0; i < collector_count; i++)
        if (strcmp(collectors[i]->name, name) == 0)
            return collectors[i];
    return NULL;
}
