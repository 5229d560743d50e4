/* choices.c - options that take one of a few words. */
#include "harness/cli/choices.h"

#include <string.h>

#include "harness/cli/cli.h"
#include "harness/sweep/line.h"

const char *const run_formats[] = {[RUN_FORMAT_HUMAN] = "human", [RUN_FORMAT_JSON] = "json", NULL};
const char *const recommend_formats[] = {[RECOMMEND_FORMAT_HUMAN] = "human",
                                         [RECOMMEND_FORMAT_MARKDOWN] = "markdown",
                                         [RECOMMEND_FORMAT_JSON] = "json",
                                         NULL};
const char *const freeze_choices[] = {"both", "no", "yes", NULL};

int choice_find(const char *const *words, const char *text)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return -1;
}

error_t choice_take(const struct argp_state *state, const char *option, const char *const *words, const char *text,
                    int *index)
{
    char known[256] = "";
    *index = choice_find(words, text);
    if (*index >= 0)
        return 0;
    for (size_t i = 0; words[i]; i++)
        line_append(known, sizeof known, "%s%s", i > 0 ? ", " : "", words[i]);
    return cli_refuse_option(state, "--%s: '%s' is none of %s", option, text, known);
}
