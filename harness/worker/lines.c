/* lines.c - standard output, line by line. */
#include "harness/worker/lines.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* Whom the timer's signal serves. */
static struct lines *waiting;

static void write_all(struct lines *lines)
{
    for (size_t done = 0; done < lines->length && lines->failed == 0;) {
        ssize_t n = write(STDOUT_FILENO, lines->bytes + done, lines->length - done);
        if (n < 0 && errno != EINTR)
            lines->failed = errno;
        done += n > 0 ? (size_t)n : 0;
    }
    lines->length = 0;
}

static void on_timer(int signal_number)
{
    (void)signal_number;
    int before = errno;
    if (waiting && !waiting->busy && waiting->length > 0)
        write_all(waiting);
    errno = before;
}

static void set_timer(int ms)
{
    const struct timeval every = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    setitimer(ITIMER_REAL, &(struct itimerval){every, every}, NULL);
}

void lines_open(struct lines *lines, int late_ms)
{
    struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    lines->length = 0;
    lines->failed = lines->busy = 0;
    waiting = lines;
    sigaction(SIGALRM, &action, NULL);
    set_timer(late_ms);
}

static void add(struct lines *lines, const char *bytes, size_t length)
{
    while (length > 0) {
        if (lines->length == LINES_BYTES)
            write_all(lines);
        size_t room = LINES_BYTES - lines->length, n = length < room ? length : room;
        memcpy(lines->bytes + lines->length, bytes, n);
        lines->length += n;
        bytes += n;
        length -= n;
    }
}

void lines_add(struct lines *lines, const char *line, size_t length)
{
    lines->busy = 1;
    atomic_signal_fence(memory_order_seq_cst);
    add(lines, line, length);
    add(lines, "\n", 1);
    atomic_signal_fence(memory_order_seq_cst);
    lines->busy = 0;
}

int lines_close(struct lines *lines)
{
    set_timer(0);
    lines->busy = 1;
    waiting = NULL;
    write_all(lines);
    return lines->failed;
}
