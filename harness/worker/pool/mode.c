/* mode.c - a worker that runs one stream of requests. */
#include "harness/worker/pool/mode.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/worker/pool/session.h"
#include "harness/worker/pool/streams.h"

enum { EXIT_UNUSABLE = 2, ERROR_BYTES = 256 };

#define STREAM_KEY "pool-stream="

struct pool_mode {
    const struct pool_stream *stream;
    uint64_t seed;
    int fd;
    bool other_geometry;
    struct pool_geometry geometry;
};

bool pool_mode_asked(int argc, char **argv)
{
    return argc > 1 && strncmp(argv[1], STREAM_KEY, strlen(STREAM_KEY)) == 0;
}

/* Reads one number of at most `most`: where it ends, or NULL. */
static const char *take_number(const char *text, uint64_t most, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && errno == 0 && *out <= most ? end : NULL;
}

static bool take_geometry(const char *text, struct pool_mode *mode)
{
    uint64_t arena, pool;
    text = take_number(text, ARENA_REGION_SLOT_BYTES, &arena);
    if (!text || *text != ',')
        return false;
    text = take_number(text + 1, ARENA_REGION_SLOT_BYTES, &pool);
    if (!text || *text != '\0')
        return false;
    mode->geometry = (struct pool_geometry){.arena_bytes = (uint32_t)arena, .pool_bytes = (uint32_t)pool};
    mode->other_geometry = true;
    return true;
}

static bool take_argument(const char *argument, struct pool_mode *mode)
{
    uint64_t number;
    const char *end = NULL;
    if (strncmp(argument, "seed=", 5) == 0) {
        end = take_number(argument + 5, INT64_MAX, &mode->seed);
    } else if (strncmp(argument, "record_fd=", 10) == 0) {
        end = take_number(argument + 10, 1000, &number);
        mode->fd = (int)number;
    } else if (strncmp(argument, "geometry=", 9) == 0) {
        return take_geometry(argument + 9, mode);
    }
    return end && *end == '\0';
}

static int parse(int argc, char **argv, struct pool_mode *mode, char *error, size_t error_size)
{
    *mode = (struct pool_mode){.seed = 1, .fd = 1};
    mode->stream = find_pool_stream(argv[1] + strlen(STREAM_KEY));
    if (!mode->stream) {
        int used = snprintf(error, error_size, "unknown " STREAM_KEY "NAME; known are");
        for (size_t i = 0; i < pool_stream_count && used >= 0 && (size_t)used < error_size; i++)
            used += snprintf(error + used, error_size - (size_t)used, "%s %s", i ? "," : "", pool_streams[i].name);
        return -1;
    }
    for (int i = 2; i < argc; i++)
        if (!take_argument(argv[i], mode)) {
            snprintf(error, error_size,
                     "argument %d is none of seed=NUMBER, record_fd=NUMBER, geometry=ARENA_BYTES,POOL_BYTES", i);
            return -1;
        }
    return 0;
}

static int run_session(const struct pool_mode *mode, const struct pool_server *server,
                       const struct arena_region *region, char *error, size_t error_size)
{
    struct pool_session *session = calloc(1, sizeof *session);
    FILE *out = session ? fdopen(mode->fd, "w") : NULL;
    int result = -1;
    if (!out) {
        snprintf(error, error_size, "cannot write to descriptor %d: %s", mode->fd, strerror(errno));
    } else {
        result = pool_session_run(session, server, region, mode->stream, mode->seed, out);
        if (result != 0)
            snprintf(error, error_size, "the allocator's counters cannot be read");
        bool written = fflush(out) == 0 && !ferror(out);
        fclose(out);
        if (result == 0 && !written) {
            snprintf(error, error_size, "the readings cannot be written");
            result = -1;
        }
    }
    free(session);
    return result;
}

static int run(const struct pool_mode *mode, char *error, size_t error_size)
{
    struct arena_region *region = calloc(1, sizeof *region);
    struct pool_server server;
    int result = region ? arena_region_open(region, mode->stream->arenas) : ENOMEM;
    if (result != 0) {
        snprintf(error, error_size, "no room for arenas: %s", strerror(result));
        free(region);
        return EXIT_FAILURE;
    }
    const struct arena_source arenas = arena_region_source(region);
    int status = EXIT_UNUSABLE;
    if (pool_server_open(&server, mode->other_geometry ? &mode->geometry : NULL, &arenas, error, error_size) == 0)
        status = run_session(mode, &server, region, error, error_size) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    arena_region_close(region);
    free(region);
    return status;
}

int pool_mode_run(const char *program, int argc, char **argv)
{
    char error[ERROR_BYTES];
    struct pool_mode mode;
    int status = EXIT_UNUSABLE;
    if (parse(argc, argv, &mode, error, sizeof error) == 0)
        status = run(&mode, error, sizeof error);
    if (status != EXIT_SUCCESS)
        fprintf(stderr, "%s: %s\n", program, error);
    return status;
}
