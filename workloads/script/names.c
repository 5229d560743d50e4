#include "workloads/script/names.h"

#include <string.h>

enum { SAME = UINT32_MAX };

/* The byte i of a name, 0 past its end. */
static unsigned byte_of(const char *text, size_t length, size_t i)
{
    return i < length ? (unsigned char)text[i] : 0;
}

static unsigned side_of(const char *text, size_t length, uint32_t bit)
{
    return byte_of(text, length, bit / 8) >> (7 - bit % 8) & 1;
}

/* The link to follow from the root: to the first node whose bit is `limit` or
 * more, or to a leaf. */
static uint32_t *descend(struct names *t, const char *text, size_t length, uint32_t limit)
{
    uint32_t *link = &t->root;

    while (!(*link & NAMES_LEAF) && t->nodes[*link].bit < limit) {
        link = &t->nodes[*link].child[side_of(text, length, t->nodes[*link].bit)];
        t->steps++;
    }
    return link;
}

/* The first bit in which a name differs from the given one, SAME if in none. */
static uint32_t first_difference(struct names *t, const struct script_name *name, const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && byte_of(name->text, name->length, i) == (unsigned char)text[i])
        i++;
    t->steps += i + 1;

    unsigned difference = byte_of(name->text, name->length, i) ^ byte_of(text, length, i);
    if (difference == 0)
        return SAME;
    return (uint32_t)(8 * i) + (uint32_t)__builtin_clz(difference) - 24;
}

static uint32_t add_name(struct names *t, const char *text, size_t length)
{
    t->names[t->count] = (struct script_name){t->characters, (uint32_t)length};
    memcpy(t->characters, text, length);
    t->characters[length] = 0;
    t->characters += length + 1;
    return t->count++;
}

uint32_t names_intern(struct names *t, const char *text, size_t length)
{
    if (t->count == 0) {
        t->root = NAMES_LEAF;
        return add_name(t, text, length);
    }

    uint32_t found = *descend(t, text, length, (uint32_t)(8 * (length + 1)));
    uint32_t nearest = found & NAMES_LEAF ? found & ~NAMES_LEAF : found + 1;
    uint32_t bit = first_difference(t, &t->names[nearest], text, length);
    if (bit == SAME)
        return nearest;

    uint32_t *link = descend(t, text, length, bit);
    uint32_t name = add_name(t, text, length);
    unsigned side = side_of(text, length, bit);
    struct names_node *node = &t->nodes[name - 1];
    node->bit = bit;
    node->child[side] = NAMES_LEAF + name;
    node->child[1 - side] = *link;
    *link = name - 1;
    return name;
}
