/* script.c - the parser of heap scripts: any text is taken whole, or refused in one line. */
#include "fuzz/target.h"

#include <stdlib.h>
#include <string.h>

#include "tests/script_holds.h"

void fuzz_script(const uint8_t *bytes, size_t count)
{
    struct script s;
    struct script_error error = {0};
    char *text = malloc(count + (count == 0)); /* it ends where it ends: a step beyond is seen */
    void *memory = calloc(1, script_memory_bytes(count));

    if (count > 0)
        memcpy(text, bytes, count);
    if (script_parse(&s, text, count, memory, &error) == 0)
        fuzz_expect(script_holds(&s), "a script whose parts fit each other");
    else
        fuzz_expect(is_one_printable_line(error.message) && position_holds(&error, text, count),
                    "a refusal in one line, of a place in the text");
    free(memory);
    free(text);
}
