/* shown.h - what is written for people and programs, held to what their readers need. */
#ifndef GCSWEEP_FUZZ_SHOWN_H
#define GCSWEEP_FUZZ_SHOWN_H

#include <stdio.h>

/* A text that is being written: `f` is where to. */
struct shown {
    FILE *f;
    char *text;
    size_t size;
};

void shown_open(struct shown *s);
/* Closed, and held to: UTF-8 without control characters but line ends and tabs. */
void shown_as_text(struct shown *s);
/* The same, and made_results.h's markup never as it is. */
void shown_as_page(struct shown *s);
/* The same as text, and it is one JSON value, or one a line. */
void shown_as_json(struct shown *s);

#endif
