/* command_line.h - arguments as a line that a shell reads back. */
#ifndef GCSWEEP_COMMAND_LINE_H
#define GCSWEEP_COMMAND_LINE_H

#include <stddef.h>

/* Appends a blank (unless it is the first) and the word, quoted where needed;
 * cut where it does not fit. */
void command_line_add(char *line, size_t size, const char *word);
/* The whole: argv[0] as it is, the others quoted where needed. malloc'd; NULL
 * without memory. */
char *command_line_make(int argc, char **argv);

#endif
