/* pools.c - the pool allocators that may stand in front of malloc. */
#include <string.h>

#include "allocators/allocator.h"
#include "core/pool.h"

const struct pool_row pool_rows[] = {
    {
        .name = "pymalloc",
        .summary = "CPython's pool allocator since 3.10: arenas of 1 MiB, pools of 16 KiB",
        .geometry = &pool_geometry_3_11,
        .in_cpython = true,
    },
    {
        .name = "pymalloc-3.9",
        .summary = "CPython's pool allocator up to 3.9: arenas of 256 KiB, pools of 4 KiB; runtime model only",
        .geometry = &pool_geometry_3_9,
    },
};
const size_t pool_row_count = sizeof pool_rows / sizeof pool_rows[0];

const struct pool_row *find_pools(const char *text, const char **rest)
{
    for (size_t i = 0; i < pool_row_count; i++) {
        size_t n = strlen(pool_rows[i].name);
        /* strchr finds the text's end, too. */
        if (strncmp(text, pool_rows[i].name, n) == 0 && strchr("+@", text[n])) {
            *rest = text + n;
            return &pool_rows[i];
        }
    }
    return NULL;
}
