/* other_workers.h - gcsweep in a folder where other workers stand beside it. */
#ifndef GCSWEEP_TESTS_OTHER_WORKERS_H
#define GCSWEEP_TESTS_OTHER_WORKERS_H

#include "tests/command.h"

/* Ends the test where there is no worker of the real CPython. */
static inline void skip_without_cpython(void)
{
    if (access(built("gcsweep-worker-cpython"), X_OK) != 0)
        skip();
}

/* Exit status 2 and one line on standard error, with `named` in it. */
static inline void assert_refused(const struct command *c, const char *named)
{
    assert_int_equal(c->status, 2);
    assert_string_equal(c->out, "");
    assert_int_equal(line_count(c->error), 1);
    if (!strstr(c->error, named))
        fail_msg("'%s' is not named in: %s", named, c->error);
}

/* A folder with gcsweep in it, which looks for the workers beside itself. */
static inline char *folder_with_gcsweep(void)
{
    static struct command c;
    char *folder = folder_make();
    const char *const words[] = {built("gcsweep"), folder, NULL};
    if (!folder)
        abort();
    command_run(&c, "/bin/cp", words);
    if (c.status != 0)
        abort();
    return folder;
}

/* The worker `name`, with `more` after its arguments. */
static inline void put_worker(const char *folder, const char *name, const char *more)
{
    char script[2 * PATH_MAX];
    snprintf(script, sizeof script, "#!/bin/sh\nexec '%s' \"$@\" %s\n", built(name), more);
    file_write(in_folder(folder, name), script, 0755);
}

#endif
