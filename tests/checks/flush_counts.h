/* flush_counts.h - included into every file of a coverage build.
 *
 * gcov's counts are written by exit, which a child that ends by _exit never
 * reaches: here such a child writes them first.
 */
#ifndef GCSWEEP_TESTS_FLUSH_COUNTS_H
#define GCSWEEP_TESTS_FLUSH_COUNTS_H

void __gcov_dump(void);
void _Exit(int status) __attribute__((noreturn));
void exit_with_counts(int status) __attribute__((weak, noreturn));

void exit_with_counts(int status)
{
    __gcov_dump();
    _Exit(status);
}

/* Renames the declaration in unistd.h, too. */
#define _exit exit_with_counts

#endif
