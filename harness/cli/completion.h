/* completion.h - what a shell may offer for the word that is being typed.
 *
 * The hidden command `gcsweep complete WORDS...` gets the words after gcsweep,
 * the last one being typed ("" for none yet), and prints a candidate a line: the
 * whole word, a tab, and what it is. The shells' own files (share/completion/)
 * only ask it. Candidates derive from the same rows as the parsers, so that a
 * new workload, allocator, format, option or command is offered at once.
 *
 * A candidate that ends in one of COMPLETION_OPEN is not finished: no blank
 * follows it.
 */
#ifndef GCSWEEP_COMPLETION_H
#define GCSWEEP_COMPLETION_H

#include <stdio.h>

#include "harness/cli/cli.h"

#define COMPLETION_OPEN "/=+:@,"

struct completion {
    FILE *out;
    const struct cli_command *command;
    const char *const *words; /* those after the command's name, before the typed one */
    int word_count;
    const char *lead;  /* stands before each candidate and was typed already: "--allocator=" */
    const char *typed; /* what candidates begin with */
};

/* Prints LEAD and the candidate when it begins with what was typed; `help` may be NULL. A candidate with control
 * characters is left out: no shell would take it back. */
void completion_offer(const struct completion *c, const char *candidate, const char *help);

/* Prints the candidates for the last of the words. */
void completion_write(int count, const char *const *words, FILE *out);

/* ---- Values: one row for each option and each word of a usage line ---- */

typedef void completion_values(const struct completion *c);
/* Of an option ("allocator", its argument "NAME") or, `option` NULL, of a word of the command's usage line ("DIR");
 * NULL where anything may stand: a number, a time. */
completion_values *completion_find_values(const struct cli_command *command, const char *option, const char *argument);

/* ---- Paths ---- */

enum completion_paths {
    PATHS_ALL,
    PATHS_FOLDERS,
    PATHS_RESULTS, /* folders that hold results, and those on the way to them */
    PATHS_HEAP,    /* *.heap */
    PATHS_JSON,    /* *.json */
};
void completion_offer_paths(const struct completion *c, enum completion_paths kind);

#endif
