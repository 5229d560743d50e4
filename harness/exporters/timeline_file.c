/* timeline_file.c - from what the worker left to the file that the user named. */
#include "harness/exporters/timeline_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "harness/exporters/chrome_trace.h"
#include "harness/exporters/hlog.h"

int timeline_file_open(struct timeline_file *t, const char *path, char *error, size_t error_size)
{
    t->fd = -1;
    if (output_open_new(path, &t->out, error, error_size) != 0)
        return -1;
    t->fd = memfd_create("gcsweep-timeline", MFD_CLOEXEC);
    if (t->fd >= 0)
        return 0;
    snprintf(error, error_size, "no file for the worker's timeline: %s", strerror(errno));
    timeline_file_close(t);
    return -1;
}

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* A time of CLOCK_MONOTONIC in that of calendars; 0 when it is unknown. */
static uint64_t since_1970(uint64_t monotonic_ns)
{
    uint64_t now_ns = clock_ns(CLOCK_MONOTONIC);
    return monotonic_ns > now_ns ? 0 : clock_ns(CLOCK_REALTIME) - (now_ns - monotonic_ns);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), n = strlen(end);
    return length >= n && strcmp(text + length - n, end) == 0;
}

int timeline_file_write(struct timeline_file *t, const struct run_record *run, char *error, size_t error_size)
{
    struct timeline timeline;
    if (timeline_read(t->fd, &timeline, error, error_size) != 0)
        return -1;
    const struct timeline_source source = {run, &timeline, since_1970(run->region_start_ns)};
    int status =
        ends_with(t->out.path, ".hlog") ? hlog_write(&source, t->out.file) : chrome_trace_write(&source, t->out.file);
    timeline_free(&timeline);
    if (status == 0)
        return output_commit(&t->out, error, error_size);
    snprintf(error, error_size, "%s: out of memory", t->out.path);
    return -1;
}

void timeline_file_close(struct timeline_file *t)
{
    if (t->out.file != NULL)
        output_abandon(&t->out);
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
}
