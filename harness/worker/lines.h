/* lines.h - lines to standard output, buffered, without a call of malloc.
 *
 * A timer writes what waits, so that a process that is killed has shown its
 * lines up to then.
 *
 * Threads  none; one at a time in a process, since the timer's signal knows
 *          no other.
 */
#ifndef GCSWEEP_LINES_H
#define GCSWEEP_LINES_H

#include <signal.h>
#include <stddef.h>

enum { LINES_BYTES = 65536 };

struct lines {
    char bytes[LINES_BYTES];
    size_t length;
    int failed;                 /* errno of the first write that failed; nothing is written after it */
    volatile sig_atomic_t busy; /* the timer keeps off */
};

/* `late_ms`: how long a line may wait. */
void lines_open(struct lines *lines, int late_ms);
void lines_add(struct lines *lines, const char *line, size_t length);
/* Stops the timer and writes the rest: 0, or the errno of a write that failed. */
int lines_close(struct lines *lines);

#endif
