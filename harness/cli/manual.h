/* manual.h - the man page gcsweep(1), made of the same rows as the help. */
#ifndef GCSWEEP_MANUAL_H
#define GCSWEEP_MANUAL_H

#include <stdio.h>

/* The whole page in the macros of man(7). A failed write shows in ferror(f). */
void manual_write(FILE *f);

#endif
