/* choices.h - options that take one of a few words: parsers and completion read the same rows. */
#ifndef GCSWEEP_CHOICES_H
#define GCSWEEP_CHOICES_H

#include <argp.h>
#include <stddef.h>

/* Each ends with NULL; the first is the default. */
extern const char *const run_formats[];       /* run --format */
extern const char *const recommend_formats[]; /* recommend --format */
extern const char *const freeze_choices[];    /* tune --freeze */

enum { RUN_FORMAT_HUMAN, RUN_FORMAT_JSON };
enum { RECOMMEND_FORMAT_HUMAN, RECOMMEND_FORMAT_MARKDOWN, RECOMMEND_FORMAT_JSON };

/* The index of `text` among the words; -1 when it is none of them. */
int choice_find(const char *const *words, const char *text);
/* For argp's parsers: writes the index, or refuses in one line that names the option and its words. */
error_t choice_take(const struct argp_state *state, const char *option, const char *const *words, const char *text,
                    int *index);

#endif
