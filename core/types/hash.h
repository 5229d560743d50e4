/* hash.h - when two objects are equal, and where a set looks for them first.
 *
 * Numbers are equal by value (1 and 1.0), strings, bytes and tuples by
 * content, weak references by their referents; every other object is equal to
 * itself alone. Equal objects have equal hashes.
 *
 * The hashes of numbers, bytes, strings and tuples are CPython's, of a process
 * whose hash seed is 0: so a set holds them in the same order. That of any
 * other object comes from its address, and differs from run to run.
 *
 * Errors  object_hash refuses lists, dicts and sets, which cannot be hashed; a
 *         tuple or weak reference that leads to one; a weak reference whose
 *         referent died unhashed; and tuples nested more than HASH_DEPTH deep.
 * Source  CPython 3.11 Python/pyhash.c, Objects/longobject.c, tupleobject.c,
 *         weakrefobject.c. SipHash-1-3: Aumasson and Bernstein, "SipHash: a
 *         fast short-input PRF", INDOCRYPT 2012. Differs: CPython sets no
 *         limit but its stack when it hashes, and compares 1,000 levels deep.
 */
#ifndef GCSWEEP_HASH_H
#define GCSWEEP_HASH_H

#include "core/object.h"

enum { HASH_DEPTH = 10000 };

/* false: refused. The hash is never -1. */
bool object_hash(struct object *o, intptr_t *hash);
/* Both were hashed before. */
bool object_equal(struct object *a, struct object *b);

/* The hash of bytes, and of a string's characters; never -1. */
intptr_t hash_of_bytes(const void *data, size_t size);

#endif
