/* prepare.h - what holds in the process before any subcommand runs.
 *
 * Standard input, output and error are open: a shell can start a program
 * without them (`2>&-`), and then the first file that it opens takes their
 * place, so that a message for the user would go into the results. What was
 * closed can be neither read nor written.
 *
 * A file that grows past the user's limit (`ulimit -f`) fails to be written,
 * as on a full disk, instead of ending the process by a signal.
 */
#ifndef GCSWEEP_PREPARE_H
#define GCSWEEP_PREPARE_H

void cli_prepare_process(void);

#endif
