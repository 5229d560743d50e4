/* log.c - a list in a file without a name. */
#include "harness/worker/log.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/worker/meter.h"

void log_open(struct log *l, size_t entry_bytes, uint64_t most)
{
    uint64_t per_buffer = LOG_BUFFER_BYTES / entry_bytes;
    l->fd = memfd_create("gcsweep-log", MFD_CLOEXEC);
    l->entry_bytes = entry_bytes;
    l->stored_bytes = 0;
    l->most = (most + per_buffer - 1) / per_buffer * per_buffer;
    log_clear(l);
}

void log_close(struct log *l)
{
    if (l->fd >= 0)
        close(l->fd);
    l->fd = -1;
    l->failed = true;
}

void log_clear(struct log *l)
{
    l->failed = l->fd < 0 || (l->stored_bytes > 0 && (ftruncate(l->fd, 0) != 0 || lseek(l->fd, 0, SEEK_SET) != 0));
    l->stored_bytes = l->added_bytes = 0;
    l->used = 0;
    l->flush_ns = 0;
    l->full = false;
}

/* All of it, or false. */
static bool store(struct log *l)
{
    for (size_t done = 0; done < l->used;) {
        ssize_t n = write(l->fd, l->buffer + done, l->used - done);
        if (n < 0 && errno != EINTR)
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    l->stored_bytes += l->used;
    return true;
}

void log_flush(struct log *l)
{
    uint64_t begin = meter_now_ns();
    if (l->stored_bytes >= l->most * l->entry_bytes)
        l->full = l->full || l->used > 0;
    else if (!l->failed)
        l->failed = !store(l);
    l->added_bytes += l->used;
    l->used = 0;
    l->flush_ns += meter_now_ns() - begin;
}

uint64_t log_count(const struct log *l)
{
    return l->stored_bytes / l->entry_bytes;
}

uint64_t log_added(const struct log *l)
{
    return l->added_bytes / l->entry_bytes;
}

bool log_is_whole(const struct log *l)
{
    return !l->full && !l->failed;
}

void *log_map(const struct log *l)
{
    if (l->fd < 0 || l->stored_bytes == 0)
        return NULL;
    void *entries = mmap(NULL, l->stored_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, l->fd, 0);
    return entries == MAP_FAILED ? NULL : entries;
}

void log_unmap(const struct log *l, void *entries)
{
    if (entries)
        munmap(entries, l->stored_bytes);
}

/* ---- A piece at a time ---- */

void log_reader_open(struct log_reader *r, const struct log *l)
{
    r->log = l;
    r->first = r->count = 0;
}

static void read_piece(struct log_reader *r, uint64_t index)
{
    ssize_t n;
    do
        n = pread(r->log->fd, r->piece, sizeof r->piece, (off_t)(index * r->log->entry_bytes));
    while (n < 0 && errno == EINTR);
    r->first = index;
    r->count = n > 0 ? (uint64_t)n / r->log->entry_bytes : 0;
}

const void *log_reader_at(struct log_reader *r, uint64_t index)
{
    if (index < r->first || index - r->first >= r->count)
        read_piece(r, index);
    return index - r->first < r->count ? r->piece + (index - r->first) * r->log->entry_bytes : NULL;
}
