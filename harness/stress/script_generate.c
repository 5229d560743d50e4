#include "harness/stress/script_generate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stress/script_writer.h"
#include "harness/sweep/text_stream.h"

/* How many statements a script executes: most few, so that a difference is
 * found in a short one; some many, so that generations fill. */
static uint64_t draw_budget(struct script_writer *w)
{
    uint64_t scale[] = {60, 200, 400, 600, 1200};
    uint64_t most = scale[draw(w, sizeof scale / sizeof scale[0])];
    return most / 2 + draw(w, most);
}

static void write_some(struct script_writer *w, uint64_t most);

static void write_frame(struct script_writer *w)
{
    begin_frame(w);
    write_some(w, 8);
    end_frame(w);
}

static void write_repeat(struct script_writer *w)
{
    static const uint64_t wished[] = {0, 1, 2, 3, 4, 5, 8, 13, 30};
    enum { BODY = 15 }; /* what a body costs, about */
    uint64_t passes = wished[draw(w, sizeof wished / sizeof wished[0])];
    while (passes > 1 && !affords(w, passes, BODY))
        passes /= 2;
    struct repeat r;
    begin_repeat(w, &r, passes);
    write_some(w, 5);
    end_repeat(w, &r);
}

/* Deeds and blocks, one at least. */
static void write_some(struct script_writer *w, uint64_t most)
{
    for (uint64_t left = 1 + draw(w, most); left > 0; left--) {
        bool deeper = w->blocks < SCRIPT_BLOCKS_DEEP && affords(w, 1, 20);
        if (deeper && one_in(w, 12))
            write_repeat(w);
        else if (deeper && one_in(w, 12))
            write_frame(w);
        else
            write_deed(w);
    }
}

static void write_start(struct script_writer *w)
{
    for (unsigned i = 0; i < NAMES_OF_KIND; i++) {
        struct name r = name_of(NAME_RESURRECTED, i);
        write_value(w, &r);
    }
    if (!one_in(w, 4))
        write_threshold(w);
}

static void write_script(struct script_writer *w)
{
    write_start(w);
    while (w->executed < w->budget)
        write_some(w, 8);
    write_line(w, "print blocks");
    write_line(w, "print gc.count");
    write_line(w, "print gc.stats");
}

char *script_generate(uint64_t seed, uint64_t number, size_t *length)
{
    struct text_stream stream;
    struct script_writer w = {.times = 1};
    memset(w.level, UNBOUND, sizeof w.level);
    /* Mixed, so that neither seed 1's script 2 nor seed 2's script 1 is the other. */
    random_seed(&w.random, random_splitmix(&seed) ^ number);
    w.budget = draw_budget(&w);
    w.out = text_stream_open(&stream);
    if (!w.out)
        return NULL;
    write_script(&w);
    char *text = text_stream_close(&stream);
    *length = stream.length;
    return text;
}
