/* crash_malloc.c - an allocator that lets start-up pass, then aborts. */
#include "forward_malloc.h"

enum { CALLS_SERVED = 20000 };

static void before_malloc(void)
{
    static unsigned calls;
    if (++calls > CALLS_SERVED)
        abort();
}
