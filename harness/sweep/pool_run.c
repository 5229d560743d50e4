/* pool_run.c - one stream of requests in a process of its own. */
#include "harness/sweep/pool_run.h"

#include <inttypes.h>
#include <stdio.h>

#include "harness/sweep/line.h"
#include "harness/sweep/runtimes.h"
#include "harness/sweep/worker_command.h"

int pool_run_check(const struct runner *r, char *error, size_t error_size)
{
    for (size_t i = 0; i < runtime_row_count; i++)
        if (!r->program[i][0])
            return line_error(error, error_size, "--pool: %s is not there; %s", runtime_rows[i].program,
                              runtime_rows[i].missing);
    return 0;
}

static int make_command(const struct runner *r, const char *runtime, const char *stream, uint64_t seed,
                        struct worker_command *out)
{
    char stream_word[64], seed_word[32], fd_word[32];
    snprintf(stream_word, sizeof stream_word, "pool-stream=%s", stream);
    snprintf(seed_word, sizeof seed_word, "seed=%" PRIu64, seed);
    snprintf(fd_word, sizeof fd_word, "record_fd=%d", WORKER_RECORD_FD);
    const char *const words[] = {stream_word, seed_word, fd_word, NULL};
    return worker_command_make_plain(r->program[find_runtime(runtime) - runtime_rows], words, out);
}

int pool_run(const struct runner *r, const char *runtime, const char *stream, uint64_t seed, struct text_run *out,
             char *error, size_t error_size)
{
    struct worker_command command;
    if (make_command(r, runtime, stream, seed, &command) != 0)
        return line_error(error, error_size, "out of memory");
    int result = text_run(r, &command, out, error, error_size);
    worker_command_free(&command);
    return result;
}
