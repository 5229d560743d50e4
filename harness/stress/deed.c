/* deed.c - drawing deeds, and their text. */
#include "harness/stress/deed.h"

#include <string.h>

struct row {
    const char *name;
    unsigned weight;
    bool in_hooks;
};

static const struct row rows[DEED_KINDS] = {
#define DEED(constant, name, weight, in_hooks) [DEED_##constant] = {name, weight, in_hooks},
#include "harness/stress/deeds.def"
#undef DEED
};

const char *deed_name(enum deed_kind kind)
{
    return rows[kind].name;
}

/* ---- Drawing ---- */

static uint8_t draw_byte(struct random *random)
{
    return (uint8_t)random_next_below(random, 256);
}

static uint8_t draw_register(struct random *random)
{
    return (uint8_t)random_next_below(random, REGISTERS);
}

/* A heap grows when less is let go. */
static unsigned weight_in(const struct row *row, enum deed_kind kind, enum deed_mood mood)
{
    bool lets_go = kind == DEED_UNLINK || kind == DEED_DROP || kind == DEED_CLEAR || kind == DEED_MOVE;
    if (lets_go && mood != MOOD_EVEN)
        return mood == MOOD_GROWING ? row->weight / 3 : row->weight * 2;
    return row->weight;
}

static enum deed_kind draw_kind(struct random *random, enum deed_mood mood, bool in_hook)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < DEED_KINDS; i++)
        sum += !in_hook || rows[i].in_hooks ? weight_in(&rows[i], i, mood) : 0;
    uint64_t left = random_next_below(random, sum);
    enum deed_kind kind = DEED_NOTHING;
    for (unsigned i = 0; i < DEED_KINDS; i++) {
        unsigned weight = !in_hook || rows[i].in_hooks ? weight_in(&rows[i], i, mood) : 0;
        kind = (enum deed_kind)i;
        if (left < weight)
            break;
        left -= weight;
    }
    return kind;
}

static struct step draw_step(struct random *random, enum deed_kind kind)
{
    return (struct step){
        .kind = (uint8_t)kind,
        .a = draw_register(random),
        .b = draw_register(random),
        .c = draw_byte(random),
        .d = draw_byte(random),
        .e = draw_byte(random),
    };
}

/* Half of all hooks do nothing; the others often concern what is finalized. */
static struct step draw_then(struct random *random, enum deed_mood mood)
{
    if (random_next_below(random, 2) == 0)
        return (struct step){0};
    struct step step = draw_step(random, draw_kind(random, mood, true));
    if (random_next_below(random, 3) == 0)
        step.b = REGISTER_SELF;
    else if (random_next_below(random, 4) == 0)
        step.a = REGISTER_SELF;
    return step;
}

struct deed deed_draw(struct random *random, enum deed_mood mood)
{
    enum deed_kind kind = draw_kind(random, mood, false);
    struct deed deed = {.now = draw_step(random, kind)};
    if (kind == DEED_MAKE || kind == DEED_WEAKREF || kind == DEED_ARM || kind == DEED_CALL)
        deed.then = draw_then(random, mood);
    return deed;
}

/* ---- Text ---- */

static void write_step(FILE *out, const struct step *s)
{
    fprintf(out, "%s %u %u %u %u %u", deed_name((enum deed_kind)s->kind), (unsigned)s->a, (unsigned)s->b,
            (unsigned)s->c, (unsigned)s->d, (unsigned)s->e);
}

void deed_write(FILE *out, const struct deed *deed)
{
    write_step(out, &deed->now);
    if (deed->then.kind != DEED_NOTHING) {
        fputs(" then ", out);
        write_step(out, &deed->then);
    }
    fputc('\n', out);
}

/* Where it ends in the line, or NULL. */
static const char *read_step(const char *line, struct step *step)
{
    char name[20];
    unsigned operand[5];
    int used = 0;
    if (sscanf(line, "%19s %3u %3u %3u %3u %3u%n", name, &operand[0], &operand[1], &operand[2], &operand[3],
               &operand[4], &used) != 6)
        return NULL;
    for (int i = 0; i < 5; i++)
        if (operand[i] > UINT8_MAX)
            return NULL;
    for (unsigned kind = 0; kind < DEED_KINDS; kind++) {
        if (strcmp(name, rows[kind].name) != 0)
            continue;
        *step = (struct step){(uint8_t)kind,       (uint8_t)operand[0], (uint8_t)operand[1],
                              (uint8_t)operand[2], (uint8_t)operand[3], (uint8_t)operand[4]};
        return line + used;
    }
    return NULL;
}

int deed_read(const char *line, struct deed *deed)
{
    *deed = (struct deed){0};
    const char *rest = read_step(line, &deed->now);
    if (rest && strncmp(rest, " then ", 6) == 0)
        rest = read_step(rest + 6, &deed->then);
    return rest && (*rest == '\n' || *rest == '\0') ? 0 : -1;
}
