/* pymalloc_stats.c - see pymalloc_stats.h. */
#include "reference/pymalloc_stats.h"
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

/* Adds up the third column of the table of size classes, which follows a line
 * of dashes and ends with an empty one. */
static bool find_pools_used(const char *text, uint64_t *out)
{
    const char *line = strstr(text, "\n-----");
    *out = 0;
    while (line && (line = strchr(line + 1, '\n'))) {
        uint64_t pools;
        if (sscanf(line, "\n%*u %*u %" SCNu64, &pools) != 1 || line[1] == '\n')
            return true;
        *out += pools;
    }
    return false;
}

void pymalloc_stats_read(struct pymalloc_stats *s, struct pool_counters *out)
{
    memset(out, 0, sizeof *out);
    rewind(s->stream); /* clears an earlier error too */
    if (!state_print_pools(s->stream) || fflush(s->stream) != 0 || ferror(s->stream))
        return;
    out->known = find_number(s->text, "# arenas allocated total", &out->arenas_allocated) &&
                 find_number(s->text, "# arenas reclaimed", &out->arenas_reclaimed) &&
                 find_number(s->text, "# arenas highwater mark", &out->arenas_highwater) &&
                 find_number(s->text, "# arenas allocated current", &out->arenas_now) &&
                 find_number(s->text, "# bytes in allocated blocks", &out->bytes_in_blocks) &&
                 find_number(s->text, "# bytes in available blocks", &out->bytes_free_in_pools) &&
                 find_pools_used(s->text, &out->pools_used);
}
