/* pymalloc_stats.h - the counters of CPython's own pool allocator.
 *
 * They are static variables of obmalloc.c; what libpython exports is a function
 * that prints them, so they are read from that text (sys._debugmallocstats).
 *
 * Units      bytes, and numbers of arenas (1 MiB) and pools (16 KiB).
 * Contents   the whole process, blocks of the interpreter itself included.
 * Cost       some 0.1 ms a reading; no allocation, as the stream and its buffer
 *            are made by pymalloc_stats_open. Not for the measured region.
 */
#ifndef GCSWEEP_PYMALLOC_STATS_H
#define GCSWEEP_PYMALLOC_STATS_H

#include <stdbool.h>

struct pool_counters;
struct pool_statistics;
struct pymalloc_stats;

/* NULL when memory runs out. The caller's until pymalloc_stats_close. */
struct pymalloc_stats *pymalloc_stats_open(void);
/* NULL is allowed. */
void pymalloc_stats_close(struct pymalloc_stats *s);
/* `known` is false where pymalloc is not in use, or its text is not the one expected. */
void pymalloc_stats_read(struct pymalloc_stats *s, struct pool_counters *out);
/* All that core's pool_read_counters says, but for the nodes of the map; works
 * before the interpreter starts. False where `known` would be. */
bool pymalloc_stats_read_all(struct pymalloc_stats *s, struct pool_statistics *out);

#endif
