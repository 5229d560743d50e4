/* command_line.c - arguments as a line that a shell reads back. */
#include "harness/cli/command_line.h"

#include <stdlib.h>
#include <string.h>

#include "harness/sweep/line.h"

void command_line_add(char *line, size_t size, const char *word)
{
    line_add_word(line, size, word);
}

char *command_line_make(int argc, char **argv)
{
    size_t size = 1;
    for (int i = 0; i < argc; i++)
        size += 4 * strlen(argv[i]) + 4;
    char *line = calloc(1, size);
    if (!line || argc == 0)
        return line;
    line_append(line, size, "%s", argv[0]);
    for (int i = 1; i < argc; i++)
        command_line_add(line, size, argv[i]);
    return line;
}
