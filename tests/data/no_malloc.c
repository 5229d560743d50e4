/* no_malloc.c - a shared library that is no allocator. */
int no_malloc_at_all(void);

int no_malloc_at_all(void)
{
    return 0;
}
