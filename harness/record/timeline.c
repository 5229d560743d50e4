/* timeline.c - reading what a worker wrote, and believing none of it. */
#include "harness/record/timeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No log holds more. */
#define MOST (UINT64_C(1) << 27)

static int refuse(struct timeline *t, const char *why, char *error, size_t error_size)
{
    timeline_free(t);
    snprintf(error, error_size, "the worker's timeline %s", why);
    return -1;
}

/* All of it, or false. */
static bool read_at(int fd, void *to, size_t bytes, size_t at)
{
    for (size_t done = 0; done < bytes;) {
        ssize_t n = pread(fd, (char *)to + done, bytes - done, (off_t)(at + done));
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool header_fits(const struct timeline_header *h, uint64_t file_bytes)
{
    return h->magic == TIMELINE_MAGIC && h->pauses <= MOST && h->ends <= MOST && h->group > 0 && h->group <= MOST &&
           h->pace_origin_ns <= INT64_MAX && h->pauses_whole <= 1 && h->requests_whole <= 1 &&
           h->pace_per_s <= UINT64_C(1000000000) &&
           file_bytes == sizeof *h + h->pauses * sizeof(struct record_pause) + h->ends * sizeof(uint64_t);
}

/* Times that a sum of two of them does not exceed 64 bits. */
static bool entries_fit(const struct timeline *t)
{
    for (uint64_t i = 0; i < t->header.pauses; i++) {
        const struct record_pause *p = &t->pause[i];
        if (p->start_ns > INT64_MAX || p->duration_ns > INT64_MAX || p->kind < 0 || p->kind >= TIMELINE_KINDS)
            return false;
    }
    for (uint64_t i = 0; i < t->header.ends; i++)
        if (t->end[i] > INT64_MAX || (i > 0 && t->end[i] < t->end[i - 1]))
            return false;
    return true;
}

/* By start; of two at once the longer one, which the other is in. */
static int compare_pauses(const void *a, const void *b)
{
    const struct record_pause *x = a, *y = b;

    if (x->start_ns != y->start_ns)
        return x->start_ns < y->start_ns ? -1 : 1;
    return (x->duration_ns < y->duration_ns) - (x->duration_ns > y->duration_ns);
}

int timeline_read(int fd, struct timeline *out, char *error, size_t error_size)
{
    struct stat status;
    struct timeline_header *h = &out->header;

    memset(out, 0, sizeof *out);
    if (fstat(fd, &status) != 0 || !read_at(fd, h, sizeof *h, 0) || !header_fits(h, (uint64_t)status.st_size))
        return refuse(out, "is not whole", error, error_size);
    size_t pauses_bytes = h->pauses * sizeof *out->pause, ends_bytes = h->ends * sizeof *out->end;
    out->pause = calloc(h->pauses + 1, sizeof *out->pause);
    out->end = calloc(h->ends + 1, sizeof *out->end);
    if (!out->pause || !out->end)
        return refuse(out, "does not fit into memory", error, error_size);
    if (!read_at(fd, out->pause, pauses_bytes, sizeof *h) ||
        !read_at(fd, out->end, ends_bytes, sizeof *h + pauses_bytes))
        return refuse(out, "cannot be read", error, error_size);
    if (!entries_fit(out))
        return refuse(out, "holds times that cannot be", error, error_size);
    qsort(out->pause, h->pauses, sizeof *out->pause, compare_pauses);
    return 0;
}

void timeline_free(struct timeline *t)
{
    free(t->pause);
    free(t->end);
    memset(t, 0, sizeof *t);
}

uint64_t timeline_request_start_ns(const struct timeline *t, uint64_t index)
{
    uint64_t before = index > 0 ? t->end[index - 1] : 0;
    if (t->header.pace_per_s == 0)
        return before;
    __extension__ typedef unsigned __int128 wide;
    uint64_t planned =
        t->header.pace_origin_ns + (uint64_t)((wide)index * t->header.group * 1000000000 / t->header.pace_per_s);
    if (planned > t->end[index])
        planned = t->end[index];
    return planned > before ? planned : before;
}
