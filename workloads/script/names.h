/* names.h - the names of a heap script, each kept once.
 *
 * A crit-bit tree: a node tells its two sides apart by one bit of the names
 * below it, and bits grow downwards. Nothing is hashed, so no choice of names
 * makes it slow: finding a name of n bytes looks at no more than 8 (n + 1) nodes
 * and compares it once.
 *
 * Ownership  all arrays are the caller's: `names` and `nodes` for as many as
 *            there can be different names, `characters` for their bytes and a
 *            0 after each.
 * Errors     none.
 * Source     D. J. Bernstein, "Crit-bit trees" (2003); differs: the search
 *            stops at the first bit past the name's end, and the node made with a
 *            name has its number less 1, so that each node knows a name below it.
 */
#ifndef GCSWEEP_SCRIPT_NAMES_H
#define GCSWEEP_SCRIPT_NAMES_H

#include "workloads/script/script.h"

struct names_node {
    uint32_t child[2]; /* a node, or NAMES_LEAF + a name */
    uint32_t bit;      /* 8 * byte + bit, bit 0 the byte's highest */
};

#define NAMES_LEAF (UINT32_C(1) << 31)

struct names {
    struct script_name *names;
    struct names_node *nodes;
    char *characters; /* the next free one */
    uint32_t count;
    uint32_t root;
    uint64_t steps; /* nodes and bytes looked at: what the tests of its speed count */
};

/* The index of a name, which is added when it is new. At most SCRIPT_LINE_BYTES long, no 0 in it. */
uint32_t names_intern(struct names *t, const char *text, size_t length);

#endif
