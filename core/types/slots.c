/* slots.c - classes, and the life of their instances. */
#include "core/types/slots.h"

#include "core/heap.h"

static struct object **slots_of(struct object *o)
{
    return ((struct slots_object *)object_used(o))->slot;
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

static void slots_release(struct heap *h, struct object *o)
{
    gc_untrack(o);
    if (!trashcan_begin(h, o))
        return;
    if (!o->type->finalize || !object_try_finalize_tracked(h, o)) {
        slots_clear(h, o);
        gc_free(h, o);
    }
    trashcan_end(h);
}

static size_t bytes_for(const struct slots_class *class)
{
    return offsetof(struct slots_object, slot) + class->slots * sizeof(struct object *);
}

static size_t slots_bytes(const struct object *o)
{
    return sizeof(struct gc_head) + bytes_for(slots_class_of(o));
}

void slots_class_init(struct slots_class *class, const char *name, unsigned slots,
                      void (*finalizer)(const struct slots_class *class, struct object *self))
{
    *class = (struct slots_class){
        .type =
            {
                .name = name,
                .collectable = true,
                .traverse = slots_traverse,
                .clear = slots_clear,
                .finalize = finalizer ? slots_finalize : NULL,
                .release = slots_release,
                .bytes = slots_bytes,
            },
        .slots = slots,
        .finalizer = finalizer,
    };
}

struct object *slots_new(struct heap *h, const struct slots_class *class)
{
    struct object *o = gc_new(h, &class->type, bytes_for(class));
    if (!o)
        return NULL;
    struct object **slot = slots_of(o);
    for (unsigned i = 0; i < class->slots; i++)
        slot[i] = NULL;
    gc_track(&h->gc, o);
    return o;
}
