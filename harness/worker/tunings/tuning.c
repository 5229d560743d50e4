/* tuning.c - the table of tunings, and a tuning from text. */
#include "harness/worker/tunings/tuning.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define TUNING(c_name) extern const struct tuning tuning_##c_name;
#include "harness/worker/tunings/tunings.def"
#undef TUNING

const struct tuning *const tunings[] = {
#define TUNING(c_name) &tuning_##c_name,
#include "harness/worker/tunings/tunings.def"
#undef TUNING
};

const size_t tuning_count = sizeof tunings / sizeof tunings[0];

enum { TEXT_BYTES = 128 };

/* Without its blanks, and printable: false when it is too long. */
static bool clean(const char *text, char out[TEXT_BYTES])
{
    size_t n = 0;
    for (; *text && n < TEXT_BYTES - 1; text++)
        if (!isspace((unsigned char)*text))
            out[n++] = iscntrl((unsigned char)*text) ? '?' : *text;
    out[n] = '\0';
    return *text == '\0';
}

static int refuse_form(const char *text, char *error, size_t error_size)
{
    char known[512] = "";
    for (size_t i = 0, used = 0; i < tuning_count && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", tunings[i]->form);
    if (text[0] == '\0')
        snprintf(error, error_size, "the tuning is empty; known are %s", known);
    else
        snprintf(error, error_size, "unknown tuning '%s'; known are %s", text, known);
    return -1;
}

int tuning_parse(const char *text, struct tuning_setting *out, char *canonical, size_t canonical_size, char *error,
                 size_t error_size)
{
    char cleaned[TEXT_BYTES], why[256];
    if (!clean(text, cleaned)) {
        snprintf(error, error_size, "tuning '%.40s...' is longer than %d bytes", cleaned, TEXT_BYTES - 1);
        return -1;
    }
    for (size_t i = 0; i < tuning_count && cleaned[0]; i++) {
        memset(out, 0, sizeof *out);
        out->tuning = tunings[i];
        int took = tunings[i]->parse(cleaned, out, why, sizeof why);
        if (took > 0) {
            tunings[i]->write(out, canonical, canonical_size);
            return 0;
        }
        if (took < 0) {
            snprintf(error, error_size, "tuning '%s': %s", cleaned, why);
            return -1;
        }
    }
    return refuse_form(cleaned, error, error_size);
}
