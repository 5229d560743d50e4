/* program.c - drawing sessions, and their text. */
#include "harness/stress/program.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/collectors/collector.h"
#include "core/pool.h"

enum { DEEDS_A_BATCH = 500, FULL_CHECK_EVERY = 4, MOST_BATCHES = 32, MOST_DEBUG_BATCHES = 2 };

/* ---- Drawing ---- */

/* The smallest arenas come and go with few objects. */
static const struct heap_choice some_pools[] = {
    {true, 1 << 20, 1 << 14},
    {true, 1 << 18, 1 << 12},
    {true, 1 << 16, 1 << 12},
    {true, 1 << 16, 1 << 13},
    {true, 0, 0},
};

static struct heap_settings draw_settings(struct random *random, uint64_t number, const struct heap_choice *heaps)
{
    const struct heap_choice *heap =
        heaps && heaps->chosen ? heaps : &some_pools[number % (sizeof some_pools / sizeof some_pools[0])];
    return (struct heap_settings){
        .arena_bytes = heap->arena_bytes,
        .pool_bytes = heap->pool_bytes,
        .collector = (unsigned)(number % collector_count),
        .free_lists = random_next_below(random, 4) == 0 ? 1 + (unsigned)random_next_below(random, 8) : 0,
        .debug = random_next_below(random, 16) == 0,
        .observed = random_next_below(random, 4) == 0,
    };
}

static void add_deed(struct program *p, enum deed_kind kind, uint8_t c)
{
    p->deed[p->count++] = (struct deed){.now = {.kind = (uint8_t)kind, .c = c}};
}

static void draw_batch(struct program *p, struct random *random, unsigned batch)
{
    enum deed_mood mood = (enum deed_mood)random_next_below(random, DEED_MOODS);
    for (int i = 0; i < DEEDS_A_BATCH; i++)
        p->deed[p->count++] = deed_draw(random, mood);
    if (batch % FULL_CHECK_EVERY == 0)
        add_deed(p, DEED_CHECK_ALL, (uint8_t)random_next_below(random, 2));
    else
        add_deed(p, DEED_CHECK, 0);
}

int program_draw(struct program *p, uint64_t seed, uint64_t number, const struct heap_choice *heaps)
{
    struct random random;
    random_seed(&random, seed ^ (number * UINT64_C(0x9E3779B97F4A7C15)));
    p->settings = draw_settings(&random, number, heaps);
    unsigned most = p->settings.debug ? MOST_DEBUG_BATCHES : MOST_BATCHES;
    unsigned batches = 1 + (unsigned)random_next_below(&random, most);
    p->count = 0;
    p->deed = calloc((size_t)batches * (DEEDS_A_BATCH + 1), sizeof p->deed[0]);
    if (!p->deed)
        return -1;
    for (unsigned batch = 1; batch <= batches; batch++)
        draw_batch(p, &random, batch);
    return 0;
}

void program_free(struct program *p)
{
    free(p->deed);
    p->deed = NULL;
    p->count = 0;
}

/* ---- Text ---- */

#define FIRST_LINE "gcsweep stress 1"

void program_write(FILE *out, const struct program *p)
{
    const struct heap_settings *s = &p->settings;
    fputs(FIRST_LINE "\n", out);
    fprintf(out, "heap arena %" PRIu32 " pool %" PRIu32 " collector %s free-lists %u debug %d observed %d\n",
            s->arena_bytes, s->pool_bytes, collectors[s->collector]->name, s->free_lists, s->debug, s->observed);
    for (size_t i = 0; i < p->count; i++)
        deed_write(out, &p->deed[i]);
}

static int read_settings(const char *line, struct heap_settings *s)
{
    char collector[64];
    unsigned debug, observed;
    if (sscanf(line, "heap arena %" SCNu32 " pool %" SCNu32 " collector %63s free-lists %u debug %u observed %u",
               &s->arena_bytes, &s->pool_bytes, collector, &s->free_lists, &debug, &observed) != 6)
        return -1;
    s->debug = debug != 0;
    s->observed = observed != 0;
    for (s->collector = 0; s->collector < collector_count; s->collector++)
        if (strcmp(collectors[s->collector]->name, collector) == 0)
            return 0;
    return -1;
}

static int append(struct program *p, size_t *room, const struct deed *deed)
{
    if (p->count == *room) {
        size_t larger = *room ? 2 * *room : 64;
        struct deed *grown = realloc(p->deed, larger * sizeof grown[0]);
        if (!grown)
            return -1;
        p->deed = grown;
        *room = larger;
    }
    p->deed[p->count++] = *deed;
    return 0;
}

/* Blank lines and comments are passed by. */
static int read_deeds(FILE *in, struct program *p)
{
    char line[256];
    size_t room = 0;
    while (fgets(line, sizeof line, in)) {
        struct deed deed;
        if (line[0] == '\n' || line[0] == '#')
            continue;
        if (deed_read(line, &deed) < 0 || append(p, &room, &deed) < 0)
            return -1;
    }
    return ferror(in) ? -1 : 0;
}

int program_read(FILE *in, struct program *p)
{
    char line[256];
    *p = (struct program){0};
    if (!fgets(line, sizeof line, in) || strcmp(line, FIRST_LINE "\n") != 0 || !fgets(line, sizeof line, in) ||
        read_settings(line, &p->settings) < 0 || read_deeds(in, p) < 0) {
        program_free(p);
        return -1;
    }
    return 0;
}
