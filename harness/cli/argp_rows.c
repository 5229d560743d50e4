/* argp_rows.c - argp's tables, flattened as argp itself groups them. */
#include "harness/cli/argp_rows.h"

#include <string.h>

/* A new row stands behind those of its group, a heading before them. */
static size_t insert(struct argp_row rows[ARGP_ROWS_MOST], size_t count, struct argp_row row)
{
    size_t at = count;
    if (count == ARGP_ROWS_MOST)
        return count;
    while (at > 0 && (rows[at - 1].group > row.group || (!row.option->name && rows[at - 1].group == row.group)))
        at--;
    memmove(&rows[at + 1], &rows[at], (count - at) * sizeof *rows);
    rows[at] = row;
    return count + 1;
}

static size_t collect(const struct argp *argp, struct argp_row rows[ARGP_ROWS_MOST], size_t count)
{
    int group = 0;
    for (const struct argp_option *o = argp->options; o && (o->name || o->doc); o++) {
        group = o->group != 0 ? o->group : o->name ? group : group + 1;
        if ((o->flags & OPTION_HIDDEN) == 0)
            count = insert(rows, count, (struct argp_row){o, group});
    }
    for (const struct argp_child *child = argp->children; child && child->argp; child++)
        count = collect(child->argp, rows, count);
    return count;
}

size_t argp_rows(const struct argp *argp, struct argp_row rows[ARGP_ROWS_MOST])
{
    return collect(argp, rows, 0);
}

const struct argp_option *argp_find_option(const struct argp *argp, const char *name, size_t length)
{
    struct argp_row rows[ARGP_ROWS_MOST];
    size_t count = argp_rows(argp, rows);
    for (size_t i = 0; i < count; i++) {
        const char *known = rows[i].option->name;
        if (known && strlen(known) == length && strncmp(known, name, length) == 0)
            return rows[i].option;
    }
    return NULL;
}
