/* entry.c - one target as libFuzzer calls it. Compiled once a target, with its
 * function as FUZZ_ENTRY. */
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    FUZZ_ENTRY(bytes, count);
    return 0;
}
