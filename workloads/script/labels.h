/* labels.h - what finalizers and weak references of a heap script are called.
 *
 * A table by the object's address. It knows nothing of an object's death: an
 * entry is replaced when a new object is made at its address.
 *
 * Ownership  memory of its own, from mmap, given back by labels_close.
 * Errors     ENOMEM.
 */
#ifndef GCSWEEP_SCRIPT_LABELS_H
#define GCSWEEP_SCRIPT_LABELS_H

#include "workloads/mutator.h"
#include "workloads/script/script.h"

struct label {
    uintptr_t address;                        /* 0: free */
    const struct script_statement *statement; /* that gave the label; NULL: none */
    uint64_t index;                           /* of the innermost repeat then */
    bool in_loop;
    bool ran; /* the finalizer was called */
};

/* Zeroed: an empty table. */
struct labels {
    struct label *entries;
    size_t capacity, used; /* a power of 2; at most half of it is used */
};

/* Makes room for one more. */
int labels_reserve(struct labels *labels);
/* NULL when there is none. */
struct label *labels_find(const struct labels *labels, value v);
/* The entry of v, made or cleared. Only after labels_reserve. */
struct label *labels_put(struct labels *labels, value v);
/* A new object has no label. */
static inline void labels_forget(const struct labels *labels, value v)
{
    struct label *label = labels->used > 0 ? labels_find(labels, v) : NULL;
    if (label)
        *label = (struct label){.address = label->address};
}
void labels_close(struct labels *labels);

#endif
