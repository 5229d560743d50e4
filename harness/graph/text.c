/* text.c - code points to UTF-8. */
#include "harness/graph/text.h"

#include "core/types/string.h"

static char *put(char *at, uint32_t c)
{
    if ((c >= 0xD800 && c < 0xE000) || c > 0x10FFFF)
        c = 0xFFFD;
    if (c < ' ' || (c >= 0x7F && c < 0xA0))
        c = '?';
    if (c < 0x80) {
        *at++ = (char)c;
        return at;
    }
    unsigned more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    *at++ = (char)(first[more] | (c >> (6 * more)));
    while (more-- > 0)
        *at++ = (char)(0x80 | ((c >> (6 * more)) & 0x3F));
    return at;
}

void text_of_string(value string, char out[TEXT_BYTES])
{
    size_t length = string_length(string);
    char *at = out;
    for (size_t i = 0; i < length && i < TEXT_CHARACTERS; i++)
        at = put(at, string_character(string, i));
    if (length > TEXT_CHARACTERS)
        at = put(at, 0x2026);
    *at = '\0';
}
