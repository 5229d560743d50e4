/* trashcan.c - setting objects aside, and working them off. */
#include "core/trashcan.h"

#include "core/heap.h"

bool trashcan_begin(struct heap *h, struct object *o)
{
    struct trashcan *trash = &h->trash;
    if (trash->nesting < TRASHCAN_LEVELS) {
        if (trash->nesting++ == 0)
            cascade_begin(h, 1);
        return true;
    }
    struct gc_head *head = gc_head_of(o);
    gc_set_prev(head, (struct gc_head *)trash->waiting);
    trash->waiting = o;
    return false;
}

static void work_off(struct heap *h)
{
    struct trashcan *trash = &h->trash;
    trash->nesting++; /* so that no release below starts to work the list off too */
    while (trash->waiting) {
        struct object *o = trash->waiting;
        trash->waiting = (struct object *)gc_prev(gc_head_of(o));
        o->type->release(h, o);
    }
    trash->nesting--;
}

void trashcan_end(struct heap *h)
{
    if (--h->trash.nesting > 0)
        return;
    if (h->trash.waiting)
        work_off(h);
    cascade_end(h);
}
