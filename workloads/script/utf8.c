#include "workloads/script/utf8.h"

/* Bytes that a character has by its first one, 0 where none begins so; and the
 * range of its second byte, which keeps out overlong forms, surrogates and
 * what lies above U+10FFFF. */
static size_t first_byte(unsigned char first, unsigned char *least, unsigned char *most)
{
    *least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    *most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4)
        return 0;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

size_t utf8_decode(const char *at, const char *end, uint32_t *code_point)
{
    if (at == end)
        return 0;

    unsigned char first = (unsigned char)*at;
    unsigned char least, most;
    size_t length = first_byte(first, &least, &most);

    if (length == 0 || (size_t)(end - at) < length)
        return 0;
    if (length == 1) {
        *code_point = first;
        return 1;
    }
    *code_point = first & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)at[i];

        if (next < (i == 1 ? least : 0x80) || next > (i == 1 ? most : 0xBF))
            return 0;
        *code_point = *code_point << 6 | (next & 0x3Fu);
    }
    return length;
}

bool utf8_is_printable(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7F && c < 0xA0))
        return false;
    bool turns = (c >= 0x200E && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    bool ends_line = c == 0x2028 || c == 0x2029;
    return !turns && !ends_line && c != 0xFEFF;
}
