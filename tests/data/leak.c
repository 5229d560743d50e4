/* leak.c - preloaded: loses a block, which a leak sanitizer in the process must report at its end. */
#include <stdlib.h>
#include <string.h>

enum { LOST_BYTES = 4242 };

__attribute__((constructor)) static void lose(void)
{
    char *volatile lost = malloc(LOST_BYTES);
    if (lost)
        memset(lost, 1, LOST_BYTES);
    lost = NULL;
}
