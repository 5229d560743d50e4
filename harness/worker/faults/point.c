/* point.c - reading and writing points of failure. */
#include "harness/worker/faults/point.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *prefix, *noun;
} kinds[MEMORY_FAULT_KINDS] = {
    [MEMORY_FAULT_BLOCK] = {"", "a block"},
    [MEMORY_FAULT_MALLOC] = {"malloc:", "memory of malloc"},
    [MEMORY_FAULT_ARENA] = {"arena:", "an arena"},
};

const char *fault_kind_noun(enum memory_fault_kind kind)
{
    return kinds[kind].noun;
}

/* The one whose prefix it has; all have the empty one. */
static enum memory_fault_kind kind_of(const char *text)
{
    for (int kind = MEMORY_FAULT_KINDS - 1; kind > 0; kind--)
        if (strncmp(text, kinds[kind].prefix, strlen(kinds[kind].prefix)) == 0)
            return (enum memory_fault_kind)kind;
    return MEMORY_FAULT_BLOCK;
}

int fault_point_parse(const char *text, struct fault_point *out, char *error, size_t error_size)
{
    enum memory_fault_kind kind = kind_of(text);
    const char *digits = text + strlen(kinds[kind].prefix);
    char *end;
    errno = 0;
    uint64_t nth = strtoull(digits, &end, 10);
    bool onwards = *end == '+';
    if (digits[0] < '0' || digits[0] > '9' || errno != 0 || nth == 0 || end[onwards] != '\0') {
        snprintf(error, error_size,
                 "a point of failure is N, malloc:N or arena:N, where N is a whole number from 1 (N+: and all after "
                 "it), not '%.40s'",
                 text);
        return -1;
    }
    *out = (struct fault_point){.kind = kind, .nth = nth, .onwards = onwards};
    return 0;
}

void fault_point_write(const struct fault_point *p, char text[FAULT_POINT_BYTES])
{
    snprintf(text, FAULT_POINT_BYTES, "%s%" PRIu64 "%s", kinds[p->kind].prefix, p->nth, p->onwards ? "+" : "");
}

bool fault_point_refuses(const struct fault_point *p, enum memory_fault_kind kind, uint64_t number)
{
    return p->nth > 0 && kind == p->kind && (number == p->nth || (p->onwards && number > p->nth));
}
