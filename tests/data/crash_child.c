/* crash_child.c - an allocator that serves its own process, and aborts in a child of it after some requests: a session
 * of stress fails each time that it is run alone, and who shrinks it does not. */
#include <sys/types.h>
#include <unistd.h>

#include "forward_malloc.h"

enum { CALLS_SERVED = 300 };

static pid_t loaded_by;

static void before_malloc(void)
{
    static unsigned calls;
    if (!loaded_by)
        loaded_by = getpid();
    if (getpid() != loaded_by && ++calls > CALLS_SERVED)
        abort();
}
