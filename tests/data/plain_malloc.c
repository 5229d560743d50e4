/* plain_malloc.c - an allocator given as PATH.so that works. */
#include "forward_malloc.h"

static void before_malloc(void)
{
}
