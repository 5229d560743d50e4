/* screen.c - colours and progress: only where somebody looks. */
#include "harness/sweep/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool obeys(int fd)
{
    const char *terminal = getenv("TERM");
    return isatty(fd) && terminal && terminal[0] && strcmp(terminal, "dumb") != 0;
}

bool screen_has_colours(void)
{
    const char *no = getenv("NO_COLOR");
    return (!no || !no[0]) && obeys(STDOUT_FILENO);
}

bool screen_shows_progress(void)
{
    return obeys(STDERR_FILENO);
}

void screen_clear_progress(void)
{
    if (screen_shows_progress())
        fputs("\r\033[K", stderr);
}
