/* debug_memory.h - blocks that tell on those who misuse them.
 *
 *     [head][what was asked for][end mark]
 *
 * Life       A new block is filled with MEMORY_POISON_NEW. One that is freed is
 *            filled with MEMORY_POISON_FREED and waits in quarantine: its bytes
 *            are not given out again until so many younger ones wait that they
 *            are more than the budget.
 * Found      a block freed twice, or freed that was never given out; a write in
 *            front of a block or past its end, when it is freed and by
 *            debug_memory_check; a write to a freed block, when it leaves the
 *            quarantine and by debug_memory_check; an object used that was
 *            freed, or that nobody refers to, where the debug heap is built in
 *            (object.h).
 * Not found  a read past the end; a use of what has left the quarantine.
 * Report     one line on standard error, then abort: what block, what was done
 *            to it, where it was made, where it was released, where the program
 *            is now. Where: the last call of the mutator that debug_memory_at
 *            was told of; memory that core takes for itself goes by it, too.
 * Units      bytes. A block of n takes n + DEBUG_MEMORY_ROOM.
 * Ownership  `room` comes from the caller and goes back to it. File and type
 *            names are kept as pointers.
 * Threads    none.
 * Source     the marks and fills of CPython 3.11 Objects/obmalloc.c
 *            (_PyMem_DebugRawAlloc); the quarantine and the three places of
 *            Serebryany et al., "AddressSanitizer", USENIX ATC 2012. Differs:
 *            no shadow memory, so reads are not seen but through object.h.
 */
#ifndef GCSWEEP_DEBUG_MEMORY_H
#define GCSWEEP_DEBUG_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MEMORY_POISON_NEW = 0xCD,
    MEMORY_POISON_FREED = 0xDD,
    MEMORY_POISON_END = 0xFD,
    DEBUG_MEMORY_HEAD = 80,
    DEBUG_MEMORY_END = 16,
    DEBUG_MEMORY_ROOM = DEBUG_MEMORY_HEAD + DEBUG_MEMORY_END,
    DEBUG_MEMORY_QUARANTINE = 16 << 20, /* the budget, unless the user sets another */
};

struct debug_place {
    const char *file; /* NULL: not known */
    uint32_t line;
};

struct debug_head;

struct debug_ring {
    struct debug_head *first, *last;
};

struct debug_memory {
    struct debug_ring live, quarantine; /* oldest first */
    uint64_t blocks;                    /* live ones */
    size_t quarantined, budget;
    struct debug_place now;
    bool by_statement; /* the interpreter's line counts, not the workload's */
};

void debug_memory_open(struct debug_memory *d);
/* `room`: bytes + DEBUG_MEMORY_ROOM, aligned to 16. The block in it. */
void *debug_memory_take(struct debug_memory *d, void *room, size_t bytes);
/* Ends a block's life: into quarantine. */
void debug_memory_release(struct debug_memory *d, void *block);
/* The room of the block that is longest in quarantine, when it is over budget or `all` are to go; NULL for none. */
void *debug_memory_try_give_back(struct debug_memory *d, bool all);
/* As asked for. Reports a block that is not live. */
size_t debug_memory_bytes(const void *block);
/* Are all marks whole, and is nothing written to what is freed? 0, or -1 with
 * the first violation in `error`. */
int debug_memory_check(const struct debug_memory *d, char *error, size_t error_size);

/* The program is at this line now. */
static inline void debug_memory_at(struct debug_memory *d, const char *file, uint32_t line)
{
    if (!d->by_statement)
        d->now = (struct debug_place){file, line};
}

/* The same for an interpreter: from the first call on debug_memory_at does nothing. */
static inline void debug_memory_at_statement(struct debug_memory *d, const char *file, uint32_t line)
{
    d->by_statement = true;
    d->now = (struct debug_place){file, line};
}

/* What the live block holds, for reports: a type's name, or "key table"; kept.
 * It counts as made here. */
void debug_memory_name(void *block, const char *what);
/* `copy` holds what `block` does. */
void debug_memory_name_as(void *copy, const void *block);
/* Whether a block that was not given out again since lies, or lay, here. */
bool debug_memory_is_block(const void *block);
/* Reports a block. `sin`: "is freed while ..." */
_Noreturn void debug_memory_misuse(const void *block, const char *sin);

#endif
