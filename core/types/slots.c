/* slots.c - classes, and the life of their instances. */
#include "core/types/slots.h"

#include "core/heap.h"

static struct object **slots_of(struct object *o)
{
    return ((struct slots_object *)o)->slot;
}

static void slots_traverse(struct object *o, object_visit *visit, void *argument)
{
    struct object **slot = slots_of(o);
    for (unsigned i = 0, n = slots_class_of(o)->slots; i < n; i++)
        if (slot[i])
            visit(slot[i], argument);
}

/* First slot first. */
static void slots_clear(struct heap *h, struct object *o)
{
    for (unsigned i = 0, n = slots_class_of(o)->slots; i < n; i++)
        slots_set(h, o, i, NULL);
}

static void slots_finalize(struct heap *h, struct object *o)
{
    (void)h;
    const struct slots_class *class = slots_class_of(o);
    class->finalizer(class, o);
}

/* The finalizer sees a tracked object, as any other code does. */
static bool try_finalize_tracked(struct heap *h, struct object *o)
{
    gc_track(&h->gc, o);
    if (object_try_finalize(h, o))
        return true;
    gc_untrack(o);
    return false;
}

static void slots_release(struct heap *h, struct object *o)
{
    gc_untrack(o);
    if (!trashcan_begin(h, o))
        return;
    if (!o->type->finalize || !try_finalize_tracked(h, o)) {
        slots_clear(h, o);
        gc_free(h, o);
    }
    trashcan_end(h);
}

static void slotless_release(struct heap *h, struct object *o)
{
    if (!o->type->finalize || !object_try_finalize(h, o))
        memory_free(&h->memory, o);
}

static size_t bytes_for(const struct slots_class *class)
{
    return offsetof(struct slots_object, slot) + class->slots * sizeof(struct object *);
}

static size_t slots_bytes(const struct object *o)
{
    return (object_is_collectable(o) ? sizeof(struct gc_head) : 0) + bytes_for(slots_class_of(o));
}

void slots_class_init(struct slots_class *class, const char *name, unsigned slots,
                      void (*finalizer)(const struct slots_class *class, struct object *self))
{
    *class = (struct slots_class){
        .type =
            {
                .name = name,
                .collectable = slots > 0,
                .traverse = slots > 0 ? slots_traverse : NULL,
                .clear = slots > 0 ? slots_clear : NULL,
                .finalize = finalizer ? slots_finalize : NULL,
                .release = slots > 0 ? slots_release : slotless_release,
                .bytes = slots_bytes,
            },
        .slots = slots,
        .finalizer = finalizer,
    };
}

static struct object *slotless_new(struct heap *h, const struct slots_class *class)
{
    struct object *o = memory_alloc(&h->memory, bytes_for(class));
    if (o)
        *o = (struct object){.refcount = 1, .type = &class->type};
    return o;
}

struct object *slots_new(struct heap *h, const struct slots_class *class)
{
    if (class->slots == 0)
        return slotless_new(h, class);
    struct object *o = gc_new(h, &class->type, bytes_for(class));
    if (!o)
        return NULL;
    struct object **slot = slots_of(o);
    for (unsigned i = 0; i < class->slots; i++)
        slot[i] = NULL;
    gc_track(&h->gc, o);
    return o;
}
