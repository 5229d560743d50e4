/* hdr_reader.h - reads the payload of a .hlog row, for tests: written from the
 * format's description, and knows nothing of what writes it.
 */
#ifndef GCSWEEP_TESTS_HDR_READER_H
#define GCSWEEP_TESTS_HDR_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { HDR_SLOTS = 40000, HDR_BYTES = 1 << 20 };

struct hdr_read {
    uint64_t count[HDR_SLOTS];
    uint64_t lowest, highest;
    unsigned digits;
};

static inline uint64_t hdr_big_endian(const unsigned char *b, int bytes)
{
    uint64_t x = 0;
    for (int i = 0; i < bytes; i++)
        x = x * 256 + b[i];
    return x;
}

static inline size_t hdr_from_base64(const char *text, unsigned char *out)
{
    size_t n = 0;
    uint32_t bits = 0;
    int held = 0;
    for (; *text && *text != '=' && *text != '\n'; text++) {
        int c = *text;
        int digit = c >= 'A' && c <= 'Z'   ? c - 'A'
                    : c >= 'a' && c <= 'z' ? c - 'a' + 26
                    : c >= '0' && c <= '9' ? c - '0' + 52
                    : c == '+'             ? 62
                                           : 63;
        bits = bits << 6 | (uint32_t)digit;
        held += 6;
        if (held >= 8)
            out[n++] = (unsigned char)(bits >> (held -= 8));
    }
    return n;
}

/* The value whose slot this is, as HdrHistogram's index goes with three digits: its lowest. */
static inline uint64_t hdr_value_of(size_t index)
{
    size_t bucket = index / 1024, rest = index % 1024 + 1024;
    if (index < 2048)
        return index;
    return (uint64_t)rest << (bucket - 1);
}

static inline bool hdr_counts(const unsigned char *at, const unsigned char *end, struct hdr_read *out)
{
    size_t index = 0;
    while (at < end) {
        uint64_t word = 0;
        int shift = 0;
        for (bool more = true; more && at < end; shift += 7) {
            more = shift < 56 && (*at & 0x80) != 0;
            word |= (uint64_t)(*at & (shift < 56 ? 0x7f : 0xff)) << shift;
            at++;
        }
        int64_t number = (int64_t)(word >> 1) ^ -(int64_t)(word & 1);
        if (number < 0)
            index += (size_t)-number;
        else if (index < HDR_SLOTS)
            out->count[index++] = (uint64_t)number;
        if (index > HDR_SLOTS)
            return false;
    }
    return true;
}

/* Whether the text is a payload. */
static inline bool hdr_decode(const char *text, struct hdr_read *out)
{
    unsigned char *packed = malloc(HDR_BYTES), *plain = malloc(HDR_BYTES);
    uLongf length = HDR_BYTES;
    memset(out, 0, sizeof *out);
    size_t n = strlen(text) < HDR_BYTES ? hdr_from_base64(text, packed) : 0;
    bool good = n > 8 && hdr_big_endian(packed, 4) == 0x1c849314 && hdr_big_endian(packed + 4, 4) == n - 8 &&
                uncompress(plain, &length, packed + 8, n - 8) == Z_OK && length >= 40 &&
                hdr_big_endian(plain, 4) == 0x1c849313 && hdr_big_endian(plain + 4, 4) == length - 40 &&
                hdr_big_endian(plain + 8, 4) == 0 && hdr_big_endian(plain + 32, 8) == UINT64_C(0x3ff0000000000000);
    if (good) {
        out->digits = (unsigned)hdr_big_endian(plain + 12, 4);
        out->lowest = hdr_big_endian(plain + 16, 8);
        out->highest = hdr_big_endian(plain + 24, 8);
        good = hdr_counts(plain + 40, plain + length, out);
    }
    free(packed);
    free(plain);
    return good;
}

#endif
