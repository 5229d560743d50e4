/* list_rows.h - what gcsweep list can list. */
#ifndef GCSWEEP_LIST_ROWS_H
#define GCSWEEP_LIST_ROWS_H

struct list_row {
    const char *name;
    void (*print)(void); /* to standard output, one line each */
};
extern const struct list_row list_rows[]; /* ends with a row whose name is NULL */

#endif
