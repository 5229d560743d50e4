/* interrupt.h - Ctrl-C as a flag that loops look at.
 *
 * interrupt_watch makes SIGINT, SIGTERM and SIGHUP set the flag instead of
 * ending the process; interrupt_release gives them their former meaning back.
 * The flag is the one thing a signal handler can reach: it is global.
 */
#ifndef GCSWEEP_INTERRUPT_H
#define GCSWEEP_INTERRUPT_H

#include <signal.h>

/* The flag: 0, or the signal that came. */
const volatile sig_atomic_t *interrupt_watch(void);
void interrupt_release(void);

#endif
