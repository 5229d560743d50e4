/* stopped_sweep.h - a sweep or search that stands still with some of its runs stored and some still to come. */
#ifndef GCSWEEP_TESTS_STOPPED_SWEEP_H
#define GCSWEEP_TESTS_STOPPED_SWEEP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/store/store.h"
#include "tests/command.h"

/* The runs that a folder holds; 0 where there are no results yet. */
static inline size_t count_runs(const char *folder)
{
    struct result_set results;
    char ignored[1024];
    if (store_load(folder, &results, ignored, sizeof ignored) != 0)
        return 0;
    size_t count = results.run_count;
    result_set_free(&results);
    return count;
}

/* Starts gcsweep with `words`, which sweep into `folder`, and stops it (SIGSTOP) with at least `least` of its runs and
 * less than `all`. A sweep is short: one that came to its end before it was looked at is begun anew. SIGCONT lets it
 * go on. */
static inline struct started start_and_stop(const char *const *words, const char *folder, size_t least, size_t all)
{
    enum { TURNS = 20, LOOKS = 30000 };
    for (int turn = 0; turn < TURNS; turn++) {
        struct command c;
        struct started s = command_start(built("gcsweep"), words);
        for (int i = 0; i < LOOKS && count_runs(folder) < least; i++)
            usleep(2000);
        kill(s.pid, SIGSTOP);
        waitid(P_PID, (id_t)s.pid, &(siginfo_t){0}, WSTOPPED | WEXITED | WNOWAIT);
        size_t held = count_runs(folder);
        if (held >= least && held < all)
            return s;
        kill(s.pid, SIGKILL);
        command_await(&s, &c);
        folder_remove(strdup(folder));
        mkdir(folder, 0777);
    }
    fail_msg("%s: no sweep was caught between %zu and %zu runs", folder, least, all);
    return (struct started){-1, -1, -1};
}

#endif
