/* choices.c - what a step's operands ask for, whatever the heap is like.
 *
 * Session and script (deeds_script.c) take the same choices from here.
 */
#include "harness/stress/session.h"

/* ---- New objects ---- */

enum shape step_shape(const struct step *step)
{
    return (enum shape)(step->d % SHAPES);
}

static bool has_few_slots(const struct step *step)
{
    return step->d / SHAPES % 4 < 3;
}

uint32_t step_most_edges(enum shape shape, const struct step *step)
{
    if (shape >= SHAPE_BULK)
        return 0;
    uint32_t wanted = step->c % (ORACLE_EDGES + 1u);
    uint32_t slots = has_few_slots(step) ? SLOTS_FEW : SLOTS_MANY;
    return shape == SHAPE_SLOTS && wanted > slots ? slots : wanted;
}

uint32_t step_room(enum shape shape, uint32_t n, const struct step *step)
{
    if (shape == SHAPE_SLOTS)
        return has_few_slots(step) ? SLOTS_FEW : SLOTS_MANY;
    return shape == SHAPE_DICT || shape == SHAPE_OBJECT ? ORACLE_EDGES : n;
}

uint32_t step_class(enum shape shape, const struct step *step)
{
    uint32_t finalizes = step->e % 3 == 0;
    if (shape == SHAPE_OBJECT)
        return CLASS_OBJECT + step->e / 3u % OBJECT_CLASSES * 2 + finalizes;
    return (has_few_slots(step) ? 0u + CLASS_SLOTS_FEW : 0u + CLASS_SLOTS_MANY) + finalizes;
}

/* Bytes on both sides of the largest block of a pool. */
uint32_t step_size(enum shape shape, const struct step *step)
{
    switch (shape) {
    case SHAPE_BYTES:
        return 8u + step->c * (step->e < 200 ? 1u : 5u);
    case SHAPE_TEXT:
        return step->c % 48;
    case SHAPE_BULK:
        return step->e < 16 ? step->c : step->c % 16u;
    default:
        return 0;
    }
}

struct step step_link_of_chain(const struct step *chain, unsigned i)
{
    static const uint8_t shapes[] = {SHAPE_LIST, SHAPE_TUPLE, SHAPE_DICT, SHAPE_SLOTS, SHAPE_OBJECT, SHAPE_FUNCTION};
    enum { KINDS = sizeof shapes };
    return (struct step){
        .kind = DEED_MAKE,
        .a = chain->a % REGISTERS,
        .b = chain->a % REGISTERS,
        .c = 1,
        .d = chain->d % 4 == 0 ? shapes[(chain->d / 4 + i) % KINDS] : shapes[chain->d / 4 % KINDS],
        .e = (uint8_t)(chain->e + i),
    };
}

/* ---- Edges ---- */

uint32_t step_edge(enum shape shape, uint32_t edges, uint8_t c)
{
    switch (shape) {
    case SHAPE_LIST:
        if (edges == 0 || (c >= 128 && edges < ORACLE_EDGES))
            return edges;
        return c % edges;
    case SHAPE_DICT:
    case SHAPE_OBJECT:
    case SHAPE_SLOTS:
        return c % edges;
    default:
        return ORACLE_EDGES;
    }
}
