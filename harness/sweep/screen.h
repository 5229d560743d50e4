/* screen.h - what may be drawn where somebody looks: the one place that decides.
 *
 * Neither is ever in a file or a pipe, nor on a terminal that obeys no escape
 * sequences (TERM is dumb or not set).
 *
 * Source  no-color.org: NO_COLOR, set to anything but "", takes colours away;
 *         a line that is drawn over itself is no colour.
 */
#ifndef GCSWEEP_SCREEN_H
#define GCSWEEP_SCREEN_H

#include <stdbool.h>

/* Colours on standard output. */
bool screen_has_colours(void);
/* A progress line on standard error, which is drawn over itself. */
bool screen_shows_progress(void);
/* Takes the progress line away, where there is one. */
void screen_clear_progress(void);

#endif
