/* references.c - one function a type. */
#include "harness/graph/references.h"

#include <stdio.h>

#include "core/types/dict.h"
#include "core/types/function.h"
#include "core/types/instance.h"
#include "core/types/set.h"
#include "core/types/weakref.h"
#include "harness/graph/text.h"

enum { LABEL_BYTES = 32 };

static void each_item(value list, graph_reference *visit, void *context)
{
    char label[LABEL_BYTES];
    for (size_t i = 0; i < list_length(list); i++) {
        snprintf(label, sizeof label, "[%zu]", i);
        visit(context, label, false, list_get(list, i));
    }
}

static void each_member(value tuple, graph_reference *visit, void *context)
{
    char label[LABEL_BYTES];
    for (size_t i = 0; i < tuple_length(tuple); i++) {
        snprintf(label, sizeof label, "[%zu]", i);
        visit(context, label, false, tuple_get(tuple, i));
    }
}

static void each_slot(value object, graph_reference *visit, void *context)
{
    char label[LABEL_BYTES];
    for (size_t i = 0; i < slots_class_of(object)->slots; i++) {
        value item = slots_get(object, i);
        snprintf(label, sizeof label, "slot %zu", i);
        if (item)
            visit(context, label, false, item);
    }
}

/* Passes keys and values on as references. */
struct key_references {
    graph_reference *visit;
    void *context;
};

static void visit_key(void *context, value key, value held)
{
    const struct key_references *k = context;
    char label[1 + TEXT_BYTES] = ".";
    text_of_string(key, label + 1);
    k->visit(k->context, label, false, held);
}

static void each_key(value dict, graph_reference *visit, void *context)
{
    dict_each(dict, visit_key, &(struct key_references){visit, context});
}

static void each_attribute(value object, graph_reference *visit, void *context)
{
    instance_each(object, visit_key, &(struct key_references){visit, context});
    if (instance_dict(object))
        visit(context, "__dict__", false, instance_dict(object));
}

static void each_element(value set, graph_reference *visit, void *context)
{
    const struct set_object *s = (const struct set_object *)set;
    for (size_t i = 0; i <= s->mask; i++)
        if (s->table[i].key)
            visit(context, "element", false, s->table[i].key);
}

static void closure(value function, graph_reference *visit, void *context)
{
    value cells = ((const struct function_object *)function)->closure;
    if (cells)
        visit(context, "closure", false, cells);
}

static void contents(value cell, graph_reference *visit, void *context)
{
    value item = ((const struct cell_object *)cell)->item;
    if (item)
        visit(context, "cell", false, item);
}

static void referent(value ref, graph_reference *visit, void *context)
{
    if (value_deref(ref))
        visit(context, "weak", true, value_deref(ref));
}

struct unnamed_visit {
    graph_reference *visit;
    void *context;
};

/* A type without a row here still shows what it holds. */
static void unnamed(struct object *o, void *argument)
{
    const struct unnamed_visit *v = argument;
    v->visit(v->context, "", false, o);
}

static const struct {
    const struct type *type;
    void (*each)(value object, graph_reference *visit, void *context);
} rows[] = {
    {&list_type, each_item},   {&tuple_type, each_member}, {&set_type, each_element}, {&dict_type, each_key},
    {&function_type, closure}, {&cell_type, contents},     {&weakref_type, referent},
};

void graph_each_reference(value object, graph_reference *visit, void *context)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (object->type == rows[i].type) {
            rows[i].each(object, visit, context);
            return;
        }
    }
    if (object_is_instance(object))
        each_attribute(object, visit, context);
    else if (value_kind(object) == VALUE_SLOTS)
        each_slot(object, visit, context);
    else
        object_traverse(object, unnamed, &(struct unnamed_visit){visit, context});
}
