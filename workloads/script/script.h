/* script.h - heap scripts: what a Python program would do to the heap, in lines.
 *
 *     struct script s;
 *     struct script_error error;
 *     size_t bytes = script_memory_bytes(length);
 *     void *memory = mmap(... bytes ...);           // zeroed, touched only as far as it is needed
 *     if (script_parse(&s, text, length, memory, &error) != 0)
 *         complain("FILE:%u:%u: %s", error.line, error.column, error.message);
 *
 * A script is parsed once into statements, then run by the interpreter
 * (interpret.h), which is a workload like any other. The language is
 * described in README.md, under "Heap scripts".
 *
 * Limits     a line 4,096 bytes, a script 64 MiB, blocks nested 256 deep,
 *            2^40 statements executed in all.
 * Reserved   None, int, float, str, intern, bytes, list, tuple, set, function,
 *            dict, object, slots, weakref and deref are no names of variables,
 *            since `x = dict` could then mean two things; keys they can be. Every
 *            other word can: in `end = list 1` what follows it tells.
 * Accepted   tabs as blanks, `\r\n` line ends, a byte order mark at the start.
 *            Refused: other control characters, what is not UTF-8.
 * Counting   every statement counts towards those executed, `end` once a pass;
 *            what stands in a `repeat 0` is held to the same limit.
 * Units      lines and columns count from 1; a column counts characters (UTF-8), not bytes.
 * Ownership  all that a struct script points to lies in the caller's memory or
 *            in the text: both are kept as long as the script is used. Nothing
 *            here calls malloc, so that the allocator under test serves the
 *            script's objects alone.
 * Errors     script_parse: 0, or -1 with the first error, whose message says
 *            what was expected and is one line of printable characters.
 * Threads    none.
 */
#ifndef GCSWEEP_SCRIPT_H
#define GCSWEEP_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    SCRIPT_LINE_BYTES = 4096,
    SCRIPT_MOST_BYTES = 64 << 20,
    SCRIPT_BLOCKS = 256,
    SCRIPT_SLOTS = 64, /* of `slots N` */
    SCRIPT_ERROR_BYTES = 256,
};
#define SCRIPT_MOST_STATEMENTS (UINT64_C(1) << 40)

enum { SCRIPT_NO_NAME = UINT32_MAX };

/* One a form of statement. In brackets the fields of struct script_statement
 * that it uses beside op, line and column. */
enum script_op {
    /* target = something; the target is a name here */
    SCRIPT_NONE,
    SCRIPT_INT,      /* [integer] */
    SCRIPT_FLOAT,    /* [number] */
    SCRIPT_STR,      /* [text] */
    SCRIPT_INTERN,   /* [text] */
    SCRIPT_BYTES,    /* [integer]: how many */
    SCRIPT_LIST,     /* [integer]: items, all None */
    SCRIPT_TUPLE,    /* [operands] */
    SCRIPT_SET,      /* [operands] */
    SCRIPT_FUNCTION, /* [operands] */
    SCRIPT_DICT,
    SCRIPT_OBJECT,
    SCRIPT_SLOTTED, /* [integer]: slots */
    SCRIPT_WEAKREF, /* [source, text]: text.bytes NULL: no callback */
    SCRIPT_DEREF,   /* [source] */
    SCRIPT_COPY,    /* [source]: a name, an item or a key */
    /* the rest */
    SCRIPT_STORE,      /* target[i] = source, target.key = source */
    SCRIPT_APPEND,     /* append target source */
    SCRIPT_DELETE,     /* del target: a name, an item or a key */
    SCRIPT_FINALIZER,  /* finalizer target text [resurrect resurrect] */
    SCRIPT_FRAME,      /* [other]: its end */
    SCRIPT_REPEAT,     /* [integer, other] */
    SCRIPT_END,        /* [other]: the statement that began the block */
    SCRIPT_GC_COLLECT, /* [integer]: generation */
    SCRIPT_GC_ENABLE,
    SCRIPT_GC_DISABLE,
    SCRIPT_GC_SET_THRESHOLD, /* [threshold] */
    SCRIPT_GC_FREEZE,
    SCRIPT_GC_UNFREEZE,
    SCRIPT_GC_SET_DEBUG, /* [integer]: RUNTIME_DEBUG_ flags */
    SCRIPT_PRINT_TEXT,   /* [text] */
    /* print EXPRESSION: VALUE; expression is in `text`. */
    SCRIPT_PRINT_REFCOUNT,   /* [source] */
    SCRIPT_PRINT_SIZEOF,     /* [source] */
    SCRIPT_PRINT_TRACKED,    /* [source] */
    SCRIPT_PRINT_FINALIZED,  /* [source] */
    SCRIPT_PRINT_ALIVE,      /* [source] */
    SCRIPT_PRINT_LEN,        /* [source] */
    SCRIPT_PRINT_SAME,       /* [source, target] */
    SCRIPT_PRINT_GC_COLLECT, /* [integer]: generation */
    SCRIPT_PRINT_GC_COUNT,
    SCRIPT_PRINT_GC_THRESHOLD,
    SCRIPT_PRINT_GC_STATS,
    SCRIPT_PRINT_GC_GARBAGE,
    SCRIPT_PRINT_GC_FROZEN,
    SCRIPT_PRINT_GC_ISENABLED,
    SCRIPT_PRINT_BLOCKS,
};

