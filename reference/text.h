/* text.h - the strings that a program makes and interns, apart from the interpreter's own.
 *
 * The interpreter has interned some thousands of strings before the program
 * starts ("name", "list", ...). A program that interns one of these would get
 * the interpreter's, where on the model it makes the first one. So at such a
 * meeting the interpreter's string leaves the table of interned strings until
 * the program has ended: it stays what it is, but is compared by its
 * characters.
 *
 * Ownership  text_return gives everything back; call it after the program's
 *            strings are gone and before the interpreter ends.
 * Threads    the one that holds the GIL.
 * Source     CPython 3.11 Objects/unicodeobject.c (PyUnicode_InternInPlace, unicode_dealloc).
 */
#ifndef GCSWEEP_REFERENCE_TEXT_H
#define GCSWEEP_REFERENCE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct _object;

/* A new string, in a block of the size that its characters need; "" and single
 * characters up to U+00FF are the interpreter's. NULL with an exception. */
struct _object *text_new(const char *utf8, size_t bytes);
/* A new reference to the program's interned string, or NULL with an exception. */
struct _object *text_intern(const char *utf8, size_t bytes);
/* Whether all strings of this text are one: interned, "" or a single character up to U+00FF. */
bool text_is_shared(struct _object *string);
/* Interns the interpreter's strings again. */
void text_return(void);

#endif
