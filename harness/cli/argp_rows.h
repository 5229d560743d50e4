/* argp_rows.h - a command's options, those of its child parsers included, in the order of its help. */
#ifndef GCSWEEP_ARGP_ROWS_H
#define GCSWEEP_ARGP_ROWS_H

#include <argp.h>
#include <stddef.h>

enum { ARGP_ROWS_MOST = 128 };

/* `option` has a name, or it is a heading: its doc stands above its group. */
struct argp_row {
    const struct argp_option *option;
    int group;
};

/* How many; hidden options and argp's own (--help, --usage, --version) are not among them. */
size_t argp_rows(const struct argp *argp, struct argp_row rows[ARGP_ROWS_MOST]);
/* NULL when there is none of that name ("allocator"). */
const struct argp_option *argp_find_option(const struct argp *argp, const char *name, size_t length);

#endif
