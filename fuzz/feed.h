/* feed.h - an input taken apart, byte by byte, for targets that make something of it.
 *
 * After the last byte everything is 0, the first choice, the empty text. */
#ifndef GCSWEEP_FUZZ_FEED_H
#define GCSWEEP_FUZZ_FEED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct feed {
    const uint8_t *at, *end;
};

static inline struct feed feed_open(const uint8_t *bytes, size_t count)
{
    return (struct feed){bytes, bytes + count};
}

static inline uint8_t feed_byte(struct feed *f)
{
    return f->at < f->end ? *f->at++ : 0;
}

/* 0 to n - 1; n is from 1 to 256. */
static inline size_t feed_below(struct feed *f, size_t n)
{
    return feed_byte(f) % n;
}

static inline uint64_t feed_u64(struct feed *f)
{
    uint64_t x = 0;
    size_t left = (size_t)(f->end - f->at);

    memcpy(&x, f->at, left < sizeof x ? left : sizeof x);
    f->at += left < sizeof x ? left : sizeof x;
    return x;
}

/* Up to the next 0 byte, cut where it does not fit. */
static inline void feed_text(struct feed *f, char *out, size_t size)
{
    size_t length = 0;

    for (uint8_t c; (c = feed_byte(f)) != 0;)
        if (length + 1 < size)
            out[length++] = (char)c;
    out[length] = '\0';
}

#endif
