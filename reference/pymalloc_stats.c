/* pymalloc_stats.c - see pymalloc_stats.h. */
#include "reference/pymalloc_stats.h"
#include "core/pool.h"
#include "reference/state_3_11.h"
#include "workloads/mutator.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 16384 }; /* 32 size classes and some 30 other lines, each below 80 characters */

struct pymalloc_stats {
    FILE *stream; /* writes into text */
    char text[TEXT_BYTES];
};

struct pymalloc_stats *pymalloc_stats_open(void)
{
    struct pymalloc_stats *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->stream = fmemopen(s->text, sizeof s->text, "w");
    if (!s->stream) {
        free(s);
        return NULL;
    }
    setvbuf(s->stream, NULL, _IONBF, 0); /* a buffer would be allocated at the first reading */
    return s;
}

void pymalloc_stats_close(struct pymalloc_stats *s)
{
    if (!s)
        return;
    fclose(s->stream);
    free(s);
}

/* The number of a line such as "# arenas reclaimed      =         1,234". */
static bool find_number(const char *text, const char *label, uint64_t *out)
{
    const char *at = strstr(text, label);
    at = at ? strchr(at, '=') : NULL;
    if (!at)
        return false;
    *out = 0;
    at += 1 + strspn(at + 1, " ");
    if (*at < '0' || *at > '9')
        return false;
    for (; (*at >= '0' && *at <= '9') || *at == ','; at++)
        if (*at != ',')
            *out = 10 * *out + (uint64_t)(*at - '0');
    return true;
}

/* One line of the table of size classes: class, size, pools, blocks in use, blocks available. */
static bool take_class(const char *line, struct pool_statistics *out)
{
    uint64_t pools, in_use, available;
    uint32_t size_class, bytes;
    if (sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNu64 " %" SCNu64 " %" SCNu64, &size_class, &bytes, &pools, &in_use,
               &available) != 5 ||
        size_class >= POOL_CLASSES || bytes != pool_class_bytes(size_class))
        return false;
    out->size_class[size_class].pools = pools;
    out->size_class[size_class].blocks_in_use = in_use;
    out->size_class[size_class].blocks_available = available;
    out->pools_used += pools;
    return true;
}

/* The table follows a line of dashes and ends with an empty one; a class without pools has no line. */
static bool find_classes(const char *text, struct pool_statistics *out)
{
    const char *line = strstr(text, "\n-----");
    while (line && (line = strchr(line + 1, '\n'))) {
        if (line[1] == '\n')
            return true;
        if (!take_class(line + 1, out))
            return false;
    }
    return false;
}

bool pymalloc_stats_read_all(struct pymalloc_stats *s, struct pool_statistics *out)
{
    memset(out, 0, sizeof *out);
    rewind(s->stream); /* clears an earlier error too */
    if (!state_print_pools(s->stream) || fflush(s->stream) != 0 || ferror(s->stream))
        return false;
    const struct {
        const char *label;
        uint64_t *out;
    } numbers[] = {
        {"# arenas allocated total", &out->arenas_allocated},
        {"# arenas reclaimed", &out->arenas_reclaimed},
        {"# arenas highwater mark", &out->arenas_highwater},
        {"# arenas allocated current", &out->arenas_now},
        {"# bytes in allocated blocks", &out->bytes_in_blocks},
        {"# bytes in available blocks", &out->bytes_available},
        {" unused pools * ", &out->bytes_in_unused_pools},
        {"# bytes lost to pool headers", &out->bytes_in_headers},
        {"# bytes lost to quantization", &out->bytes_quantization},
        {"# bytes lost to arena alignment", &out->bytes_alignment},
        {"\nTotal ", &out->bytes_total},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!find_number(s->text, numbers[i].label, numbers[i].out))
            return false;
    out->pools_unused = out->bytes_in_unused_pools / pool_geometry_3_11.pool_bytes;
    return find_classes(s->text, out);
}

void pymalloc_stats_read(struct pymalloc_stats *s, struct pool_counters *out)
{
    struct pool_statistics all;
    memset(out, 0, sizeof *out);
    if (!pymalloc_stats_read_all(s, &all))
        return;
    out->known = true;
    out->arenas_allocated = all.arenas_allocated;
    out->arenas_reclaimed = all.arenas_reclaimed;
    out->arenas_highwater = all.arenas_highwater;
    out->arenas_now = all.arenas_now;
    out->pools_used = all.pools_used;
    out->bytes_in_blocks = all.bytes_in_blocks;
    out->bytes_free_in_pools = all.bytes_available;
}
