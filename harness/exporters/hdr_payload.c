/* hdr_payload.c - counts, compressed, in base64. */
#include "harness/exporters/hdr_payload.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* The 1 in the second lowest digit: words of variable length. */
#define COOKIE            UINT32_C(0x1c849313)
#define COMPRESSED_COOKIE UINT32_C(0x1c849314)

#define MOST_COUNT (UINT64_C(1) << 62)

/* A count takes nine bytes at most; runs of zeroes are shorter than what they stand for. */
enum { HEADER_BYTES = 40, OUTER_BYTES = 8, WORD_BYTES = 9 };

static unsigned char *put_u32(unsigned char *to, uint32_t x)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        *to++ = (unsigned char)(x >> shift);
    return to;
}

static unsigned char *put_u64(unsigned char *to, uint64_t x)
{
    return put_u32(put_u32(to, (uint32_t)(x >> 32)), (uint32_t)x);
}

/* Seven bits a byte, lowest first; the ninth byte has eight. */
static unsigned char *put_word(unsigned char *to, int64_t x)
{
    uint64_t zigzag = ((uint64_t)x << 1) ^ (x < 0 ? UINT64_MAX : 0);
    int bytes = 1;
    for (; zigzag >= 0x80 && bytes < WORD_BYTES; bytes++, zigzag >>= 7)
        *to++ = (unsigned char)(zigzag | 0x80);
    *to++ = (unsigned char)zigzag;
    return to;
}

static unsigned char *put_counts(unsigned char *to, const struct histogram *h)
{
    size_t used = h->count > 0 ? histogram_bucket_of(h->max_ns) + 1 : 0;
    for (size_t i = 0; i < used;) {
        size_t zeroes = 0;
        while (i + zeroes < used && h->bucket[i + zeroes] == 0)
            zeroes++;
        if (zeroes > 0) {
            to = put_word(to, -(int64_t)zeroes);
            i += zeroes;
        } else {
            uint64_t count = h->bucket[i++];
            to = put_word(to, (int64_t)(count < MOST_COUNT ? count : MOST_COUNT));
        }
    }
    return to;
}

/* The encoding before compression; its length. */
static size_t encode(const struct histogram *h, unsigned char *out)
{
    unsigned char *counts = out + HEADER_BYTES, *end = put_counts(counts, h);
    double ratio = 1;
    uint64_t ratio_bits;
    memcpy(&ratio_bits, &ratio, sizeof ratio_bits);
    unsigned char *at = put_u32(out, COOKIE);
    at = put_u32(at, (uint32_t)(end - counts));
    at = put_u32(at, 0);
    at = put_u32(at, HISTOGRAM_DIGITS);
    at = put_u64(at, 1);
    at = put_u64(at, (UINT64_C(1) << HISTOGRAM_RANGE_BITS) - 1);
    put_u64(at, ratio_bits);
    return (size_t)(end - out);
}

static char *to_base64(const unsigned char *bytes, size_t count)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = malloc((count + 2) / 3 * 4 + 1), *to = text;
    for (size_t i = 0; text && i < count; i += 3) {
        size_t left = count - i;
        uint32_t three =
            (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
        *to++ = digits[three >> 18];
        *to++ = digits[three >> 12 & 63];
        *to++ = left > 1 ? digits[three >> 6 & 63] : '=';
        *to++ = left > 2 ? digits[three & 63] : '=';
    }
    if (text)
        *to = '\0';
    return text;
}

char *hdr_payload(const struct histogram *h)
{
    unsigned char *plain = malloc(HEADER_BYTES + (size_t)WORD_BYTES * HISTOGRAM_BUCKETS);
    size_t length = plain ? encode(h, plain) : 0;
    uLongf room = compressBound(length);
    unsigned char *packed = plain ? malloc(OUTER_BYTES + room) : NULL;
    char *text = NULL;
    if (packed && compress2(packed + OUTER_BYTES, &room, plain, length, Z_BEST_COMPRESSION) == Z_OK) {
        put_u32(put_u32(packed, COMPRESSED_COOKIE), (uint32_t)room);
        text = to_base64(packed, OUTER_BYTES + room);
    }
    free(plain);
    free(packed);
    return text;
}
