/* rss.h - this process's resident memory, read without an allocation.
 *
 * Source  proc(5), /proc/self/status: VmRSS and VmHWM, its peak since exec.
 *         (getrusage's ru_maxrss is no peak of this program: over an exec it
 *         keeps that of the process which forked.)
 */
#ifndef GCSWEEP_RSS_H
#define GCSWEEP_RSS_H

#include <stdint.h>

struct rss {
    uint64_t now_bytes, peak_bytes; /* RECORD_UNKNOWN where the kernel does not say */
};

struct rss rss_read(void);

#endif
