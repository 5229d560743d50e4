/* parsed_script.h - a heap script parsed for a test, from a copy of its text
 * and into memory that both end where they may, so that a step beyond is seen. */
#ifndef GCSWEEP_TESTS_PARSED_SCRIPT_H
#define GCSWEEP_TESTS_PARSED_SCRIPT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/script_holds.h"
#include "workloads/script/parser.h"

struct parsed {
    struct script script;
    struct script_error error;
    struct parser parser;
    int result;
    char *text;
    void *memory;
    size_t bytes;
};

static inline void parsed_open(struct parsed *p, const char *text, size_t bytes)
{
    memset(p, 0, sizeof *p);
    p->bytes = bytes;
    p->text = malloc(bytes ? bytes : 1);
    p->memory = calloc(1, script_memory_bytes(bytes));
    assert_non_null(p->text);
    assert_non_null(p->memory);
    memcpy(p->text, text, bytes);
    p->result = parser_run(&p->parser, &p->script, p->text, bytes, p->memory, &p->error);
}

static inline void parsed_close(struct parsed *p)
{
    free(p->text);
    free(p->memory);
}

#endif
