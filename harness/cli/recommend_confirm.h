/* recommend_confirm.h - gcsweep recommend --confirm and --hyperfine: the advice is tried. */
#ifndef GCSWEEP_CLI_RECOMMEND_CONFIRM_H
#define GCSWEEP_CLI_RECOMMEND_CONFIRM_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/analysis/advice.h"

struct trial {
    const char *directory; /* of the sweep */
    const char *command;   /* as typed, kept with the results */
    unsigned rounds;
    bool markdown;
    json_t *json; /* where results go instead of standard output; NULL: there */
};

/* Runs advice and reference on the real CPython into DIR/confirm, times them with hyperfine: an exit status. */
int recommend_confirm(const struct trial *trial, const struct advice *a);
/* Times them with hyperfine where the sweep ran: an exit status. */
int recommend_hyperfine(const struct trial *trial, const struct advice *a);

#endif
