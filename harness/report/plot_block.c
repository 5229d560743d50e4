#include "harness/report/plot_block.h"

#include "harness/report/escape.h"

void plot_begin_block(FILE *f, int written)
{
    if (written > 0)
        fputs("\n\n", f);
}

void plot_put_tuning(const struct summary *s, const struct configuration *c, FILE *f)
{
    char label[4 * RECORD_TEXT_BYTES];

    tuning_label(s, c, label, sizeof label);
    escape_tsv(f, label);
}

void plot_put_allocator(const struct configuration *c, FILE *f)
{
    char label[4 * RECORD_TEXT_BYTES];

    allocator_label(c, label, sizeof label);
    escape_tsv(f, label);
}
