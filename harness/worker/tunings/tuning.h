/* tuning.h - what a user can set on a running collector.
 *
 * To add a tuning: one file here with a `const struct tuning`, one row in
 * tunings.def. The harness parses a tuning to check and to normalise it, the
 * worker parses it again and applies it.
 */
#ifndef GCSWEEP_TUNING_H
#define GCSWEEP_TUNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mutator;

/* A tuning taken apart. Which fields mean something depends on the row. */
struct tuning_setting {
    const struct tuning *tuning;
    bool disabled;    /* no automatic collection */
    bool freeze;      /* gc.freeze() after set-up */
    int threshold[3]; /* 0 to INT_MAX each */
    uint64_t every;   /* manual: collect by hand every N requests */
};

struct tuning {
    const char *name;    /* "thresholds" */
    const char *form;    /* "T0,T1,T2" */
    const char *summary; /* one phrase */
    const char *example; /* "700,10,10" */
    /* 1 when the text is of this form and right, 0 when it is of another form, -1 when it is of this form but
     * wrong: then one line in `error`. */
    int (*parse)(const char *text, struct tuning_setting *out, char *error, size_t error_size);
    /* The setting as text that parse takes: one setting has one text. */
    void (*write)(const struct tuning_setting *setting, char *text, size_t size);
};

extern const struct tuning *const tunings[];
extern const size_t tuning_count;

/* 0, or -1 with one line in `error`. `canonical` gets the text without blanks
 * and with all three thresholds: "700" and "700,10" become "700,10,10". */
int tuning_parse(const char *text, struct tuning_setting *out, char *canonical, size_t canonical_size, char *error,
                 size_t error_size);

#endif
