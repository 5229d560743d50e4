/* timeline_send.c - logs into a file, a piece at a time. */
#include "harness/worker/timeline_send.h"

#include <errno.h>
#include <unistd.h>

#include "harness/record/timeline.h"
#include "harness/worker/meter.h"

/* A place to write to, and why it went wrong. */
struct sink {
    int fd;
    size_t at;
    int why; /* 0 while all went well */
};

static void put(struct sink *s, const void *bytes, size_t count)
{
    while (count > 0 && s->why == 0) {
        ssize_t n = pwrite(s->fd, bytes, count, (off_t)s->at);
        if (n < 0 && errno != EINTR)
            s->why = errno;
        if (n <= 0)
            continue;
        bytes = (const char *)bytes + n;
        count -= (size_t)n;
        s->at += (size_t)n;
    }
}

enum { BATCH = 512 };

static void put_pauses(struct sink *s, const struct log *log, uint64_t count)
{
    struct log_reader reader;
    struct record_pause batch[BATCH];
    log_reader_open(&reader, log);
    for (uint64_t i = 0; i < count && s->why == 0;) {
        size_t n = 0;
        for (; n < BATCH && i < count; n++, i++) {
            const struct meter_entry *entry = log_reader_at(&reader, i);
            if (!entry) {
                s->why = EIO;
                return;
            }
            batch[n] = (struct record_pause){entry->start_ns, entry->duration_and_kind >> METER_KIND_BITS,
                                             (int64_t)(entry->duration_and_kind & ((1u << METER_KIND_BITS) - 1))};
        }
        put(s, batch, n * sizeof *batch);
    }
}

static void put_ends(struct sink *s, const struct log *log, uint64_t count)
{
    struct log_reader reader;
    uint64_t batch[BATCH];
    log_reader_open(&reader, log);
    for (uint64_t i = 0; i < count && s->why == 0;) {
        size_t n = 0;
        for (; n < BATCH && i < count; n++, i++) {
            const uint64_t *end = log_reader_at(&reader, i);
            if (!end) {
                s->why = EIO;
                return;
            }
            batch[n] = *end;
        }
        put(s, batch, n * sizeof *batch);
    }
}

int timeline_send(int fd, const struct log *pauses, const struct requests *requests, const struct pace *pace)
{
    bool timed = requests && log_is_whole(&requests->log);
    struct timeline_header header = {
        .magic = TIMELINE_MAGIC,
        .pauses = log_is_whole(pauses) ? log_count(pauses) : 0,
        .ends = timed ? log_count(&requests->log) : 0,
        .pauses_whole = log_is_whole(pauses),
        .requests_whole = timed,
        .group = requests ? requests->group : 1,
        .pace_per_s = pace->per_second,
        .pace_origin_ns = pace->per_second > 0 ? pace->origin_ns : 0, /* of no pace it says nothing */
    };
    struct sink body = {fd, sizeof header, 0}, head = {fd, 0, 0};
    put_pauses(&body, pauses, header.pauses);
    if (timed)
        put_ends(&body, &requests->log, header.ends);
    if (body.why == 0)
        put(&head, &header, sizeof header);
    return body.why != 0 ? body.why : head.why;
}
