/* entry.h - a preloaded library's functions by their names.
 *
 * Nothing links to an allocator: what is there is found when it is asked for.
 */
#ifndef GCSWEEP_ALLOCATOR_ENTRY_H
#define GCSWEEP_ALLOCATOR_ENTRY_H

/* To be cast to what the library's own header declares. */
typedef void entry_function(void);

/* NULL when no loaded library has it. Of several, the one that the program
 * itself would call. */
entry_function *find_entry(const char *name);

#endif
