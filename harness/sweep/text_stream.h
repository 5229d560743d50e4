/* text_stream.h - a text of any length, written as a stream.
 *
 *     struct text_stream t;
 *     FILE *f = text_stream_open(&t);       // NULL without memory
 *     fprintf(f, ...);
 *     char *text = text_stream_close(&t);   // NULL when a part of it found no memory
 *
 * open_memstream of glibc 2.36 is no way to do that: what found no memory is
 * left out, and neither ferror nor fclose says so; where the last request of
 * all fails, fclose succeeds and there is no text.
 *
 * Ownership  the text is the caller's, to be freed; it ends with a null byte
 *            that t.length does not count.
 * Threads    none.
 */
#ifndef GCSWEEP_TEXT_STREAM_H
#define GCSWEEP_TEXT_STREAM_H

#include <stdbool.h>
#include <stdio.h>

struct text_stream {
    FILE *file;
    char *text;
    size_t length, room;
    bool failed;
};

/* `t` stays where it is until text_stream_close. */
FILE *text_stream_open(struct text_stream *t);
char *text_stream_close(struct text_stream *t);

#endif
