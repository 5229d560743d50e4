#include "harness/sweep/text_stream.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BYTES = 256 };

/* For `more` bytes and a null byte. */
static bool make_room(struct text_stream *t, size_t more)
{
    if (more >= SIZE_MAX / 2 - t->length)
        return false;
    size_t needed = t->length + more + 1, room = t->room > 0 ? t->room : FIRST_BYTES;
    while (room < needed)
        room *= 2;
    char *text = room > t->room ? realloc(t->text, room) : t->text;
    if (!text)
        return false;
    t->text = text;
    t->room = room;
    return true;
}

/* A cookie_write_function_t: fewer bytes than were given is an error. */
static ssize_t take(void *cookie, const char *bytes, size_t count)
{
    struct text_stream *t = cookie;
    t->failed = t->failed || !make_room(t, count);
    if (t->failed)
        return 0;
    memcpy(t->text + t->length, bytes, count);
    t->length += count;
    return (ssize_t)count;
}

FILE *text_stream_open(struct text_stream *t)
{
    *t = (struct text_stream){0};
    t->file = fopencookie(t, "w", (cookie_io_functions_t){.write = take});
    return t->file;
}

char *text_stream_close(struct text_stream *t)
{
    bool whole = fclose(t->file) == 0 && !t->failed && make_room(t, 0);
    t->file = NULL;
    if (!whole) {
        free(t->text);
        return NULL;
    }
    t->text[t->length] = '\0';
    return t->text;
}
