/* log.h - a list of what happened in the region, kept out of the way of what
 * is measured.
 *
 * Entries of one size go into a buffer of 64 KiB, and a full buffer by write(2)
 * into a file that has no name (memfd_create): its pages are the kernel's, so
 * they are no resident memory of this process. What is lost is known: a log
 * that could not hold everything says so, and is read as if it held nothing.
 *
 * Units      times are ns.
 * Ownership  log_close closes the file; a log is plain memory of its caller.
 * Errors     none that is returned: see log_is_whole.
 * Threads    one.
 */
#ifndef GCSWEEP_LOG_H
#define GCSWEEP_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { LOG_BUFFER_BYTES = 65536 };

/* The most entries of a log: later ones are left out. */
#define LOG_MOST (UINT64_C(64) << 20)

struct log {
    int fd; /* -1 when there is no file */
    size_t entry_bytes;
    uint64_t most;         /* entries; in whole buffers */
    uint64_t added_bytes;  /* flushed, lost ones too */
    uint64_t stored_bytes; /* of them, in the file */
    bool full;             /* there were more than most */
    bool failed;           /* no file, or a write failed: entries are lost */
    uint64_t flush_ns;     /* spent in write */
    size_t used;           /* bytes of buffer */
    _Alignas(16) char buffer[LOG_BUFFER_BYTES];
};

/* `entry_bytes` divides LOG_BUFFER_BYTES. `most` is rounded up to whole
 * buffers. The buffer must be touched already (scratch.h). */
void log_open(struct log *l, size_t entry_bytes, uint64_t most);
void log_close(struct log *l);
/* Forgets every entry. */
void log_clear(struct log *l);
/* Writes what waits in the buffer. */
void log_flush(struct log *l);

/* `bytes` is entry_bytes, written out so that the copy is a store. */
static inline void log_add(struct log *l, const void *entry, size_t bytes)
{
    memcpy(l->buffer + l->used, entry, bytes);
    l->used += bytes;
    if (__builtin_expect(l->used == LOG_BUFFER_BYTES, 0))
        log_flush(l);
}

/* Entries that can be read, and those that were added; call log_flush first. */
uint64_t log_count(const struct log *l);
uint64_t log_added(const struct log *l);
/* Whether every entry that was added can be read. */
bool log_is_whole(const struct log *l);
/* All entries, to be changed at will (a copy of what is changed, not the log),
 * until log_unmap. NULL when there is none or memory is out. Resident as it is
 * used: only after the last reading of RSS. */
void *log_map(const struct log *l);
void log_unmap(const struct log *l, void *entries);

/* Reads a log from its start to its end, a piece at a time, in little memory. */
enum { LOG_READER_BYTES = 16384 };
struct log_reader {
    const struct log *log;
    uint64_t first, count; /* entries in piece */
    _Alignas(16) char piece[LOG_READER_BYTES];
};
void log_reader_open(struct log_reader *r, const struct log *l);
/* Entry `index`, until the next call. NULL when there is none. Quick where the
 * index grows from call to call. */
const void *log_reader_at(struct log_reader *r, uint64_t index);

#endif