/* What stands in a text: bytes of UTF-8, escapes undone. Where has_index is
 * set, each `{i}` in it stands for the innermost repeat's index. */
struct script_text {
    const char *bytes; /* not 0-terminated; NULL: no text */
    uint32_t length;
    bool has_index;
    bool is_identifier; /* only letters, digits and _ of ASCII (and no index): such strings are shared */
};

enum script_place_kind { SCRIPT_AT_NAME, SCRIPT_AT_ITEM, SCRIPT_AT_KEY };

/* `x`, `x[2]` or `x.key`, where it stands. */
struct script_place {
    uint32_t name;   /* index into names */
    uint32_t column; /* of the name */
    enum script_place_kind kind;
    uint32_t key;          /* index into names: keys are names, too */
    uint64_t index;        /* of the item, at most INT64_MAX */
    uint32_t inner_column; /* of the index or the key */
};

struct script_statement {
    enum script_op op;
    uint32_t line, column;
    struct script_place target, source;
    struct script_text text;
    union {
        int64_t integer;
        double number;
        int threshold[3];
    };
    uint32_t operands, operand_count; /* from script.operands */
    uint32_t other;                   /* index of a statement */
    uint32_t resurrect;               /* index into names, or SCRIPT_NO_NAME */
};

/* A name as an operand of tuple, set or function. */
struct script_operand {
    uint32_t name, column;
};

struct script_name {
    const char *text; /* 0-terminated */
    uint32_t length;
};

struct script {
    struct script_statement *statements;
    size_t statement_count;
    struct script_operand *operands;
    size_t operand_count;
    struct script_name *names; /* of variables and keys, each once, in the order first seen */
    size_t name_count;
    bool uses_slots[SCRIPT_SLOTS + 1]; /* [n]: `slots n` stands in it */
    uint32_t deepest;                  /* nesting of its blocks */
};

struct script_error {
    uint32_t line, column;
    char message[SCRIPT_ERROR_BYTES];
};

/* How much memory script_parse needs at most for a text of so many bytes: some
 * 60 a byte. 0 where there are more than SCRIPT_MOST_BYTES, which script_parse
 * refuses untouched. */
size_t script_memory_bytes(size_t text_bytes);
/* `memory`: that many zeroed bytes, aligned to 16. `text` need not end with a 0. */
int script_parse(struct script *s, const char *text, size_t bytes, void *memory, struct script_error *error);

#endif
