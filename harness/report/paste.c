#include "harness/report/paste.h"

#include <inttypes.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "allocators/allocator.h"
#include "harness/sweep/line.h"
#include "harness/worker/tunings/tuning.h"

static void add_note(struct paste *p, const char *text)
{
    line_append(p->note, sizeof p->note, "%s%s", p->note[0] != '\0' ? " " : "", text);
}

/* ---- Python ---- */

static void add_line(struct paste *p, const char *text)
{
    size_t i = 0;

    while (i < PASTE_LINES && p->python[i][0] != '\0')
        i++;
    if (i < PASTE_LINES)
        snprintf(p->python[i], PASTE_LINE_BYTES, "%s", text);
}

static void write_python(const char *tuning, struct paste *p)
{
    struct tuning_setting t;
    char canonical[RECORD_TEXT_BYTES], line[PASTE_LINE_BYTES];

    add_line(p, "import gc");
    if (tuning_parse(tuning, &t, canonical, sizeof canonical, line, sizeof line) != 0) {
        add_note(p, "This gcsweep does not know that tuning: its lines are those of the default thresholds.");
        t = (struct tuning_setting){.threshold = {700, 10, 10}};
    }
    if (t.disabled) {
        add_line(p, "gc.disable()  # at the start");
    } else {
        snprintf(line, sizeof line, "gc.set_threshold(%d, %d, %d)  # at the start", t.threshold[0], t.threshold[1],
                 t.threshold[2]);
        add_line(p, line);
    }
    if (t.freeze)
        add_line(p, "gc.freeze()  # after start-up, when what stays has been loaded");
    if (t.every > 0) {
        snprintf(line, sizeof line, "gc.collect()  # by hand, after every %" PRIu64 " request%s", t.every,
                 t.every == 1 ? "" : "s");
        add_line(p, line);
    }
}

/* ---- The shell ---- */

static const char *library_of(const struct configuration *c)
{
    for (size_t i = 0; i < c->run_count; i++)
        if (run_is_ok(c->runs[i]))
            return c->runs[i]->version_allocator_library;
    return "";
}

/* Only the value is quoted: a quoted name would be a command. */
static void add_variable(struct paste *p, const char *name, const char *value)
{
    char word[PASTE_SHELL_BYTES / 4] = "";

    line_add_word(word, sizeof word, value);
    line_append(p->shell, sizeof p->shell, "%s%s=%s", p->shell[0] != '\0' ? " " : "", name, word);
    p->environment_is_default = false;
}

/* "VARIABLE=VALUE". */
static void add_setting(struct paste *p, const char *setting)
{
    char name[RECORD_TEXT_BYTES];
    size_t length = strcspn(setting, "=");

    snprintf(name, sizeof name, "%.*s", (int)length, setting);
    add_variable(p, name, setting[length] == '=' ? setting + length + 1 : "");
}

/* `choice` is NULL when the text could not be taken apart on this machine. */
static void add_library(const struct configuration *c, const struct allocator_choice *choice, struct paste *p)
{
    const char *library = library_of(c);
    bool is_c_library = choice != NULL && choice->allocator != NULL && choice->allocator->preload[0] == NULL;

    if (is_c_library)
        return;
    if (library[0] == '/') {
        add_variable(p, "LD_PRELOAD", library);
        return;
    }
    add_note(p, "The sweep did not keep where the allocator's library is: put its path for LIBRARY.");
    add_variable(p, "LD_PRELOAD", "LIBRARY");
}

static void write_shell(const struct configuration *c, struct paste *p)
{
    const char *text = c->dimensions->allocator, *rest = text;
    const struct pool_row *pools = find_pools(text, &rest);
    char error[RECORD_TEXT_BYTES];
    struct allocator_choice *choice = malloc(sizeof *choice); /* a large one */
    bool known = choice != NULL && allocator_parse(text, choice, error, sizeof error) == 0;

    p->environment_is_default = true;
    if (pools == NULL)
        add_variable(p, "PYTHONMALLOC", "malloc");
    else if (!pools->in_cpython)
        add_note(p, "CPython 3.11 has its own pool allocator only: the line leaves that one on.");
    for (size_t i = 0; known && i < ALLOCATOR_SETTINGS && choice->settings[i][0] != '\0'; i++)
        add_setting(p, choice->settings[i]);
    if (pools == NULL || rest[0] == '+')
        add_library(c, known ? choice : NULL, p);
    line_append(p->shell, sizeof p->shell, "%spython3 PROGRAM.py", p->shell[0] != '\0' ? " " : "");
    free(choice);
}

void paste_of(const struct configuration *c, struct paste *out)
{
    memset(out, 0, sizeof *out);
    if (strcmp(c->dimensions->collector, "cpython-3.11") != 0)
        add_note(out, "CPython 3.11 has its own collector only: the lines leave that one on.");
    if (strcmp(c->dimensions->refcount, "plain") != 0)
        add_note(out, "CPython 3.11 keeps its counts plain.");
    write_python(c->dimensions->tuning, out);
    write_shell(c, out);
}
