/* rss.c - two lines of /proc/self/status. */
#include "harness/worker/rss.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/record/record.h"

/* "\nVmHWM:     1234 kB" */
static uint64_t find_kib(const char *status, const char *name)
{
    const char *line = strstr(status, name);
    if (!line)
        return RECORD_UNKNOWN;
    return strtoull(line + strlen(name), NULL, 10) * 1024;
}

struct rss rss_read(void)
{
    char status[4096];
    size_t used = 0;
    int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && used < sizeof status - 1) {
        ssize_t n = read(fd, status + used, sizeof status - 1 - used);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        used += (size_t)n;
    }
    if (fd >= 0)
        close(fd);
    status[used] = '\0';
    return (struct rss){find_kib(status, "\nVmRSS:"), find_kib(status, "\nVmHWM:")};
}
