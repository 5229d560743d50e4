/* text.c - see text.h. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "reference/text.h"

/* The interpreter's strings that had to leave, a reference to each. */
static struct {
    PyObject **strings;
    size_t count, room;
} away;

/* The program's interned strings are marked in a field that nothing reads any
 * more: a pointer to the characters as wchar_t, which counts as no memory of
 * its own where it points to the string's characters themselves. */
static void **mark_of(PyObject *string)
{
    return (void **)&((PyASCIIObject *)string)->wstr;
}

static bool is_marked(PyObject *string)
{
    return *mark_of(string) == PyUnicode_DATA(string);
}

bool text_is_shared(PyObject *string)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(string);
    return length == 0 || (length == 1 && PyUnicode_READ_CHAR(string, 0) < 256) || PyUnicode_CHECK_INTERNED(string);
}

static bool note_away(PyObject *string)
{
    if (away.count == away.room) {
        size_t room = away.room ? 2 * away.room : 64;
        PyObject **strings = PyMem_RawRealloc(away.strings, room * sizeof *strings);
        if (!strings) {
            PyErr_NoMemory();
            return false;
        }
        away.strings = strings;
        away.room = room;
    }
    away.strings[away.count++] = Py_NewRef(string);
    return true;
}

/* Takes `theirs` out of the table by means of `equal`, whose reference is used
 * up: it dies in the belief of being the interned one, which removes its text.
 * The two references that the table gives up are not counted in an interned
 * string, so they are added first. */
static bool send_away(PyObject *theirs, PyObject *equal)
{
    if (!note_away(theirs)) {
        Py_DECREF(equal);
        return false;
    }
    Py_SET_REFCNT(theirs, Py_REFCNT(theirs) + 2);
    ((PyASCIIObject *)theirs)->state.interned = SSTATE_NOT_INTERNED;
    ((PyASCIIObject *)equal)->state.interned = SSTATE_INTERNED_MORTAL;
    Py_DECREF(equal);
    return true;
}

/* A string that is decoded from UTF-8 may keep a block of the next larger size,
 * unless it is ASCII; a copy of it does not. */
PyObject *text_new(const char *utf8, size_t bytes)
{
    PyObject *decoded = PyUnicode_FromStringAndSize(utf8, (Py_ssize_t)bytes);
    if (!decoded || PyUnicode_IS_ASCII(decoded) || text_is_shared(decoded))
        return decoded;
    Py_ssize_t length = PyUnicode_GET_LENGTH(decoded);
    PyObject *string = PyUnicode_New(length, PyUnicode_MAX_CHAR_VALUE(decoded));
    if (string)
        PyUnicode_CopyCharacters(string, 0, decoded, 0, length); /* cannot fail: it is new and as wide */
    Py_DECREF(decoded);
    return string;
}

PyObject *text_intern(const char *utf8, size_t bytes)
{
    PyObject *string = text_new(utf8, bytes);
    if (!string || text_is_shared(string))
        return string; /* "" or a single character */
    PyObject *interned = Py_NewRef(string);
    PyUnicode_InternInPlace(&interned);
    if (interned != string && !is_marked(interned)) {
        bool sent = send_away(interned, string);
        Py_DECREF(interned);
        return sent ? text_intern(utf8, bytes) : NULL;
    }
    Py_DECREF(string);
    if (!PyUnicode_CHECK_INTERNED(interned)) {
        Py_DECREF(interned);
        return PyErr_NoMemory(); /* to enter it */
    }
    *mark_of(interned) = PyUnicode_DATA(interned);
    return interned;
}

void text_return(void)
{
    while (away.count > 0) {
        PyObject *string = away.strings[--away.count];
        PyUnicode_InternInPlace(&string);
        Py_DECREF(string);
    }
    PyMem_RawFree(away.strings);
    memset(&away, 0, sizeof away);
}
