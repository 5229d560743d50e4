/* script_writer.h - what the parts of the script generator share: the text so
 * far, and which names are bound while it runs.
 *
 * A name that the writer calls bound can be read whenever the statement that
 * comes next is executed, in every pass of the repeats around it. To keep that
 * true a repeat ends with the names bound that were bound where it began, and
 * a name is deleted only by the frame that it belongs to. What the writer does
 * not know to be bound may be bound all the same (an earlier pass did it).
 */
#ifndef GCSWEEP_SCRIPT_WRITER_H
#define GCSWEEP_SCRIPT_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "workloads/random.h"

enum name_kind {
    NAME_NUMBER,
    NAME_TEXT,
    NAME_LIST,
    NAME_TUPLE,
    NAME_PLAIN, /* tuple that can be hashed */
    NAME_DICT,
    NAME_BARE_DICT,
    NAME_OBJECT,
    NAME_BARE_OBJECT,
    NAME_SLOTS2,
    NAME_SLOTS5,
    NAME_SLOTS0,
    NAME_SET,
    NAME_FUNCTION,
    NAME_WEAKREF,
    NAME_ANY,
    NAME_RESURRECTED,
    NAME_KINDS,
};

enum { NAMES_OF_KIND = 4, NAME_BYTES = 8, UNBOUND = -1, SCRIPT_BLOCKS_DEEP = 6 };

struct name {
    enum name_kind kind;
    unsigned number;
    char text[NAME_BYTES];
};

struct script_writer {
    FILE *out;
    struct random random;
    uint64_t times;    /* how often the next statement is executed */
    uint64_t executed; /* statements so far */
    uint64_t budget;   /* of executed statements; may be passed by a little */
    unsigned blocks, repeats, frames;
    int8_t level[NAME_KINDS][NAMES_OF_KIND]; /* 0: global, n: local to the n-th frame, UNBOUND */
};

/* A repeat that is being written. */
struct repeat {
    uint64_t outer_times, passes;
    int8_t level[NAME_KINDS][NAMES_OF_KIND]; /* where it began */
};

/* A statement and its line feed. */
__attribute__((format(printf, 2, 3))) void write_line(struct script_writer *w, const char *format, ...);

/* A number below n; true once in n times. */
uint64_t draw(struct script_writer *w, uint64_t n);
bool one_in(struct script_writer *w, uint64_t n);
/* Whether statements that cost so much each may be repeated so often here. */
bool affords(const struct script_writer *w, uint64_t passes, uint64_t statements);

struct name name_of(enum name_kind kind, unsigned number);
struct name any_name_of(struct script_writer *w, enum name_kind kind);
bool is_bound(const struct script_writer *w, const struct name *n);
/* To be called before the line that binds it is followed by another. */
void bind(struct script_writer *w, const struct name *n);
/* Binds a name to a fresh value that keeps its kind's promise (script_values.c). */
void write_value(struct script_writer *w, const struct name *n);
/* A bound name, of that kind or of any; a value is written for it where there is none. */
struct name need(struct script_writer *w, enum name_kind kind);
struct name need_any(struct script_writer *w);
/* A kind among those whose name may be another name's `x = y`. */
struct name need_one_of(struct script_writer *w, const enum name_kind *kinds, size_t count);

void begin_repeat(struct script_writer *w, struct repeat *r, uint64_t passes);
void end_repeat(struct script_writer *w, const struct repeat *r);
void begin_frame(struct script_writer *w);
void end_frame(struct script_writer *w);

/* One random print statement, and one that changes no name but an n or a b (script_prints.c). */
void write_print(struct script_writer *w);
void write_neutral(struct script_writer *w);
void write_threshold(struct script_writer *w);

/* One small deed, of one statement to a few dozen (script_deeds.c). */
void write_deed(struct script_writer *w);

/* Texts between quotes, as written in a script. */
const char *any_text(struct script_writer *w);
const char *any_label(struct script_writer *w);

#endif
