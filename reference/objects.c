/* objects.c - the calls of mutator.h over the real CPython that are not inlined. */
#include "workloads/mutator.h"

#include "core/types/hash.h"
#include "reference/text.h"

/* ---- New objects ---- */

/* What PyObject_Hash would refuse, found without the exception that it would
 * make; and tuples so deep that it might run out of stack, as on the model. */
static bool is_hashable(value v, int depth)
{
    if (depth > HASH_DEPTH)
        return false;
    for (Py_ssize_t i = 0; PyTuple_CheckExact(v) && i < PyTuple_GET_SIZE(v); i++)
        if (!is_hashable(PyTuple_GET_ITEM(v, i), depth + 1))
            return false;
    if (PyWeakref_CheckRefExact(v) && ((PyWeakReference *)v)->hash == -1) {
        value referent = PyWeakref_GET_OBJECT(v); /* None when it is dead, and then too late to ask */
        return referent != Py_None && is_hashable(referent, depth + 1);
    }
    return Py_TYPE(v)->tp_hash != PyObject_HashNotImplemented;
}

/* Refused before it is begun, as the model does it. */
value runtime_new_set(struct mutator *m, const value *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_hashable(items[i], 0))
            return NULL;
    struct runtime *r = mutator_runtime(m);
    uint64_t start = runtime_foresee_pause(r);
    value set = runtime_made(m, start, PySet_New(NULL));
    for (size_t i = 0; i < n; i++)
        if (PySet_Add(set, items[i]) != 0)
            runtime_no_memory(m, set);
    return set;
}

static value new_cell(struct mutator *m, value content)
{
    uint64_t start = runtime_foresee_pause(mutator_runtime(m));
    return runtime_made(m, start, PyCell_New(content));
}

value runtime_new_function(struct mutator *m, const value *items, size_t n)
{
    struct runtime *r = mutator_runtime(m);
    value *slot = mutator_push(m, n + 2); /* the cells, their tuple, the function */
    for (size_t i = 0; i < n; i++)
        slot[i] = new_cell(m, items[i]);
    if (n > 0)
        slot[n] = runtime_new_tuple(m, slot, n);
    uint64_t start = runtime_foresee_pause(r);
    slot[n + 1] = runtime_made(m, start, PyFunction_New(r->code, r->globals));
    if (n > 0)
        PyFunction_SetClosure(slot[n + 1], slot[n]); /* fails only for what is no tuple */
    value function = value_take(&slot[n + 1]);
    mutator_pop(m);
    return function;
}

value runtime_new_weakref(struct mutator *m, value v, bool callback)
{
    struct runtime *r = mutator_runtime(m);
    uint64_t start = runtime_foresee_pause(r);
    return runtime_made(m, start, PyWeakref_NewRef(v, callback ? r->weakref_callback : NULL));
}

value runtime_new_str(struct mutator *m, const char *utf8, size_t bytes, bool interned)
{
    value v = interned ? text_intern(utf8, bytes) : text_new(utf8, bytes);
    if (!v)
        runtime_no_memory(m, NULL);
    return v;
}

/* ---- Attributes ---- */

/* Sets or, with v NULL, deletes it. While the attributes are values, the class
 * is asked for a descriptor of that name, and remembers the answer. */
void runtime_set_attribute(struct mutator *m, value object, value key, value v)
{
    struct runtime *r = mutator_runtime(m);
    PyTypeObject *type = Py_TYPE(object);
    value dict = state_instance_dict(object);
    bool new_name = !dict && !state_is_shared_key(type, key);
    /* No pause around what may drop a value: its finalizer may have pauses of its own. */
    bool may_collect = v && *r->view.free_dicts == 0 && state_may_make_dict(object, key);
    uint64_t start = may_collect ? runtime_foresee_pause(r) : 0;
    int failed;
    if (!dict)
        failed = PyObject_GenericSetAttr(object, key, v);
    else if (v)
        failed = PyDict_SetItem(dict, key, v);
    else
        failed = PyDict_DelItem(dict, key);
    if (start)
        runtime_pause_end(r, start);
    if (failed)
        runtime_no_memory(m, v);
    if (new_name)
        state_forget_name(type, key);
}

/* ---- What a value is ---- */

enum value_kind runtime_kind(value v)
{
    const struct {
        PyTypeObject *type;
        enum value_kind kind;
    } kinds[] = {
        {Py_TYPE(Py_None), VALUE_NONE},
        {&PyLong_Type, VALUE_INT},
        {&PyFloat_Type, VALUE_FLOAT},
        {&PyUnicode_Type, VALUE_STR},
        {&PyBytes_Type, VALUE_BYTES},
        {&PyList_Type, VALUE_LIST},
        {&PyTuple_Type, VALUE_TUPLE},
        {&PyDict_Type, VALUE_DICT},
        {&PySet_Type, VALUE_SET},
        {&PyFunction_Type, VALUE_FUNCTION},
        {&_PyWeakref_RefType, VALUE_WEAKREF},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (Py_IS_TYPE(v, kinds[i].type))
            return kinds[i].kind;
    return PyType_HasFeature(Py_TYPE(v), Py_TPFLAGS_MANAGED_DICT) ? VALUE_OBJECT : VALUE_SLOTS;
}

size_t runtime_length(value v)
{
    switch (runtime_kind(v)) {
    case VALUE_STR:
        return (size_t)PyUnicode_GET_LENGTH(v);
    case VALUE_DICT:
        return (size_t)PyDict_GET_SIZE(v);
    case VALUE_SET:
        return (size_t)PySet_GET_SIZE(v);
    default: /* list, tuple, bytes */
        return (size_t)Py_SIZE(v);
    }
}

bool runtime_is_shared(value v)
{
    switch (runtime_kind(v)) {
    case VALUE_NONE:
        return true;
    case VALUE_INT:
        return Py_ABS(Py_SIZE(v)) <= 1 && value_int(v) >= -5 && value_int(v) <= 256;
    case VALUE_STR:
        return text_is_shared(v);
    case VALUE_BYTES:
    case VALUE_TUPLE:
        return Py_SIZE(v) == 0;
    default:
        return false;
    }
}

size_t runtime_size(struct mutator *m, value v)
{
    size_t bytes = state_size_of(v);
    if (bytes == 0)
        runtime_no_memory(m, NULL);
    return bytes;
}
