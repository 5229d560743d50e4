/* debug_memory.c - heads, end marks, quarantine and reports. */
#include "core/debug_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The state is last: a write in front of the block hits it first. It is mixed
 * with the address, so that a copy of a head is none. */
struct debug_head {
    struct debug_head *next, *previous;
    struct debug_memory *owner;
    const char *what; /* NULL: not known */
    struct debug_place made, released;
    size_t bytes;
    uint64_t state;
};

_Static_assert(sizeof(struct debug_head) == DEBUG_MEMORY_HEAD, "a block must stay aligned");

#define STATE_LIVE  UINT64_C(0x6C6976656C697665)
#define STATE_FREED UINT64_C(0x6672656566726565)

enum { REPORT_BYTES = 512, PLACE_BYTES = 160 };

static struct debug_head *head_of(const void *block)
{
    return (struct debug_head *)(uintptr_t)block - 1;
}

static unsigned char *block_of(const struct debug_head *head)
{
    return (unsigned char *)(uintptr_t)(head + 1);
}

static bool is_in_state(const struct debug_head *head, uint64_t state)
{
    return (head->state ^ (uintptr_t)head) == state;
}

static void set_state(struct debug_head *head, uint64_t state)
{
    head->state = state ^ (uintptr_t)head;
}

/* ---- Reports ---- */

static const char *show_place(struct debug_place p, char text[PLACE_BYTES])
{
    if (p.file)
        snprintf(text, PLACE_BYTES, "at %s:%" PRIu32, p.file, p.line);
    else
        snprintf(text, PLACE_BYTES, "at a place not known");
    return text;
}

/* "a list (56 bytes) is freed twice; made at F:1, released at F:2, now at F:3" */
static void describe(const struct debug_head *head, const char *sin, char *out, size_t size)
{
    char made[PLACE_BYTES], released[PLACE_BYTES], now[PLACE_BYTES];
    bool freed = is_in_state(head, STATE_FREED);
    snprintf(out, size, "a %s (%zu bytes) %s; made %s%s%s, now %s", head->what ? head->what : "block", head->bytes, sin,
             show_place(head->made, made), freed ? ", released " : "",
             freed ? show_place(head->released, released) : "", show_place(head->owner->now, now));
}

static bool is_block(const struct debug_head *head)
{
    return is_in_state(head, STATE_LIVE) || is_in_state(head, STATE_FREED);
}

/* A script's name may hold anything. */
static void make_printable(char *line)
{
    for (; *line; line++)
        if ((unsigned char)*line < ' ' || *line == 0x7F)
            *line = '?';
}

static _Noreturn void report(const struct debug_head *head, const char *sin)
{
    char line[REPORT_BYTES] = "what is freed or used is no block, or was written to in front";
    if (is_block(head))
        describe(head, sin, line, sizeof line);
    make_printable(line);
    fprintf(stderr, "gcsweep: debug heap: %s\n", line);
    abort();
}

void debug_memory_misuse(const void *block, const char *sin)
{
    report(head_of(block), sin);
}

/* ---- Rings ---- */

static void append(struct debug_ring *ring, struct debug_head *head)
{
    head->next = NULL;
    head->previous = ring->last;
    *(ring->last ? &ring->last->next : &ring->first) = head;
    ring->last = head;
}

static void take_out(struct debug_ring *ring, struct debug_head *head)
{
    *(head->previous ? &head->previous->next : &ring->first) = head->next;
    *(head->next ? &head->next->previous : &ring->last) = head->previous;
}

/* ---- Life ---- */

static bool is_filled(const unsigned char *at, size_t n, int byte)
{
    return n == 0 || (at[0] == byte && memcmp(at, at + 1, n - 1) == 0);
}

/* What is wrong with a block; NULL when nothing is. */
static const char *find_sin(const struct debug_head *head)
{
    const unsigned char *block = block_of(head);
    if (!is_filled(block + head->bytes, DEBUG_MEMORY_END, MEMORY_POISON_END))
        return "was written to past its end";
    if (is_in_state(head, STATE_FREED) && !is_filled(block, head->bytes, MEMORY_POISON_FREED))
        return "was written to after its release";
    return NULL;
}

void debug_memory_open(struct debug_memory *d)
{
    *d = (struct debug_memory){.budget = DEBUG_MEMORY_QUARANTINE};
}

void *debug_memory_take(struct debug_memory *d, void *room, size_t bytes)
{
    struct debug_head *head = room;
    *head = (struct debug_head){.owner = d, .made = d->now, .bytes = bytes};
    set_state(head, STATE_LIVE);
    append(&d->live, head);
    d->blocks++;
    memset(block_of(head), MEMORY_POISON_NEW, bytes);
    memset(block_of(head) + bytes, MEMORY_POISON_END, DEBUG_MEMORY_END);
    return block_of(head);
}

/* `sin`: what is being done to it, should it be freed. */
static struct debug_head *live_head_of(const void *block, const char *sin)
{
    struct debug_head *head = head_of(block);
    if (!is_in_state(head, STATE_LIVE))
        report(head, sin);
    return head;
}

void debug_memory_release(struct debug_memory *d, void *block)
{
    struct debug_head *head = live_head_of(block, "is freed twice");
    const char *sin = find_sin(head);
    if (sin)
        report(head, sin);
    take_out(&d->live, head);
    d->blocks--;
    head->released = d->now;
    set_state(head, STATE_FREED);
    memset(block, MEMORY_POISON_FREED, head->bytes);
    append(&d->quarantine, head);
    d->quarantined += head->bytes + DEBUG_MEMORY_ROOM;
}

void *debug_memory_try_give_back(struct debug_memory *d, bool all)
{
    struct debug_head *head = d->quarantine.first;
    if (!head || (!all && d->quarantined <= d->budget))
        return NULL;
    const char *sin = find_sin(head);
    if (sin)
        report(head, sin);
    take_out(&d->quarantine, head);
    d->quarantined -= head->bytes + DEBUG_MEMORY_ROOM;
    head->state = 0;
    return head;
}

size_t debug_memory_bytes(const void *block)
{
    return live_head_of(block, "is resized after its release")->bytes;
}

void debug_memory_name(void *block, const char *what)
{
    struct debug_head *head = head_of(block);
    head->what = what;
    head->made = head->owner->now;
}

void debug_memory_name_as(void *copy, const void *block)
{
    head_of(copy)->what = head_of(block)->what;
}

bool debug_memory_is_block(const void *block)
{
    return is_block(head_of(block));
}

static int check_ring(const struct debug_ring *ring, uint64_t state, char *error, size_t error_size)
{
    for (const struct debug_head *head = ring->first; head; head = head->next) {
        if (!is_in_state(head, state)) {
            snprintf(error, error_size, "a block was written to in front");
            return -1;
        }
        const char *sin = find_sin(head);
        if (sin) {
            describe(head, sin, error, error_size);
            make_printable(error);
            return -1;
        }
    }
    return 0;
}

int debug_memory_check(const struct debug_memory *d, char *error, size_t error_size)
{
    if (check_ring(&d->live, STATE_LIVE, error, error_size) < 0)
        return -1;
    return check_ring(&d->quarantine, STATE_FREED, error, error_size);
}
