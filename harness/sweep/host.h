/* host.h - what the kernel says about this machine, read from /proc and /sys.
 *
 * Units    bytes, nanoseconds; what cannot be read is HOST_UNKNOWN or "".
 */
#ifndef GCSWEEP_HOST_H
#define GCSWEEP_HOST_H

#include <stddef.h>
#include <stdint.h>

#define HOST_UNKNOWN UINT64_MAX

uint64_t host_now_ns(void); /* CLOCK_MONOTONIC */
uint64_t host_memory_bytes(void);
uint64_t host_available_bytes(void);
/* Processes that the kernel's out-of-memory killer has killed since boot. */
uint64_t host_oom_kills(void);
/* Share of CPU time, 0 to 1, that the hypervisor took since boot; NaN when unknown. */
double host_steal_share(void);

/* CPUs of the machine that are online. */
int host_online_cpus(void);
/* The CPU for workers (the last allowed one) and the one for the harness (the
 * first); the same where there is one. -1 when unknown. */
void host_pick_cpus(int *worker, int *own);
int host_pin(int cpu); /* this thread: 0 or -1 */

/* A short text file's first line, or what follows "KEY" and its colon in a
 * file such as /proc/cpuinfo; "" when there is none. */
void host_read_line(const char *path, char *out, size_t size);
void host_read_key(const char *path, const char *key, char *out, size_t size);

/* Where PATH finds a program; "" when it does not. */
void host_find_program(const char *program, char *out, size_t size);

#endif
