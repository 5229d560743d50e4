#include "harness/report/picture_table.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { NAME_BYTES = 1024 };

struct reading {
    const struct picture *picture;
    size_t columns, most, rows;
    size_t blocks; /* begun */
    bool in_block;
    char name[NAME_BYTES]; /* of the block */
    picture_row *row;
    void *context;
};

size_t picture_columns(const struct picture *picture)
{
    size_t count = 0;

    while (count < PICTURE_COLUMNS && picture->layout->columns[count] != NULL)
        count++;
    return count;
}

/* Cuts the line at its tabs, in place. */
static size_t split(char *line, char *cells[PICTURE_COLUMNS])
{
    size_t count = 0;

    for (char *at = line; at != NULL && count < PICTURE_COLUMNS; count++) {
        cells[count] = at;
        at = strchr(at, '\t');
        if (at != NULL)
            *at++ = '\0';
    }
    return count;
}

static void read_head(struct reading *r, char *const *cells, size_t count)
{
    size_t named = r->picture->layout->block == BLOCK_NAMED_SECOND ? 1 : 0;

    r->in_block = true;
    r->blocks++;
    snprintf(r->name, sizeof r->name, "%s", named < count ? cells[named] : "");
}

static void read_row(struct reading *r, char *const *cells, size_t count)
{
    const struct picture_layout *layout = r->picture->layout;
    const char *out[PICTURE_COLUMNS];
    size_t filled = 0, at = layout->skipped;

    if (r->blocks > r->picture->blocks || strcmp(cells[0], "NaN") == 0 || r->rows++ >= r->most)
        return;
    if (layout->block != BLOCK_UNNAMED)
        out[filled++] = r->name;
    while (filled < r->columns)
        out[filled++] = at < count ? cells[at++] : "";
    r->row(r->context, out, r->columns);
}

static void read_line(struct reading *r, char *line)
{
    char *cells[PICTURE_COLUMNS];

    if (line[0] == '\0') {
        r->in_block = false;
        return;
    }
    size_t count = split(line, cells);
    if (r->in_block)
        read_row(r, cells, count);
    else
        read_head(r, cells, count);
}

int each_picture_row(const struct picture *picture, const char *directory, size_t most, picture_row *row, void *context,
                     size_t *rows)
{
    struct reading r = {.picture = picture, .most = most, .row = row, .context = context};
    char path[PATH_MAX], *line = NULL;
    size_t size = 0;

    r.columns = picture_columns(picture);
    snprintf(path, sizeof path, "%s/plots/%.160s.tsv", directory, picture->name);
    *rows = 0;
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return errno == ENOMEM ? -1 : 0;
    for (ssize_t length; (length = getline(&line, &size, in)) >= 0;) {
        if (length > 0 && line[length - 1] == '\n')
            line[length - 1] = '\0';
        read_line(&r, line);
    }
    int status = feof(in) || ferror(in) ? 0 : -1; /* a line that no memory was left for */
    free(line);
    fclose(in);
    *rows = r.rows;
    return status;
}
