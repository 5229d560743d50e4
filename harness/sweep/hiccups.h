/* hiccups.h - the machine's own gaps while a run is measured: the noise channel.
 *
 * Who waits for the worker asks to be woken every HICCUP_STEP_NS and notes how
 * late it was, on the harness's own CPU, so that the worker's is left alone. A
 * sleeper is used, never a spinner, which would slow a sibling core. Where
 * there is one CPU only, the sleeper runs before and after the run.
 *
 * A gap is the lateness less the shortest lateness of that run: what every
 * waking costs is no hiccup. It says what this machine did to some program at
 * that time, from the worker's exec to its end; below its 99 % a pause is not
 * told from the machine's.
 *
 * Units      ns.
 * Ownership  hiccups_close releases what hiccups_open made; the histogram that
 *            hiccups_fill makes is the record's.
 * Errors     0, or -1 without memory; then nothing is noted and the record's
 *            noise stays unknown.
 * Source     jHiccup (Gil Tene), which subtracts the shortest as well.
 */
#ifndef GCSWEEP_HICCUPS_H
#define GCSWEEP_HICCUPS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/record/histogram.h"
#include "harness/record/record.h"

#define HICCUP_STEP_NS UINT64_C(1000000)

struct hiccups {
    struct histogram lateness;
    uint64_t *buckets;
};

int hiccups_open(struct hiccups *h);
void hiccups_close(struct hiccups *h);
/* A waking that was asked for at due_ns and came at now_ns. */
void hiccups_note(struct hiccups *h, uint64_t due_ns, uint64_t now_ns);
/* Sleeps `steps` times a HICCUP_STEP_NS, noting each. */
void hiccups_sleep(struct hiccups *h, unsigned steps);
/* How often to sleep after a run of that length where there is one CPU only: 2 % of it, 2 to 50 times. */
unsigned hiccups_steps_after(uint64_t run_ns);
/* Into the record's noise; nothing where nothing was noted. */
void hiccups_fill(const struct hiccups *h, bool beside, struct run_record *out);

#endif
